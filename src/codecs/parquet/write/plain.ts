import { type ByteSink, reserve } from './byte-sink.ts'
import type { LeafValues } from './leaf-values.ts'

/** Bytes from which a native copy beats a loop. */
export const NATIVE_COPY = 64

/** Append values `start` to `end` PLAIN; where `order` is given, the values that it names at these places. */
export function appendPlain(sink: ByteSink, values: LeafValues, start: number, end: number, order?: Int32Array): void {
  switch (values.physical) {
    case 'bits':
      appendBits(sink, values.bits, start, end)
      break
    case 'word':
      appendWords(sink, values.words, 1, start, end, order)
      break
    case 'double-word':
      appendWords(sink, values.words, 2, start, end, order)
      break
    case 'bytes':
      appendPrefixed(sink, values, start, end, order)
      break
    case 'fixed':
      appendConcatenated(sink, values, start, end, order)
      break
  }
}

function appendBits(sink: ByteSink, bits: Uint8Array, start: number, end: number): void {
  const bytes = reserve(sink, Math.ceil((end - start) / 8))
  let at = sink.length
  for (let i = start; i < end; i += 8) {
    let byte = 0
    for (let bit = Math.min(8, end - i) - 1; bit >= 0; bit--) byte = (byte << 1) | (bits[i + bit] as number)
    bytes[at++] = byte
  }
  sink.length = at
}

function appendWords(
  sink: ByteSink,
  words: Int32Array,
  width: 1 | 2,
  start: number,
  end: number,
  order: Int32Array | undefined,
): void {
  const size = (end - start) * width * 4
  const bytes = reserve(sink, size)
  if (order === undefined) {
    bytes.set(new Uint8Array(words.buffer, words.byteOffset + start * width * 4, size), sink.length)
    sink.length += size
    return
  }
  const { view } = sink
  let at = sink.length
  for (let i = start; i < end; i++) {
    const from = (order[i] as number) * width
    for (let word = 0; word < width; word++, at += 4) view.setInt32(at, words[from + word] as number, true)
  }
  sink.length = at
}

/** Each value behind its length. One loop with the copy inside, since most values are too short for a call. */
function appendPrefixed(
  sink: ByteSink,
  { bytes: source, starts, ends }: LeafValues,
  start: number,
  end: number,
  order: Int32Array | undefined,
): void {
  let bytes = reserve(sink, (end - start) * 8)
  let { view, length: at } = sink
  for (let i = start; i < end; i++) {
    const value = order === undefined ? i : (order[i] as number)
    let from = starts[value] as number
    const to = ends[value] as number
    const length = to - from
    if (at + length + 4 > bytes.length) {
      sink.length = at
      bytes = reserve(sink, length + 4)
      view = sink.view
    }
    view.setInt32(at, length, true)
    at += 4
    if (length < NATIVE_COPY) while (from < to) bytes[at++] = source[from++] as number
    else {
      bytes.set(source.subarray(from, to), at)
      at += length
    }
  }
  sink.length = at
}

/** The bytes of values one after the other: one native copy where they lie so already. */
export function appendConcatenated(
  sink: ByteSink,
  values: LeafValues,
  start: number,
  end: number,
  order?: Int32Array,
): void {
  if (start >= end) return
  const { bytes: source, starts, ends } = values
  if (values.contiguous && order === undefined) {
    const from = starts[start] as number
    const to = ends[end - 1] as number
    reserve(sink, to - from).set(source.subarray(from, to), sink.length)
    sink.length += to - from
    return
  }
  for (let i = start; i < end; i++) {
    const value = order === undefined ? i : (order[i] as number)
    const from = starts[value] as number
    const to = ends[value] as number
    const bytes = reserve(sink, to - from)
    if (to - from < NATIVE_COPY) for (let at = from; at < to; at++) bytes[sink.length++] = source[at] as number
    else {
      bytes.set(source.subarray(from, to), sink.length)
      sink.length += to - from
    }
  }
}

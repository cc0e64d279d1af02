import { type ByteSink, reserve } from './byte-sink.ts'
import { appendDeltaPacked, type DeltaScratch, deltaScratch } from './delta.ts'
import type { LeafValues } from './leaf-values.ts'
import { appendConcatenated, NATIVE_COPY } from './plain.ts'

/** Room for the lengths of one page. */
export interface DeltaStringScratch {
  readonly deltas: DeltaScratch
  lengths: Int32Array
  prefixes: Int32Array
}

export function deltaStringScratch(): DeltaStringScratch {
  return { deltas: deltaScratch(), lengths: new Int32Array(0), prefixes: new Int32Array(0) }
}

/** DELTA_LENGTH_BYTE_ARRAY: the lengths as deltas, then all bytes. */
export function appendDeltaLengths(
  sink: ByteSink,
  values: LeafValues,
  start: number,
  end: number,
  scratch: DeltaStringScratch,
): void {
  const count = end - start
  makeRoom(scratch, count)
  takeLengths(values, start, count, scratch.lengths)
  appendDeltaPacked(sink, scratch.lengths, 1, 0, count, scratch.deltas)
  appendConcatenated(sink, values, start, end)
}

/** DELTA_BYTE_ARRAY: how many bytes each value shares with the one before, how many it has beyond them, then those bytes of all. */
export function appendDeltaPrefixes(
  sink: ByteSink,
  values: LeafValues,
  start: number,
  end: number,
  scratch: DeltaStringScratch,
): void {
  const count = end - start
  makeRoom(scratch, count)
  const { prefixes, lengths, deltas } = scratch
  const bytes = takePrefixes(values, start, count, prefixes, lengths)
  appendDeltaPacked(sink, prefixes, 1, 0, count, deltas)
  appendDeltaPacked(sink, lengths, 1, 0, count, deltas)
  reserve(sink, bytes)
  appendSuffixes(sink, values, start, count, prefixes)
}

function makeRoom(scratch: DeltaStringScratch, count: number): void {
  if (scratch.lengths.length >= count) return
  scratch.lengths = new Int32Array(Math.max(count, 2 * scratch.lengths.length))
  scratch.prefixes = new Int32Array(scratch.lengths.length)
}

/** A function of its own, as every loop over a column that something follows: V8 drops a compiled loop whose end it has not seen. */
function takeLengths({ starts, ends }: LeafValues, start: number, count: number, lengths: Int32Array): void {
  for (let i = 0; i < count; i++) lengths[i] = (ends[start + i] as number) - (starts[start + i] as number)
}

/** Lengths of the shared prefixes and of what is left; returns the sum of the latter. One loop, the comparison by words inside. */
function takePrefixes(
  { view, starts, ends }: LeafValues,
  start: number,
  count: number,
  prefixes: Int32Array,
  suffixes: Int32Array,
): number {
  let bytes = 0
  let before = 0
  let beforeLength = 0
  for (let i = 0; i < count; i++) {
    const from = starts[start + i] as number
    const length = (ends[start + i] as number) - from
    const most = Math.min(length, beforeLength)
    let shared = 0
    while (shared + 4 <= most && view.getInt32(before + shared) === view.getInt32(from + shared)) shared += 4
    while (shared < most && view.getUint8(before + shared) === view.getUint8(from + shared)) shared++
    prefixes[i] = shared
    suffixes[i] = length - shared
    bytes += length - shared
    before = from
    beforeLength = length
  }
  return bytes
}

/** Room is made already. */
function appendSuffixes(
  sink: ByteSink,
  { bytes: source, starts, ends }: LeafValues,
  start: number,
  count: number,
  prefixes: Int32Array,
): void {
  const { bytes } = sink
  let at = sink.length
  for (let i = 0; i < count; i++) {
    let from = (starts[start + i] as number) + (prefixes[i] as number)
    const to = ends[start + i] as number
    if (to - from < NATIVE_COPY) while (from < to) bytes[at++] = source[from++] as number
    else {
      bytes.set(source.subarray(from, to), at)
      at += to - from
    }
  }
  sink.length = at
}

import { corruptSnappy, firstElement, LONG_LITERAL, littleEndian } from './snappy-decompress.ts'

/** Longest distance of a copy in a stream: compressors work in blocks of 64 KiB. */
const HISTORY = 64 * 1024
const ROOM = 256 * 1024
/** The longest copy by one element. */
const MAX_COPY = 64

/** Thrown if a block refers further back than is kept: the format allows it, though no compressor does it. */
export const FAR_REFERENCE = Symbol('far reference')

/** A block in progress. Output is in `[flushed, to)`, preceded by the bytes that may be referred to. */
interface Inflating {
  readonly size: number
  readonly output: Uint8Array
  flushed: number
  to: number
  total: number
  literal: number
  /** Input that begins with the next element. */
  input: Uint8Array
}

/** Inflate a snappy block of `size` bytes piece by piece, in memory that does not grow with it. */
export async function* snappyPieces(input: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  const state: Inflating = {
    size,
    output: new Uint8Array(HISTORY + ROOM),
    flushed: 0,
    to: 0,
    total: 0,
    literal: 0,
    input: new Uint8Array(0),
  }
  let hasLength = false
  for await (const piece of input) {
    state.input = state.input.length === 0 ? piece : Buffer.concat([state.input, piece])
    if (!hasLength) {
      const length = firstElement(state.input)
      if (length === 0) continue
      state.input = state.input.subarray(length)
      hasLength = true
    }
    while (inflateSome(state)) yield flush(state)
  }
  if (state.input.length > 0 || state.literal > 0 || state.total !== size) throw corruptSnappy()
  yield flush(state)
}

function flush(state: Inflating): Uint8Array {
  const { output, to, flushed } = state
  const piece = output.slice(flushed, to)
  const kept = Math.min(HISTORY, to)
  output.copyWithin(0, to - kept, to)
  state.to = kept
  state.flushed = kept
  return piece
}

/** Inflate until the output is full (true) or the input ends, or may end, within an element (false). One loop over the elements, as in `snappyInflate`. */
function inflateSome(state: Inflating): boolean {
  const { input, output } = state
  const end = input.length
  const stop = output.length - MAX_COPY
  const before = state.total - state.to
  let { to, literal } = state
  let at = 0
  while (to <= stop && (literal > 0 || at < end)) {
    if (literal > 0) {
      const length = Math.min(literal, end - at, output.length - to)
      if (length === 0) break
      if (length > LONG_LITERAL) output.set(input.subarray(at, at + length), to)
      else for (let i = 0; i < length; i++) output[to + i] = input[at + i] as number
      at += length
      to += length
      literal -= length
      continue
    }
    const tag = input[at] as number
    const kind = tag & 3
    const bytes = kind === 0 ? Math.max(0, (tag >> 2) - 59) : kind === 3 ? 4 : kind
    if (end - at <= bytes) break
    const low = littleEndian(input, at + 1, bytes)
    at += 1 + bytes
    if (kind === 0) {
      literal = (bytes > 0 ? low : tag >> 2) + 1
      if (literal > state.size - before - to) throw corruptSnappy()
      continue
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const distance = kind === 1 ? ((tag >> 5) << 8) | low : low
    if (distance === 0 || distance > before + to || length > state.size - before - to) throw corruptSnappy()
    if (distance > to) throw FAR_REFERENCE
    for (const last = to + length; to < last; to++) output[to] = output[to - distance] as number
  }
  state.input = input.subarray(at)
  state.literal = literal
  state.to = to
  state.total = before + to
  return to > stop
}

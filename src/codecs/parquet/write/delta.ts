import { appendVarint, type ByteSink, reserve } from './byte-sink.ts'

/** DELTA_BINARY_PACKED: blocks of 128 deltas, each its least one and four miniblocks of 32 with a bit width of their own. */
const BLOCK = 128
const MINIBLOCK = 32
const TWO_32 = 2 ** 32

/** Room for the deltas of one block. */
export type DeltaScratch = Float64Array

export function deltaScratch(): DeltaScratch {
  return new Float64Array(BLOCK)
}

/** The widest range of values whose deltas stay exact here and within the physical type. */
export const MAX_DELTA_RANGE = { 1: 2 ** 31, 2: 2 ** 51 } as const

/**
 * Append integers `start` to `end` of `words`, `width` words each, as DELTA_BINARY_PACKED. At least one; all within
 * {@link MAX_DELTA_RANGE} of each other.
 */
export function appendDeltaPacked(
  sink: ByteSink,
  words: Int32Array,
  width: 1 | 2,
  start: number,
  end: number,
  deltas: DeltaScratch,
): void {
  appendVarint(sink, BLOCK)
  appendVarint(sink, BLOCK / MINIBLOCK)
  appendVarint(sink, end - start)
  const low = words[start * width] as number
  appendZigZag64(sink, low, width === 2 ? (words[start * width + 1] as number) : low >> 31)
  for (let at = start + 1; at < end; at += BLOCK) {
    const count = Math.min(BLOCK, end - at)
    const least = width === 1 ? wordDeltas(words, at, count, deltas) : doubleWordDeltas(words, at, count, deltas)
    appendBlock(sink, deltas, count, least)
  }
}

function wordDeltas(words: Int32Array, at: number, count: number, deltas: DeltaScratch): number {
  let least = Number.POSITIVE_INFINITY
  let previous = words[at - 1] as number
  for (let i = 0; i < count; i++) {
    const word = words[at + i] as number
    // In 32 bits, so that unsigned words wrap as they should.
    const delta = (word - previous) | 0
    previous = word
    deltas[i] = delta
    if (delta < least) least = delta
  }
  return least
}

function doubleWordDeltas(words: Int32Array, at: number, count: number, deltas: DeltaScratch): number {
  let least = Number.POSITIVE_INFINITY
  let previousLow = words[2 * at - 2] as number
  let previousHigh = words[2 * at - 1] as number
  for (let i = 0; i < count; i++) {
    const low = words[2 * (at + i)] as number
    const high = words[2 * (at + i) + 1] as number
    const delta = ((high - previousHigh) | 0) * TWO_32 + ((low >>> 0) - (previousLow >>> 0))
    previousLow = low
    previousHigh = high
    deltas[i] = delta
    if (delta < least) least = delta
  }
  return least
}

function appendBlock(sink: ByteSink, deltas: DeltaScratch, count: number, least: number): void {
  appendVarint(sink, least < 0 ? -2 * least - 1 : 2 * least)
  const widths = sink.length
  reserve(sink, 4).fill(0, widths, widths + 4)
  sink.length += 4
  for (let start = 0; start < count; start += MINIBLOCK) {
    const end = Math.min(count, start + MINIBLOCK)
    let most = 0
    for (let i = start; i < end; i++) {
      const offset = (deltas[i] as number) - least
      deltas[i] = offset
      if (offset > most) most = offset
    }
    deltas.fill(0, end, start + MINIBLOCK)
    const width = most < TWO_32 ? 32 - Math.clz32(most) : 64 - Math.clz32(most / TWO_32)
    sink.bytes[widths + start / MINIBLOCK] = width
    appendMiniblock(sink, deltas, start, width)
  }
}

/** 32 offsets of `width` bits are `width` whole words. A loop for each kind: they see every delta of every column. */
function appendMiniblock(sink: ByteSink, offsets: DeltaScratch, start: number, width: number): void {
  reserve(sink, width * 4)
  if (width <= 32) packWords(sink.view, sink.length, offsets, start, width)
  else packDoubleWords(sink.view, sink.length, offsets, start, width - 32)
  sink.length += width * 4
}

function packWords(view: DataView, at: number, offsets: DeltaScratch, start: number, width: number): void {
  let pending = 0
  let used = 0
  for (let i = start; i < start + MINIBLOCK; i++) {
    const word = (offsets[i] as number) | 0
    pending |= word << used
    used += width
    if (used >= 32) {
      view.setInt32(at, pending, true)
      at += 4
      used -= 32
      // A shift by 32 is a shift by 0, so a word that went out whole leaves nothing here.
      pending = used === 0 ? 0 : word >>> (width - used)
    }
  }
}

/** Offsets of 32 bits, the low ones, and `highWidth` more, of which there are fewer than 32. */
function packDoubleWords(view: DataView, at: number, offsets: DeltaScratch, start: number, highWidth: number): void {
  let pending = 0
  let used = 0
  for (let i = start; i < start + MINIBLOCK; i++) {
    const offset = offsets[i] as number
    // ToInt32 keeps the low 32 bits of any number.
    const low = offset | 0
    const high = (offset / TWO_32) | 0
    view.setInt32(at, pending | (low << used), true)
    at += 4
    pending = (used === 0 ? 0 : low >>> (32 - used)) | (high << used)
    used += highWidth
    if (used >= 32) {
      view.setInt32(at, pending, true)
      at += 4
      used -= 32
      pending = used === 0 ? 0 : high >>> (highWidth - used)
    }
  }
}

/** A 64-bit integer, given as its halves, as a zigzag varint. */
function appendZigZag64(sink: ByteSink, low: number, high: number): void {
  const sign = high >> 31
  let zigzagLow = ((low << 1) ^ sign) >>> 0
  let zigzagHigh = (((high << 1) | (low >>> 31)) ^ sign) >>> 0
  const bytes = reserve(sink, 10)
  while (zigzagHigh !== 0 || zigzagLow > 0x7f) {
    bytes[sink.length++] = (zigzagLow & 0x7f) | 0x80
    zigzagLow = ((zigzagLow >>> 7) | (zigzagHigh << 25)) >>> 0
    zigzagHigh >>>= 7
  }
  bytes[sink.length++] = zigzagLow
}

import { invalid } from '../invalid.ts'
import { unpackBits, unpackLongs } from './bit-unpack.ts'

/** DELTA_BINARY_PACKED of Encodings.md, resumable; 64-bit integers are returned as pairs of 32-bit words, low word first. */
export interface DeltaReader {
  /** Number of values according to the encoding. */
  readonly total: number
  read(out: Int32Array, outAt: number, count: number): void
}

interface DeltaHeader {
  readonly miniblocks: number
  readonly miniblockValues: number
  readonly total: number
  readonly firstLow: number
  readonly firstHigh: number
  readonly end: number
}

/** Reused by `readVarint64`, which returns two words. */
interface Varint {
  low: number
  high: number
  end: number
}

function deltaHeader(bytes: Uint8Array, start: number, end: number): DeltaHeader {
  const varint: Varint = { low: 0, high: 0, end: start }
  const blockValues = readSize(bytes, end, varint)
  const miniblocks = readSize(bytes, end, varint)
  const total = readSize(bytes, end, varint)
  readZigZag64(bytes, end, varint)
  // Division by no miniblocks does not give an integer.
  const miniblockValues = blockValues / miniblocks
  if (!Number.isInteger(miniblockValues) || miniblockValues === 0 || miniblockValues % 8 !== 0) {
    throw invalid('the block size of delta encoding is invalid')
  }
  return { miniblocks, miniblockValues, total, firstLow: varint.low, firstHigh: varint.high, end: varint.end }
}

/** Offset of the end of delta encoded values: reads only the headers of the blocks, decoding nothing. */
export function deltaEnd(bytes: Uint8Array, start: number, end: number): number {
  const header = deltaHeader(bytes, start, end)
  const varint: Varint = { low: 0, high: 0, end: header.end }
  let left = header.total - 1
  while (left > 0) {
    readZigZag64(bytes, end, varint)
    let at = varint.end + header.miniblocks
    for (let i = 0; i < header.miniblocks && left > 0; i++) {
      at += (header.miniblockValues / 8) * (bytes[varint.end + i] ?? 0)
      left -= header.miniblockValues
    }
    if (at > end) throw invalid('delta encoded values end before the last one')
    varint.end = at
  }
  return varint.end
}

/** The iteration over blocks and miniblocks that both widths share. */
function blockWalk(bytes: Uint8Array, header: DeltaHeader, end: number, maxWidth: number) {
  const varint: Varint = { low: 0, high: 0, end: header.end }
  const walk = { left: 0, width: 0, at: 0, bit: 0, minLow: 0, minHigh: 0, next, skip }
  let widthsAt = 0
  let miniblock = header.miniblocks

  function next(): void {
    if (miniblock === header.miniblocks) {
      readZigZag64(bytes, end, varint)
      walk.minLow = varint.low
      walk.minHigh = varint.high
      widthsAt = varint.end
      varint.end += header.miniblocks
      if (varint.end > end) throw invalid('delta encoded values end before the last one')
      miniblock = 0
    }
    walk.width = bytes[widthsAt + miniblock++] as number
    if (walk.width > maxWidth) throw invalid('a delta is wider than its column')
    walk.at = varint.end
    walk.bit = 0
    walk.left = header.miniblockValues
    varint.end += (header.miniblockValues / 8) * walk.width
  }

  function skip(count: number): void {
    const bits = walk.bit + count * walk.width
    if (walk.at + Math.ceil(bits / 8) > end) throw invalid('delta encoded values end before the last one')
    walk.at += Math.floor(bits / 8)
    walk.bit = bits % 8
    walk.left -= count
  }

  return walk
}

export function deltaInt32Reader(bytes: Uint8Array, start: number, end: number): DeltaReader {
  const header = deltaHeader(bytes, start, end)
  const walk = blockWalk(bytes, header, end, 32)
  let value = header.firstLow
  let left = header.total
  return {
    total: header.total,
    read(out, outAt, count) {
      if (count > left) throw invalid('delta encoding has fewer values than its page declares')
      if (count > 0 && left === header.total) {
        out[outAt++] = value
        left--
        count--
      }
      left -= count
      while (count > 0) {
        if (walk.left === 0) walk.next()
        const take = Math.min(count, walk.left)
        const { at, bit, width, minLow } = walk
        walk.skip(take)
        unpackBits(bytes, at, bit, width, out, outAt, take)
        for (let i = outAt; i < outAt + take; i++) {
          value = (value + minLow + (out[i] as number)) | 0
          out[i] = value
        }
        outAt += take
        count -= take
      }
    },
  }
}

export function deltaInt64Reader(bytes: Uint8Array, start: number, end: number): DeltaReader {
  const header = deltaHeader(bytes, start, end)
  const walk = blockWalk(bytes, header, end, 64)
  const sum = { low: header.firstLow, high: header.firstHigh }
  let left = header.total
  let scratch = new Int32Array(64)
  return {
    total: header.total,
    read(out, outAt, count) {
      if (count > left) throw invalid('delta encoding has fewer values than its page declares')
      if (count > 0 && left === header.total) {
        out[2 * outAt] = sum.low
        out[2 * outAt++ + 1] = sum.high
        left--
        count--
      }
      left -= count
      while (count > 0) {
        if (walk.left === 0) walk.next()
        const take = Math.min(count, walk.left)
        const { at, bit, width, minLow, minHigh } = walk
        walk.skip(take)
        if (width <= 32) {
          if (scratch.length < take) scratch = new Int32Array(take)
          unpackBits(bytes, at, bit, width, scratch, 0, take)
          addNarrow(sum, minLow, minHigh, scratch, out, outAt, take)
        } else {
          unpackLongs(bytes, at, bit, width, out, 2 * outAt, take)
          addWide(sum, minLow, minHigh, out, outAt, take)
        }
        outAt += take
        count -= take
      }
    },
  }
}

interface Sum {
  low: number
  high: number
}

/** Running sums of `minimum + delta` modulo 2^64, for deltas of up to 32 bits. The words are kept in registers. */
function addNarrow(
  sum: Sum,
  minLow: number,
  minHigh: number,
  deltas: Int32Array,
  out: Int32Array,
  outAt: number,
  count: number,
): void {
  let { low, high } = sum
  const unsignedMin = minLow >>> 0
  for (let i = 0, at = 2 * outAt; i < count; i++, at += 2) {
    const total = (low >>> 0) + unsignedMin + ((deltas[i] as number) >>> 0)
    high = (high + minHigh + (total >= TWO_33 ? 2 : total >= TWO_32 ? 1 : 0)) | 0
    low = total | 0
    out[at] = low
    out[at + 1] = high
  }
  sum.low = low
  sum.high = high
}

function addWide(sum: Sum, minLow: number, minHigh: number, out: Int32Array, outAt: number, count: number): void {
  let { low, high } = sum
  for (let at = 2 * outAt; at < 2 * (outAt + count); at += 2) {
    const total = (low >>> 0) + (minLow >>> 0) + ((out[at] as number) >>> 0)
    high = (high + minHigh + (out[at + 1] as number) + (total >= TWO_33 ? 2 : total >= TWO_32 ? 1 : 0)) | 0
    low = total | 0
    out[at] = low
    out[at + 1] = high
  }
  sum.low = low
  sum.high = high
}

const TWO_32 = 2 ** 32
const TWO_33 = 2 ** 33

function readSize(bytes: Uint8Array, end: number, varint: Varint): number {
  readVarint64(bytes, end, varint)
  if (varint.high !== 0 || varint.low < 0) throw invalid('a size in delta encoding is above 31 bits')
  return varint.low
}

function readZigZag64(bytes: Uint8Array, end: number, varint: Varint): void {
  readVarint64(bytes, end, varint)
  const sign = -(varint.low & 1)
  const low = (varint.low >>> 1) | (varint.high << 31)
  varint.low = low ^ sign
  varint.high = (varint.high >>> 1) ^ sign
}

function readVarint64(bytes: Uint8Array, end: number, varint: Varint): void {
  let low = 0
  let high = 0
  for (let shift = 0, at = varint.end; shift < 70 && at < end; shift += 7) {
    const byte = bytes[at++] as number
    const bits = byte & 0x7f
    if (shift < 28) low |= bits << shift
    else if (shift === 28) {
      low |= bits << 28
      high |= bits >> 4
    } else high |= bits << (shift - 32)
    if (byte < 0x80) {
      varint.low = low
      varint.high = high
      varint.end = at
      return
    }
  }
  throw invalid('a number in delta encoding ends early')
}

import { invalid } from '../invalid.ts'
import { unpackBits } from './bit-unpack.ts'

/** Levels, dictionary indexes and booleans: runs of one value, and runs of bit-packed values (RLE of Encodings.md). Resumable. */
export interface HybridReader {
  /** Read the next `count` values into `out` from `outAt` on. */
  read(out: Int32Array, outAt: number, count: number): void
  /** Read the next `count` one-bit values into a bitmap from bit `bitAt` on. Returns how many are 1. */
  readBits(bitmap: Uint8Array, bitAt: number, count: number): number
}

export function hybridReader(bytes: Uint8Array, start: number, end: number, width: number): HybridReader {
  let at = start
  let runLeft = 0
  let packed = false
  let repeated = 0
  let packedAt = 0
  let packedBit = 0

  function nextRun(): void {
    while (runLeft === 0) {
      if (at >= end) throw invalid('a run of levels or indexes ends before its last value')
      const header = readRunHeader()
      if (header & 1) startPacked(header >>> 1)
      else startRepeated(header >>> 1)
    }
  }

  function readRunHeader(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      if (at >= end) break
      const byte = bytes[at++] as number
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80 && value <= 0xffffffff) return value
      if (byte < 0x80) break
    }
    throw invalid('the length of a run is not a 32-bit number')
  }

  function startPacked(groups: number): void {
    packed = true
    runLeft = groups * 8
    packedAt = at
    packedBit = 0
    at = Math.min(at + groups * width, end)
  }

  function startRepeated(count: number): void {
    packed = false
    runLeft = count
    repeated = 0
    const valueBytes = (width + 7) >> 3
    if (at + valueBytes > end) throw invalid('a run of levels or indexes ends before its value')
    for (let i = 0; i < valueBytes; i++) repeated |= (bytes[at++] as number) << (8 * i)
    if (width < 32 && repeated >>> width !== 0) throw invalid('the value of a run has more bits than its width')
  }

  /** Move past `count` packed values, whose bits must exist. */
  function skipPacked(count: number): void {
    const bits = packedBit + count * width
    if (packedAt + Math.ceil(bits / 8) > end) throw invalid('packed levels or indexes end before the last value')
    packedAt += Math.floor(bits / 8)
    packedBit = bits % 8
  }

  return {
    read(out, outAt, count) {
      while (count > 0) {
        if (runLeft === 0) nextRun()
        const take = Math.min(count, runLeft)
        if (packed) {
          const from = packedAt
          const bit = packedBit
          skipPacked(take)
          unpackBits(bytes, from, bit, width, out, outAt, take)
        } else {
          out.fill(repeated, outAt, outAt + take)
        }
        runLeft -= take
        outAt += take
        count -= take
      }
    },
    readBits(bitmap, bitAt, count) {
      let ones = 0
      while (count > 0) {
        if (runLeft === 0) nextRun()
        const take = Math.min(count, runLeft)
        if (packed) {
          const from = packedAt
          const bit = packedBit
          skipPacked(take)
          ones += copyBits(bytes, from, bit, bitmap, bitAt, take)
        } else if (repeated === 1) {
          setBits(bitmap, bitAt, take)
          ones += take
        }
        runLeft -= take
        bitAt += take
        count -= take
      }
      return ones
    },
  }
}

/** Set bits `[start, start + count)` of a bitmap. */
export function setBits(bitmap: Uint8Array, start: number, count: number): void {
  const end = start + count
  const firstByte = (start + 7) >> 3
  const lastByte = end >> 3
  if (firstByte > lastByte) {
    for (let bit = start; bit < end; bit++) bitmap[bit >> 3] = (bitmap[bit >> 3] as number) | (1 << (bit & 7))
    return
  }
  for (let bit = start; bit < firstByte * 8; bit++) bitmap[bit >> 3] = (bitmap[bit >> 3] as number) | (1 << (bit & 7))
  bitmap.fill(0xff, firstByte, lastByte)
  for (let bit = lastByte * 8; bit < end; bit++) bitmap[bit >> 3] = (bitmap[bit >> 3] as number) | (1 << (bit & 7))
}

/** Copy bits into a zeroed part of a bitmap; returns how many are 1. Eight at a time once the target is at a byte boundary. */
function copyBits(
  source: Uint8Array,
  at: number,
  bit: number,
  bitmap: Uint8Array,
  bitAt: number,
  count: number,
): number {
  let ones = 0
  let from = at * 8 + bit
  const end = bitAt + count
  while (bitAt < end && (bitAt & 7) !== 0) {
    const one = ((source[Math.floor(from / 8)] as number) >> (from & 7)) & 1
    bitmap[bitAt >> 3] = (bitmap[bitAt >> 3] as number) | (one << (bitAt & 7))
    ones += one
    bitAt++
    from++
  }
  let byteAt = Math.floor(from / 8)
  const shift = from & 7
  for (; bitAt + 8 <= end; bitAt += 8, byteAt++) {
    const byte =
      shift === 0
        ? (source[byteAt] as number)
        : (((source[byteAt] as number) >> shift) | ((source[byteAt + 1] as number) << (8 - shift))) & 0xff
    bitmap[bitAt >> 3] = byte
    ones += ONES[byte] as number
  }
  for (from = byteAt * 8 + shift; bitAt < end; bitAt++, from++) {
    const one = ((source[Math.floor(from / 8)] as number) >> (from & 7)) & 1
    bitmap[bitAt >> 3] = (bitmap[bitAt >> 3] as number) | (one << (bitAt & 7))
    ones += one
  }
  return ones
}

/** Number of 1 bits of each byte. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1
  return ones
})

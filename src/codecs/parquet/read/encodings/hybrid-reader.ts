import { type Runs, runsOf } from '../bytes/runs.ts'
import { invalid } from '../invalid.ts'
import type { ReadKernel } from '../kernel/read-kernel.ts'
import { takeBits } from '../kernel/take-bits.ts'
import { unpackBits } from './bit-unpack.ts'

/** Levels, dictionary indexes and booleans: runs of one value, and runs of bit-packed values (RLE of Encodings.md). Resumable. */
export interface HybridReader {
  /** Read the next `count` values into `out` from `outAt` on. */
  read(out: Int32Array, outAt: number, count: number): void
  /** Read the next `count` one-bit values into a bitmap from bit `bitAt` on. Returns how many are 1. */
  readBits(bitmap: Uint8Array, bitAt: number, count: number): number
}

export function hybridReader(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  kernel?: ReadKernel,
): HybridReader {
  return runReader(runsOf(bytes, start, end, width), kernel)
}

export function runReader(runs: Runs, kernel?: ReadKernel): HybridReader {
  const { bytes, width } = runs
  return {
    read(out, outAt, count) {
      while (count > 0) {
        beginRun(runs)
        const take = Math.min(count, runs.left)
        if (runs.isPacked) {
          const { byte, bit } = runs
          skipPacked(runs, take)
          unpackBits(bytes, byte, bit, width, out, outAt, take)
        } else {
          out.fill(runs.value, outAt, outAt + take)
        }
        runs.left -= take
        outAt += take
        count -= take
      }
    },
    readBits(bitmap, bitAt, count) {
      let ones = 0
      if (kernel !== undefined) {
        const found = takeBits(kernel, runs, bitmap, bitAt, count)
        ones += found.ones
        bitAt += found.taken
        count -= found.taken
      }
      while (count > 0) {
        beginRun(runs)
        const take = Math.min(count, runs.left)
        if (runs.isPacked) {
          const { byte, bit } = runs
          skipPacked(runs, take)
          ones += copyBits(bytes, byte, bit, bitmap, bitAt, take)
        } else if (runs.value === 1) {
          setBits(bitmap, bitAt, take)
          ones += take
        }
        runs.left -= take
        bitAt += take
        count -= take
      }
      return ones
    },
  }
}

/** Read headers up to the next run with values, if none are left of this one. */
function beginRun(runs: Runs): void {
  while (runs.left === 0) {
    if (runs.next >= runs.end) throw invalid('a run of levels or indexes ends before its last value')
    const header = readRunHeader(runs)
    if (header & 1) startPacked(runs, header >>> 1)
    else startRepeated(runs, header >>> 1)
  }
}

function readRunHeader(runs: Runs): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    if (runs.next >= runs.end) break
    const byte = runs.bytes[runs.next++] as number
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80 && value <= 0xffffffff) return value
  }
  throw invalid('the length of a run is not a 32-bit number')
}

function startPacked(runs: Runs, groups: number): void {
  runs.isPacked = true
  runs.left = groups * 8
  runs.byte = runs.next
  runs.bit = 0
  runs.next = Math.min(runs.next + groups * runs.width, runs.end)
}

function startRepeated(runs: Runs, count: number): void {
  runs.isPacked = false
  runs.left = count
  runs.value = 0
  const valueBytes = (runs.width + 7) >> 3
  if (runs.next + valueBytes > runs.end) throw invalid('a run of levels or indexes ends before its value')
  for (let i = 0; i < valueBytes; i++) runs.value |= (runs.bytes[runs.next++] as number) << (8 * i)
  if (runs.width < 32 && runs.value >>> runs.width !== 0)
    throw invalid('the value of a run has more bits than its width')
}

/** Move past `count` packed values whose bits must be there. */
function skipPacked(runs: Runs, count: number): void {
  const bits = runs.bit + count * runs.width
  if (runs.byte + Math.ceil(bits / 8) > runs.end) throw invalid('packed levels or indexes end before the last value')
  runs.byte += Math.floor(bits / 8)
  runs.bit = bits % 8
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

import { RUN_BIT, RUN_BYTE, RUN_IS_PACKED, RUN_LEFT, RUN_VALUE } from './record'
import { beginRun } from './runs'

/** Bits that are moved at once: of eight bytes, 57 at least come after the first bit. */
const STEP: u32 = 48

/** How many of the bits taken last are 1. */
export let ones: u32 = 0

/**
 * Take up to `count` values of one bit from runs, as far as their bytes lie before `end`, as bits from bit `bit` of `to` on, of which those before stay and
 * those behind become 0.
 *
 * @returns how many were taken: see `takeRuns`.
 */
export function takeBits(reader: usize, end: usize, to: usize, bit: u32, count: i32): i32 {
  let left = <u32>count
  ones = 0
  while (left > 0) {
    let run = load<u32>(reader, RUN_LEFT)
    if (run === 0) {
      if (!beginRun(reader, end, 1)) break
      continue
    }
    run = min(run, left)
    if (load<u32>(reader, RUN_IS_PACKED) !== 0) {
      const from = <usize>load<u32>(reader, RUN_BYTE)
      const at = load<u32>(reader, RUN_BIT)
      const held = from < end ? ((<u64>(end - from)) << 3) - <u64>at : 0
      run = <u32>min<u64>(<u64>run, held)
      if (run === 0) break
      copyBits(from, at, run, to, bit)
      const next = at + run
      store<u32>(reader, <u32>from + (next >> 3), RUN_BYTE)
      store<u32>(reader, next & 7, RUN_BIT)
    } else repeatBit(<u64>0 - <u64>load<u32>(reader, RUN_VALUE), run, to, bit)
    store<u32>(reader, load<u32>(reader, RUN_LEFT) - run, RUN_LEFT)
    bit += run
    left -= run
  }
  return count - <i32>left
}

function copyBits(from: usize, at: u32, count: u32, to: usize, bit: u32): void {
  while (count > 0) {
    const length = min<u32>(count, STEP)
    putBits(load<u64>(from + <usize>(at >> 3)) >> (at & 7), length, to, bit)
    at += length
    bit += length
    count -= length
  }
}

function repeatBit(bits: u64, count: u32, to: usize, bit: u32): void {
  while (count > 0) {
    const length = min<u32>(count, STEP)
    putBits(bits, length, to, bit)
    bit += length
    count -= length
  }
}

function putBits(bits: u64, length: u32, to: usize, bit: u32): void {
  bits &= ((<u64>1) << length) - 1
  const place = to + <usize>(bit >> 3)
  const before = load<u64>(place) & (((<u64>1) << (bit & 7)) - 1)
  store<u64>(place, before | (bits << (bit & 7)))
  ones += <u32>popcnt(bits)
}

/** Count the bits that are 1, among `count` from `bits` on, which begins a byte. */
export function countBits(bits: usize, count: i32): i32 {
  let total: i32 = 0
  for (; count >= 64; count -= 64) {
    total += <i32>popcnt(load<u64>(bits))
    bits += 8
  }
  return total + <i32>popcnt(load<u64>(bits) & (((<u64>1) << count) - 1))
}

/** Write `count` bits from bit `bit` of `from` on as bytes of 0 and 1, sixteen at a time. */
export function bytesOfBits(from: usize, bit: u32, count: i32, to: usize): void {
  const masks = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128)
  const lanes = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
  const one = i8x16.splat(1)
  for (const end = to + <usize>count; to < end; to += 16) {
    const bits = i32x4.splat(<i32>(load<u32>(from) >> bit))
    const present = v128.and(i8x16.swizzle(bits, lanes), masks)
    v128.store(to, v128.and(i8x16.eq(present, masks), one))
    from += 2
  }
}

/** Write `count` bytes of 0 and 1 as bits. Those behind are 0 up to the end of the last byte. */
export function bitsOfBytes(from: usize, count: i32, to: usize): void {
  const zero = i8x16.splat(0)
  for (; count >= 16; count -= 16) {
    store<u16>(to, <u16>i8x16.bitmask(i8x16.ne(v128.load(from), zero)))
    from += 16
    to += 2
  }
  const last = <u32>i8x16.bitmask(i8x16.ne(v128.load(from), zero)) & ((1 << (<u32>count)) - 1)
  store<u16>(to, <u16>last)
}

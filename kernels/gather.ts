// Gathers ranges of a column's rows, in order, if the ranges are many and short. Memory: a block of the column, the
// ranges in it, and the result, each followed by SPARE bytes: values are copied sixteen bytes at a time, and excess
// bytes are overwritten by the next range.

import { RANGE, RANGE_ROWS } from './gather/record'

export const heapStart: usize = __heap_base

/** Values of `width` bytes. The value at `from` is that of row `base`. */
export function takeFixed(ranges: usize, count: i32, base: u32, from: usize, width: u32, to: usize): void {
  for (const end = ranges + count * RANGE; ranges < end; ranges += RANGE) {
    const length = load<u32>(ranges, RANGE_ROWS) * width
    copy(from + (load<u32>(ranges) - base) * width, to, length)
    to += length
  }
}

/**
 * Gather texts by their offsets, the first of which, at `offsets`, is that of row `base`.
 *
 * @param text - the address of the byte at offset 0.
 * @param used - the bytes before these, which the new offsets include.
 * @param newOffsets - one for the end of every gathered row.
 */
export function takeText(
  ranges: usize,
  count: i32,
  base: u32,
  offsets: usize,
  text: usize,
  used: u32,
  newOffsets: usize,
  to: usize,
): void {
  for (const end = ranges + count * RANGE; ranges < end; ranges += RANGE) {
    const rows = load<u32>(ranges, RANGE_ROWS)
    const first = offsets + ((load<u32>(ranges) - base) << 2)
    const start = load<u32>(first)
    const length = load<u32>(first + (rows << 2)) - start
    copy(text + start, to, length)
    to += length
    const shift = i32x4.splat(<i32>(used - start))
    used += length
    for (let row: usize = 0; row < <usize>(rows << 2); row += 16) {
      v128.store(newOffsets + row, i32x4.add(v128.load(first + row, 4), shift))
    }
    newOffsets += rows << 2
  }
}

function copy(from: usize, to: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at))
}

/** Gather bits to `to` from bit `bit` on, keeping those before. The first bit at `from` is that of row `base`. */
export function takeBits(ranges: usize, count: i32, base: u32, from: usize, to: usize, bit: u32): void {
  for (const end = ranges + count * RANGE; ranges < end; ranges += RANGE) {
    let source = load<u32>(ranges) - base
    let left = load<u32>(ranges, RANGE_ROWS)
    while (left > 0) {
      // Of eight bytes, at least 57 bits are left after the first bit.
      const length = min<u32>(left, 48)
      const bits = (load<u64>(from + (source >> 3)) >> (source & 7)) & (((<u64>1) << length) - 1)
      const at = to + (bit >> 3)
      const before = load<u64>(at) & (((<u64>1) << (bit & 7)) - 1)
      store<u64>(at, before | (bits << (bit & 7)))
      source += length
      bit += length
      left -= length
    }
  }
}

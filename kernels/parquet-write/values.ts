import { PLACE, RANGE, RANGE_END, UNSOUND } from './record'

/** Bytes of a value: 1 for a bit, 4, 8, or 0 if ranges define them. */
export let width: usize = 0
/** The values, or the bytes of ranges. */
export let data: usize = 0
/** Ranges of the values, counted from {@link data} on. */
export let ranges: usize = 0

/** Set the values for all later calls. */
export function useValues(valueWidth: usize, valuesAt: usize, rangesAt: usize): void {
  width = valueWidth
  data = valuesAt
  ranges = rangesAt
}

/** The position of value `i` among those selected by `order`, or among all if it is 0. */
export function placeOf(order: usize, i: i32): i32 {
  return order === 0 ? i : load<i32>(order + <usize>i * PLACE)
}

export function startOf(i: i32): usize {
  return data + load<u32>(ranges + <usize>i * RANGE)
}

export function lengthOf(i: i32): usize {
  const range = ranges + <usize>i * RANGE
  return load<u32>(range, RANGE_END) - load<u32>(range)
}

/**
 * Append the ranges of `count` contiguous values, whose offsets count from `low` on.
 *
 * @returns whether all are within `size` bytes and none ends before it begins.
 */
export function takeAllRanges(to: usize, offsets: usize, count: i32, low: u32, size: u32, base: u32): bool {
  const lows = i32x4.splat(low)
  const bases = i32x4.splat(base)
  const sizes = i32x4.splat(size)
  let unsound = i32x4.splat(0)
  const fours = offsets + ((<usize>(count & ~3)) << 2)
  for (; offsets < fours; offsets += 16) {
    const starts = i32x4.sub(v128.load(offsets), lows)
    const ends = i32x4.sub(v128.load(offsets, 4), lows)
    unsound = v128.or(unsound, v128.or(i32x4.gt_u(starts, ends), i32x4.gt_u(ends, sizes)))
    const from = i32x4.add(starts, bases)
    const until = i32x4.add(ends, bases)
    v128.store(to, i32x4.shuffle(from, until, 0, 4, 1, 5))
    v128.store(to, i32x4.shuffle(from, until, 2, 6, 3, 7), 16)
    to += 4 * RANGE
  }
  let isSound = !v128.any_true(unsound)
  for (const end = fours + ((count & 3) << 2); offsets < end; offsets += 4) {
    const from = load<u32>(offsets) - low
    const until = load<u32>(offsets, 4) - low
    isSound = isSound && from <= until && until <= size
    store<u32>(to, base + from)
    store<u32>(to, base + until, RANGE_END)
    to += RANGE
  }
  return isSound
}

/**
 * Append the ranges of the values in `count` slots below `slotsEnd`, counted from `firstSlot` on.
 *
 * @returns 1 if the values are not contiguous, 0 if they are, or {@link UNSOUND} if one is out of bounds.
 */
export function takeRanges(
  to: usize,
  offsets: usize,
  slots: usize,
  count: i32,
  firstSlot: u32,
  slotsEnd: u32,
  low: u32,
  size: u32,
  base: u32,
): i32 {
  let gaps: i32 = 0
  let previous = load<u32>(offsets) - low
  for (let i = 0; i < count; i++) {
    const slot = load<u32>(slots + <usize>i * PLACE) - firstSlot
    if (slot >= slotsEnd) return UNSOUND
    const start = load<u32>(offsets + ((<usize>slot) << 2)) - low
    const end = load<u32>(offsets + ((<usize>slot) << 2), 4) - low
    if (start > end || end > size) return UNSOUND
    gaps |= i32(start !== previous)
    store<u32>(to, base + start)
    store<u32>(to, base + end, RANGE_END)
    to += RANGE
    previous = end
  }
  return gaps
}

/**
 * Append bits as one byte each: those of `slots`, or `count` contiguous ones if that is 0.
 *
 * @returns whether all of them are among the first `size` bits.
 */
export function takeBits(to: usize, bitmap: usize, offset: i32, size: u32, slots: usize, count: i32): bool {
  for (let i = 0; i < count; i++) {
    const bit = <u32>(offset + placeOf(slots, i))
    if (bit >= size) return false
    const byte: u32 = load<u8>(bitmap + (<usize>bit >> 3))
    store<u8>(to + <usize>i, <u8>((byte >> (bit & 7)) & 1))
  }
  return true
}

/** Total bytes of values, which may exceed 32 bits if several share theirs. */
export function byteLength(start: i32, end: i32, order: usize): f64 {
  let bytes: u64 = 0
  for (let i = start; i < end; i++) bytes += <u64>lengthOf(placeOf(order, i))
  return <f64>bytes
}

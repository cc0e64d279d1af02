import { sharedLength } from './bytes'
import { BIG_ENDIAN, BYTES, FLOAT16, FLOAT32, FLOAT64, INT32, INT64, UINT8, UINT32, UINT64 } from './record'
import { data, lengthOf, placeOf, startOf } from './values'

const SIGN: u64 = 0x8000000000000000

/** Positions of the least and the greatest value. */
export let least: i32 = 0
export let greatest: i32 = 0

/**
 * Find the bounds of values `start` to `end`, at least one, or of those selected by `order`.
 *
 * @returns false if a number is NaN, which has no place in the order.
 */
export function takeBounds(kind: i32, start: i32, end: i32, order: usize): bool {
  least = greatest = placeOf(order, start)
  switch (kind) {
    case UINT8:
      return numberBounds<u8>(start, end, order)
    case INT32:
      return numberBounds<i32>(start, end, order)
    case UINT32:
      return numberBounds<u32>(start, end, order)
    case FLOAT32:
      return numberBounds<f32>(start, end, order)
    case INT64:
      return numberBounds<i64>(start, end, order)
    case UINT64:
      return numberBounds<u64>(start, end, order)
    case FLOAT64:
      return numberBounds<f64>(start, end, order)
    case FLOAT16:
      return halfBounds(start, end, order)
    case BIG_ENDIAN:
      byteBounds(start, end, order, SIGN)
      return true
    case BYTES:
      byteBounds(start, end, order, 0)
      return true
    default:
      return false
  }
}

function numberBounds<T>(start: i32, end: i32, order: usize): bool {
  let min = load<T>(data + <usize>least * sizeof<T>())
  let max = min
  for (let i = start; i < end; i++) {
    const at = placeOf(order, i)
    const value = load<T>(data + <usize>at * sizeof<T>())
    if (value < min) {
      min = value
      least = at
    } else if (value > max) {
      max = value
      greatest = at
    } else if (isFloat<T>()) {
      // biome-ignore lint/suspicious/noGlobalIsNan: AssemblyScript's version converts nothing
      if (isNaN<T>(value)) return false
    }
  }
  return true
}

function halfBounds(start: i32, end: i32, order: usize): bool {
  let min = halfOrder(load<u16>(startOf(least)))
  let max = min
  for (let i = start; i < end; i++) {
    const at = placeOf(order, i)
    const half: i32 = load<u16>(startOf(at))
    // Over infinity: NaN.
    if ((half & 0x7fff) > 0x7c00) return false
    const value = halfOrder(half)
    if (value < min) {
      min = value
      least = at
    } else if (value > max) {
      max = value
      greatest = at
    }
  }
  return true
}

/** Sign and magnitude as an integer of the same order; the zeros are equal. */
function halfOrder(half: i32): i32 {
  const magnitude = half & 0x7fff
  return half === magnitude ? magnitude : -magnitude
}

/**
 * Most values differ in their first sixteen bytes, read as two numbers, padded with zeros. `flip` converts the first
 * byte of a signed number to unsigned order.
 */
function byteBounds(start: i32, end: i32, order: usize, flip: u64): void {
  let bytes = leadingBytes(least)
  let minHigh: u64 = i64x2.extract_lane(bytes, 1) ^ flip
  let minLow: u64 = i64x2.extract_lane(bytes, 0)
  let maxHigh = minHigh
  let maxLow = minLow
  for (let i = start; i < end; i++) {
    const at = placeOf(order, i)
    bytes = leadingBytes(at)
    const high: u64 = i64x2.extract_lane(bytes, 1) ^ flip
    const low: u64 = i64x2.extract_lane(bytes, 0)
    if (isBefore(maxHigh, maxLow, high, low, greatest, at)) {
      maxHigh = high
      maxLow = low
      greatest = at
    } else if (isBefore(high, low, minHigh, minLow, at, least)) {
      minHigh = high
      minLow = low
      least = at
    }
  }
}

/** The first sixteen bytes of a value, the first one highest. */
function leadingBytes(i: i32): v128 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  const within = i8x16.lt_u(places, i8x16.splat(<i8>min<usize>(lengthOf(i), 16)))
  const bytes = v128.and(v128.load(startOf(i)), within)
  return i8x16.shuffle(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
}

/** Test whether value `i` is less than value `j`. If their first bytes are equal, flipping changes nothing. */
function isBefore(iHigh: u64, iLow: u64, jHigh: u64, jLow: u64, i: i32, j: i32): bool {
  if (iHigh !== jHigh) return iHigh < jHigh
  return iLow < jLow || (iLow === jLow && compareBytes(i, j) < 0)
}

/** Unsigned lexicographic order. */
function compareBytes(i: i32, j: i32): i32 {
  const a = startOf(i)
  const b = startOf(j)
  const aLength = lengthOf(i)
  const bLength = lengthOf(j)
  const most = min(aLength, bLength)
  const shared = sharedLength(a, b, most)
  if (shared < most) return <i32>load<u8>(a + shared) - <i32>load<u8>(b + shared)
  return i32(aLength > bLength) - i32(aLength < bLength)
}

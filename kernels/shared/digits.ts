import { nearestQuotient } from './quotient'

const MINUS: u32 = 0x2d
const POINT: u32 = 0x2e
const ZERO: u32 = 0x30
const ZEROS: u64 = 0x3030303030303030

/** Returned if there is no such value. */
export const NOWHERE: usize = 0

export const POWERS: StaticArray<u64> = [
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
  100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
  10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
]
/** Decimals of up to 15 digits are told apart by doubles, none of more than 17 is needed to tell doubles apart. */
const SURE_DIGITS: u64 = 999_999_999_999_999
const MAX_DIGITS: u64 = 99_999_999_999_999_999

/** Number of digits read by {@link takeDigits}. */
export let digitCount: u32 = 0

/** Read digits from `at` on as a number; {@link digitCount} is up to 18, which fit 64 bits, or 19 if there are more. */
export function takeDigits(at: usize): u64 {
  let digits = load<u64>(at) ^ ZEROS
  let count = leadingDigits(digits)
  if (count === 0) {
    digitCount = 0
    return 0
  }
  let value = eightDigits(digits << (64 - 8 * count))
  while (count % 8 === 0) {
    digits = load<u64>(at + count) ^ ZEROS
    const more = leadingDigits(digits)
    if (more === 0) break
    if (count + more > 18) {
      digitCount = 19
      return 0
    }
    value = value * unchecked(POWERS[more]) + eightDigits(digits << (64 - 8 * more))
    count += more
  }
  digitCount = count
  return value
}

/** Count the bytes, from the lowest on, that are at most nine. */
function leadingDigits(bytes: u64): u32 {
  const others = ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080
  return others === 0 ? 8 : <u32>(ctz(others) >> 3)
}

/** Eight bytes of at most nine as a number, the lowest being its first digit. */
function eightDigits(bytes: u64): u64 {
  const pairs = ((bytes * 2561) >> 8) & 0x00ff00ff00ff00ff
  const fours = ((pairs * 6553601) >> 16) & 0x0000ffff0000ffff
  return (fours * 42949672960001) >> 32
}

/**
 * Store the integer at `at`. A zero before other digits, or after a minus, and more than 18 digits are left to
 * TypeScript: they may not be integers.
 *
 * @returns the offset after it, or NOWHERE.
 */
export function takeInt64(at: usize, to: usize): usize {
  const isNegative = load<u8>(at) === MINUS
  const first = isNegative ? at + 1 : at
  const value = <i64>takeDigits(first)
  const count = digitCount
  if (count === 0 || count > 18 || (load<u8>(first) === ZERO && (count > 1 || isNegative))) return NOWHERE
  store<i64>(to, isNegative ? -value : value)
  return first + count
}

/**
 * Store the double nearest to the digits at `at`, with a point among or around them: 18 on a side, 19 in total. A zero
 * before other digits is left to TypeScript, as are long integers and decimals that differ from the double's own text,
 * which may have to be kept exactly.
 *
 * @returns the offset after it, or NOWHERE.
 */
export function takeFloat64(at: usize, to: usize): usize {
  const isNegative = load<u8>(at) === MINUS
  const first = isNegative ? at + 1 : at
  // Both ends by one look at 32 bytes, for where a cell begins depends on the end of the one before.
  const others = (otherBytes(v128.load(first, 16)) << 16) | otherBytes(v128.load(first))
  const whole: u32 = ctz(others)
  const decimals: u32 = ctz(others & (others - 1)) - whole - 1
  // The usual decimal: up to eight digits before the point, up to 16 after it.
  if (whole - 1 < 8 && decimals - 1 < 16 && whole + decimals < 20 && load<u8>(first + whole) === POINT) {
    if (whole > 1 && load<u8>(first) === ZERO) return NOWHERE
    const high = eightDigits((load<u64>(first) ^ ZEROS) << (64 - 8 * whole))
    const digits = high * unchecked(POWERS[decimals]) + digitsUpTo16(first + whole + 1, decimals)
    return storeFloat64(digits, decimals, isNegative, to) ? first + whole + 1 + decimals : NOWHERE
  }
  return takeLongFloat64(first, isNegative, to)
}

/** Any decimal of {@link takeFloat64}. */
function takeLongFloat64(first: usize, isNegative: bool, to: usize): usize {
  let digits = takeDigits(first)
  let count = digitCount
  let end = first + count
  if (count > 18 || (count > 1 && load<u8>(first) === ZERO)) return NOWHERE
  let decimals: u32 = 0
  if (load<u8>(end) === POINT) {
    const fraction = takeDigits(end + 1)
    decimals = digitCount
    count += decimals
    if (decimals > 18 || count > 19) return NOWHERE
    digits = digits * unchecked(POWERS[decimals]) + fraction
    end += 1 + decimals
  }
  if (count === 0 || (count > 15 && decimals === 0)) return NOWHERE
  return storeFloat64(digits, decimals, isNegative, to) ? end : NOWHERE
}

/** Store the double nearest to the decimal. @returns false where it may have to be kept exactly. */
function storeFloat64(digits: u64, decimals: u32, isNegative: bool, to: usize): bool {
  const power = unchecked(POWERS[decimals])
  // Where both are exact doubles, as all powers of ten up to 22 are, the one rounding of the quotient is the right one.
  let value = <f64>(<i64>digits) / <f64>(<i64>power)
  if (digits > SURE_DIGITS) {
    value = nearestQuotient(digits, decimals, power)
    if (!isWrittenAs(value, digits, power)) return false
  }
  store<f64>(to, isNegative ? -value : value)
  return true
}

/** A bit for each byte that is no digit, the lowest for the first. */
function otherBytes(bytes: v128): u32 {
  return i8x16.bitmask(i8x16.gt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(9)))
}

/** `count` digits from `at` on, up to 16, as a number: moved to the end of sixteen bytes, with zeros before them. */
function digitsUpTo16(at: usize, count: u32): u64 {
  const places = i8x16.add(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(count - 16)))
  const digits = i8x16.swizzle(i8x16.sub(v128.load(at), i8x16.splat(0x30)), places)
  return eightDigits(i64x2.extract_lane(digits, 0)) * 100_000_000 + eightDigits(i64x2.extract_lane(digits, 1))
}

/**
 * Test whether the nearest double of `digits / power`, rounded to the decimals of `power`, is that quotient again.
 * False for more than 17 digits, and if the double is halfway between two such decimals.
 *
 * With the double as `mantissa * 2 ** exponent`, the distance `mantissa * power - digits * 2 ** -exponent` must be
 * below `2 ** -exponent / 2`. Since the double is the nearest, it is less than `power`, so that it fits 64 bits
 * although the products do not.
 */
function isWrittenAs(value: f64, digits: u64, power: u64): bool {
  if (digits > MAX_DIGITS) return false
  const bits = reinterpret<u64>(value)
  const scale = 1075 - <i64>(bits >> 52)
  const mantissa = (bits & 0xfffffffffffff) | 0x10000000000000
  if (scale <= 0) return (mantissa << -scale) * power === digits
  const distance = <i64>(mantissa * power - (scale < 64 ? digits << scale : 0))
  return scale > 62 || abs(distance) < (<i64>1) << (scale - 1)
}

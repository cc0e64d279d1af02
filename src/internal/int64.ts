/**
 * 64-bit integers as text and as two little-endian 32-bit halves, without a bigint per value: the low half is exact in 32-bit
 * arithmetic, and the high half is the rest of a double after the low half is subtracted.
 */

const TWO_32 = 2 ** 32
const BILLION = 1_000_000_000
const ZERO = 0x30
const MINUS = 0x2d

/**
 * Parse `bytes[start, end)` as a 64-bit integer into `out[2 * index]` (low half) and `out[2 * index + 1]` (high half).
 *
 * @returns false, with nothing written, for anything but the canonical spelling: empty text, `+5`, `007`, `-0`, over 64 bits.
 */
export function parseInt64(bytes: Uint8Array, start: number, end: number, out: Int32Array, index: number): boolean {
  const negative = bytes[start] === MINUS
  let at = negative ? start + 1 : start
  const digits = end - at
  if (digits < 1 || digits > 19) return false
  if (bytes[at] === ZERO && (digits > 1 || negative)) return false
  const lowStart = digits > 9 ? end - 9 : at
  let high = 0
  for (; at < lowStart; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit >>> 0 > 9) return false
    high = high * 10 + digit
  }
  let low = 0
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit >>> 0 > 9) return false
    low = (low * 10 + digit) | 0
  }
  if (high !== 0) return storeMulAdd(negative ? -high : high, BILLION, negative ? -low : low, out, index)
  const value = negative ? -low | 0 : low
  out[2 * index] = value
  out[2 * index + 1] = value >> 31
  return true
}

/**
 * Store `factor * unit + rest` as the two halves of a 64-bit integer. All three are integers, `|factor| < 2**53`,
 * `|unit| < 2**31`, `|rest| < 2**53`.
 *
 * @returns false, with nothing written, if the result is over 64 bits.
 */
export function storeMulAdd(factor: number, unit: number, rest: number, out: Int32Array, index: number): boolean {
  const low = (Math.imul(factor, unit) + (rest | 0)) >>> 0
  // The sum in doubles is off by at most 2**12, far less than half of 2**32, which rounding tolerates.
  const high = Math.round((factor * unit + rest - low) / TWO_32)
  if (high > 0x7fffffff || high < -0x80000000) return false
  out[2 * index] = low
  out[2 * index + 1] = high
  return true
}

/** Check that the 64-bit integer of these halves is exactly a double. */
export function isExactDouble(low: number, high: number): boolean {
  if (high >= -0x200000 && high < 0x200000) return true
  const value = high * TWO_32 + (low >>> 0)
  const valueHigh = Math.floor(value / TWO_32)
  return valueHigh === high && value - valueHigh * TWO_32 === low >>> 0
}

/** The double of these halves; exact if {@link isExactDouble} returns true. */
export function int64ToNumber(low: number, high: number): number {
  return high * TWO_32 + (low >>> 0)
}

/** The most bytes that {@link writeInt64} writes. */
export const INT64_TEXT_BYTES = 20

/**
 * Write the 64-bit integer of these halves as decimal text at `out[at]`.
 *
 * @returns the offset after its last byte.
 */
export function writeInt64(low: number, high: number, out: Uint8Array, at: number): number {
  if (high < 0) {
    out[at++] = MINUS
    low = -low | 0
    high = ~high + (low === 0 ? 1 : 0)
  }
  const head = (high >>> 0) * TWO_32 + (low >>> 0)
  if (head < BILLION) return writeDigits(head, digitCount(head), out, at)
  // Schoolbook division by 10**9 in three steps of 32, 16 and 16 bits, so that every remainder stays exact in a double.
  const top = Math.floor((high >>> 0) / BILLION)
  const middle = ((high >>> 0) - top * BILLION) * 0x10000 + (low >>> 16)
  const middleQuotient = Math.floor(middle / BILLION)
  const bottom = (middle - middleQuotient * BILLION) * 0x10000 + (low & 0xffff)
  const bottomQuotient = Math.floor(bottom / BILLION)
  const quotient = (top * 0x10000 + middleQuotient) * 0x10000 + bottomQuotient
  at = writeLarge(quotient, out, at)
  return writeDigits(bottom - bottomQuotient * BILLION, 9, out, at)
}

/** A non-negative integer below 10**11: the rest of 64 bits after nine digits. */
function writeLarge(value: number, out: Uint8Array, at: number): number {
  if (value < BILLION) return writeDigits(value, digitCount(value), out, at)
  const top = Math.floor(value / BILLION)
  at = writeDigits(top, digitCount(top), out, at)
  return writeDigits(value - top * BILLION, 9, out, at)
}

/** Write `value` (0 to 2**31 - 1) with leading zeros to exactly `digits` bytes. */
export function writeDigits(value: number, digits: number, out: Uint8Array, at: number): number {
  let rest = value | 0
  for (let place = at + digits - 1; place >= at; place--) {
    const next = (rest / 10) | 0
    out[place] = ZERO + rest - next * 10
    rest = next
  }
  return at + digits
}

function digitCount(value: number): number {
  let count = 1
  for (let limit = 10; value >= limit; limit *= 10) count++
  return count
}

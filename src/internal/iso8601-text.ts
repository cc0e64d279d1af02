import { writeDigits } from './int64.ts'
import { MICROSECOND, MILLISECOND, type TimestampUnit } from './iso8601.ts'

const DAY_SECONDS = 86_400
const DAY_MS = 86_400_000
const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const COLON = 0x3a

/** The most bytes that {@link writeDate} and {@link writeTimestamp} write. */
export const DATE_TEXT_BYTES = 20
export const TIMESTAMP_TEXT_BYTES = 40

/** Write a day since 1970-01-01 as `2024-02-29` at `out[at]`. @returns the offset after its last byte. */
export function writeDate(days: number, out: Uint8Array, at: number): number {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leapDays = ((dayOfEra / 1460) | 0) - ((dayOfEra / 36_524) | 0) + ((dayOfEra / 146_096) | 0)
  const yearOfEra = ((dayOfEra - leapDays) / 365) | 0
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0))
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0
  const day = dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  at = writeYear(year, out, at)
  out[at] = MINUS
  at = writeDigits(month, 2, out, at + 1)
  out[at] = MINUS
  return writeDigits(day, 2, out, at + 1)
}

function writeYear(year: number, out: Uint8Array, at: number): number {
  if (year >= 0 && year <= 9999) return writeDigits(year, 4, out, at)
  out[at] = year < 0 ? MINUS : PLUS
  const size = Math.abs(year)
  return writeDigits(size, size < 1e6 ? 6 : size < 1e7 ? 7 : size < 1e8 ? 8 : 9, out, at + 1)
}

/**
 * Write the timestamp of these 64-bit halves as `2024-02-29T12:00:00.500Z` at `out[at]`: three digits of a second for milliseconds, six for
 * microseconds, nine for nanoseconds, none if all are zero.
 *
 * @returns the offset after its last byte.
 */
export function writeTimestamp(low: number, high: number, unit: TimestampUnit, out: Uint8Array, at: number): number {
  const unitsPerStep = unit === MILLISECOND ? DAY_MS : unit === MICROSECOND ? 1e6 : 1e9
  // Floor division of 64 bits in three steps of 32, 16 and 16 bits, every remainder exact in a double.
  const top = Math.floor(high / unitsPerStep)
  const middle = (high - top * unitsPerStep) * 0x10000 + (low >>> 16)
  const middleQuotient = Math.floor(middle / unitsPerStep)
  const bottom = (middle - middleQuotient * unitsPerStep) * 0x10000 + (low & 0xffff)
  const bottomQuotient = Math.floor(bottom / unitsPerStep)
  const steps = (top * 0x10000 + middleQuotient) * 0x10000 + bottomQuotient
  const rest = bottom - bottomQuotient * unitsPerStep
  if (unit === MILLISECOND) {
    const second = Math.floor(rest / 1000)
    return writeTime(steps, second, rest - second * 1000, 3, out, at)
  }
  const days = Math.floor(steps / DAY_SECONDS)
  return writeTime(days, steps - days * DAY_SECONDS, rest, unit === MICROSECOND ? 6 : 9, out, at)
}

function writeTime(
  days: number,
  seconds: number,
  fraction: number,
  digits: number,
  out: Uint8Array,
  at: number,
): number {
  at = writeDate(days, out, at)
  out[at] = 0x54
  const hour = (seconds / 3600) | 0
  const minute = ((seconds - hour * 3600) / 60) | 0
  at = writeDigits(hour, 2, out, at + 1)
  out[at] = COLON
  at = writeDigits(minute, 2, out, at + 1)
  out[at] = COLON
  at = writeDigits(seconds - hour * 3600 - minute * 60, 2, out, at + 1)
  if (fraction !== 0) {
    out[at] = POINT
    at = writeDigits(fraction, digits, out, at + 1)
  }
  out[at] = 0x5a
  return at + 1
}

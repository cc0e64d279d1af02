import { storeMulAdd } from './int64.ts'

/** The unit of a 64-bit timestamp, numbered as in Arrow. */
export const MILLISECOND = 1
export const MICROSECOND = 2
export const NANOSECOND = 3
export type TimestampUnit = typeof MILLISECOND | typeof MICROSECOND | typeof NANOSECOND

const DAY_SECONDS = 86_400
const DAY_MS = 86_400_000
const ZERO = 0x30
const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const COLON = 0x3a

/**
 * Parse the ISO 8601 date `2024-02-29` in `bytes[start, end)` into `out[index]`, in days since 1970-01-01. Years beyond 0000 to 9999 have a sign and six
 * to nine digits.
 *
 * @returns false, with nothing written, for any other text, including days that do not exist.
 */
export function parseDate(bytes: Uint8Array, start: number, end: number, out: Int32Array, index: number): boolean {
  const days = daysOfDate(bytes, start, end)
  if (!(days >= -0x80000000 && days <= 0x7fffffff)) return false
  out[index] = days
  return true
}

/**
 * Parse an ISO 8601 date-time in `bytes[start, end)` into the 64-bit halves `out[2 * index]` and `out[2 * index + 1]`: units since
 * 1970-01-01T00:00:00Z. `T` or a space separates date and time; seconds, a fraction of up to nine digits (more if they are zeros), and an
 * offset (`Z`, `+05:30`, `+0530`, `+05`) may follow; without an offset the time is UTC.
 *
 * @returns false, with nothing written, if the text is not a date-time, needs a finer unit, or does not fit 64 bits of the unit.
 */
export function parseTimestamp(
  bytes: Uint8Array,
  start: number,
  end: number,
  unit: TimestampUnit,
  out: Int32Array,
  index: number,
): boolean {
  const separator = separatorOf(bytes, start, end)
  if (separator < 0) return false
  const days = daysOfDate(bytes, start, separator)
  const nanoseconds = timeOfDay(bytes, separator + 1, end)
  if (Number.isNaN(days) || Number.isNaN(nanoseconds)) return false
  return storeTimestamp(days, nanoseconds, unit, out, index)
}

/**
 * The coarsest unit that holds the date-time in `bytes[start, end)` exactly, or 0 if it is not one. By value: `.500000`
 * only needs milliseconds.
 */
export function timestampUnitOf(bytes: Uint8Array, start: number, end: number): TimestampUnit | 0 {
  const separator = separatorOf(bytes, start, end)
  if (separator < 0) return 0
  const days = daysOfDate(bytes, start, separator)
  const nanoseconds = timeOfDay(bytes, separator + 1, end)
  if (Number.isNaN(days) || Number.isNaN(nanoseconds)) return 0
  return nanoseconds % 1e6 === 0 ? MILLISECOND : nanoseconds % 1e3 === 0 ? MICROSECOND : NANOSECOND
}

/** The position of the `T` or space of a date-time, or -1. */
function separatorOf(bytes: Uint8Array, start: number, end: number): number {
  // From `2024-02-29T00:00` to `+999999999-12-31T23:59:59.999999999+05:30`, with space for zeros after the ninth digit.
  if (end - start < 16 || end - start > 64) return -1
  const first = bytes[start]
  let at = start + 10
  if (first === PLUS || first === MINUS) for (at = start + 13; at < end && !isSeparator(bytes[at] as number); ) at++
  return at < end && isSeparator(bytes[at] as number) ? at : -1
}

function isSeparator(byte: number): boolean {
  return byte === 0x54 || byte === 0x74 || byte === 0x20
}

function storeTimestamp(
  days: number,
  nanoseconds: number,
  unit: TimestampUnit,
  out: Int32Array,
  index: number,
): boolean {
  if (unit === MILLISECOND) {
    const milliseconds = Math.floor(nanoseconds / 1e6)
    return milliseconds * 1e6 === nanoseconds && storeMulAdd(days, DAY_MS, milliseconds, out, index)
  }
  const seconds = Math.floor(nanoseconds / 1e9)
  const fraction = nanoseconds - seconds * 1e9
  const sinceEpoch = days * DAY_SECONDS + seconds
  if (unit === NANOSECOND) return storeMulAdd(sinceEpoch, 1e9, fraction, out, index)
  const microseconds = Math.floor(fraction / 1e3)
  return microseconds * 1e3 === fraction && storeMulAdd(sinceEpoch, 1e6, microseconds, out, index)
}

/** Read two digits at `at` as a number, or as one out of every range if they are not digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - ZERO
  const ones = (bytes[at + 1] as number) - ZERO
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? 10_000 : tens * 10 + ones
}

/** Days since 1970-01-01 of the date in `bytes[start, end)`, or NaN. */
function daysOfDate(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length === 10) {
    const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)
    return bytes[start + 4] === MINUS && year <= 9999 ? daysInMonth(bytes, start + 5, year) : Number.NaN
  }
  const sign = bytes[start]
  if (length < 13 || length > 16 || (sign !== PLUS && sign !== MINUS)) return Number.NaN
  let year = 0
  for (let at = start + 1; at < end - 6; at++) {
    const digit = (bytes[at] as number) - ZERO
    if (digit >>> 0 > 9) return Number.NaN
    year = year * 10 + digit
  }
  if ((sign === MINUS && year === 0) || bytes[end - 6] !== MINUS) return Number.NaN
  return daysInMonth(bytes, end - 5, sign === MINUS ? -year : year)
}

/** Days since 1970-01-01 of the `MM-DD` at `at`, or NaN. */
function daysInMonth(bytes: Uint8Array, at: number, year: number): number {
  const month = twoDigits(bytes, at)
  const day = twoDigits(bytes, at + 3)
  if (bytes[at + 2] !== MINUS || month < 1 || month > 12 || day < 1 || year > 999_999_999) return Number.NaN
  if (day > 28 && day > monthLength(year, month)) return Number.NaN
  return daysFromCivil(year, month, day)
}

function monthLength(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  // Division of a number known to be non-negative stays in integers.
  const era = marchYear >= 0 ? (marchYear / 400) | 0 : Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1
  return era * 146_097 + yearOfEra * 365 + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0) + dayOfYear - 719_468
}

/** Nanoseconds since midnight UTC of the time in `bytes[start, end)`, its offset subtracted; NaN if it is not a time. */
function timeOfDay(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 5 || bytes[start + 2] !== COLON) return Number.NaN
  const hour = twoDigits(bytes, start)
  const minute = twoDigits(bytes, start + 3)
  if (hour > 23 || minute > 59) return Number.NaN
  let at = start + 5
  let seconds = hour * 3600 + minute * 60
  let nanoseconds = 0
  if (at < end && bytes[at] === COLON) {
    if (end - at < 3) return Number.NaN
    const second = twoDigits(bytes, at + 1)
    if (second > 59) return Number.NaN
    seconds += second
    at += 3
    if (at < end && bytes[at] === POINT) {
      const fraction = ++at
      for (; at < end; at++) {
        const digit = (bytes[at] as number) - ZERO
        if (digit >>> 0 > 9) break
        if (at - fraction < 9) nanoseconds = (nanoseconds * 10 + digit) | 0
        else if (digit !== 0) return Number.NaN
      }
      if (at === fraction) return Number.NaN
      nanoseconds *= at - fraction === 3 ? 1e6 : 10 ** Math.max(0, 9 - at + fraction)
    }
  }
  if (at === end) return seconds * 1e9 + nanoseconds
  return (seconds - offsetSeconds(bytes, at, end)) * 1e9 + nanoseconds
}

/** Seconds east of UTC of `Z`, `+05:30`, `+0530` or `+05` in `bytes[start, end)`, or NaN. */
function offsetSeconds(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start]
  const length = end - start
  if (length === 1 && (sign === 0x5a || sign === 0x7a)) return 0
  if (sign !== PLUS && sign !== MINUS) return Number.NaN
  const colon = length === 6 && bytes[start + 3] === COLON
  if (length !== 3 && length !== 5 && !colon) return Number.NaN
  const hours = twoDigits(bytes, start + 1)
  const minutes = length === 3 ? 0 : twoDigits(bytes, end - 2)
  if (hours > 23 || minutes > 59) return Number.NaN
  const seconds = hours * 3600 + minutes * 60
  return sign === MINUS ? -seconds : seconds
}

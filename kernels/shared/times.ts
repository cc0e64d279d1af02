import { digitCount, NOWHERE, POWERS, takeDigits } from './digits'

const PLUS: u32 = 0x2b
const MINUS: u32 = 0x2d
const POINT: u32 = 0x2e
const ZERO: u32 = 0x30
const COLON: u32 = 0x3a
const DAY_SECONDS: i64 = 86_400

/** Returned if there is no such date. */
const NO_DATE: i32 = i32.MIN_VALUE

/** End of the zone read by {@link takeZone}, or NOWHERE. */
let zoneEnd: usize = 0

/**
 * Store the time at `at`, `2024-02-29T12:00:00.500Z`: a `T` or a space, any fraction that the unit represents, `Z`, an offset or nothing.
 *
 * @param unitDigits - digits of a second of the unit.
 * @returns the offset after it, or NOWHERE.
 */
export function takeTimestamp(at: usize, to: usize, unitDigits: u32): usize {
  const days = daysOfDate(at)
  const separator = load<u8>(at, 10)
  const hour = twoDigits(at + 11)
  const minute = twoDigits(at + 14)
  const second = twoDigits(at + 17)
  if (days === NO_DATE || hour > 23 || minute > 59 || second > 59) return NOWHERE
  if ((separator | 0x20) !== 0x74 && separator !== 0x20) return NOWHERE
  if (load<u8>(at, 13) !== COLON || load<u8>(at, 16) !== COLON) return NOWHERE
  // Nanoseconds of years from 1679 to 2261 do not overflow.
  if (unitDigits === 9 && (days < -106_500 || days > 106_500)) return NOWHERE
  let end = at + 19
  let fraction: u64 = 0
  if (load<u8>(end) === POINT) {
    fraction = takeDigits(end + 1)
    const count = digitCount
    if (count === 0 || count > unitDigits) return NOWHERE
    fraction *= unchecked(POWERS[unitDigits - count])
    end += 1 + count
  }
  const east = takeZone(end)
  const seconds = <i64>days * DAY_SECONDS + (hour * 3600 + minute * 60 + second) - east
  store<i64>(to, seconds * <i64>unchecked(POWERS[unitDigits]) + <i64>fraction)
  return zoneEnd
}

/** Seconds east of UTC of `Z`, `+05:30`, `+0530` or `+05`; 0 if there is none. */
function takeZone(at: usize): i64 {
  const sign: u32 = load<u8>(at)
  zoneEnd = (sign | 0x20) === 0x7a ? at + 1 : at
  if (sign !== PLUS && sign !== MINUS) return 0
  const hours = twoDigits(at + 1)
  const colon: usize = load<u8>(at, 3) === COLON ? 1 : 0
  let minutes = twoDigits(at + 3 + colon)
  zoneEnd = at + 5 + colon
  if (minutes > 59 && colon === 0) {
    minutes = 0
    zoneEnd = at + 3
  }
  if (hours > 23 || minutes > 59) zoneEnd = NOWHERE
  const seconds = <i64>(hours * 3600 + minutes * 60)
  return sign === MINUS ? -seconds : seconds
}

/** Store the days from 1970-01-01 to `2024-02-29`. @returns the offset after it, or NOWHERE. */
export function takeDate(at: usize, to: usize): usize {
  const days = daysOfDate(at)
  if (days === NO_DATE) return NOWHERE
  store<i32>(to, days)
  return at + 10
}

/** Read two digits as a number, or as one out of every range if they are not digits. */
function twoDigits(at: usize): u32 {
  const tens: u32 = load<u8>(at) - ZERO
  const ones: u32 = load<u8>(at, 1) - ZERO
  return tens > 9 || ones > 9 ? 10_000 : tens * 10 + ones
}

/** Days since 1970-01-01 of `2024-02-29`, or NO_DATE. */
function daysOfDate(at: usize): i32 {
  const year = twoDigits(at) * 100 + twoDigits(at + 2)
  const month = twoDigits(at + 5)
  const day = twoDigits(at + 8)
  if (year > 9999 || month < 1 || month > 12 || day < 1) return NO_DATE
  if (day > 28 && day > monthLength(year, month)) return NO_DATE
  if (load<u8>(at, 4) !== MINUS || load<u8>(at, 7) !== MINUS) return NO_DATE
  return daysFromCivil(year, month, day)
}

function monthLength(year: u32, month: u32): u32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** In the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"), for years from 0 to 9999. */
function daysFromCivil(year: u32, month: u32, day: u32): i32 {
  // Shifted by 400 years, so that no number is negative.
  const marchYear = year + (month > 2 ? 400 : 399)
  const era = marchYear / 400
  const yearOfEra = marchYear - era * 400
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return <i32>(era * 146_097 + dayOfEra) - 719_468 - 146_097
}

// Reads rows of CSV straight into columns: every byte once, text sixteen bytes at a time. A row that is not like most rows, or a cell whose
// value needs more than is here, is left to TypeScript, which knows all the rules.
//
// Memory: the text, with 32 bytes or more after it; a record of RECORD bytes for every column, see the offsets below; the regions that
// the records name.

export const heapStart: usize = __heap_base

/** Offsets into a column's record. */
const KIND: usize = 0
const IS_REQUIRED: usize = 4
/** Region of the values, of offsets where they are text. */
const VALUES: usize = 8
const VALIDITY: usize = 12
const TEXT_BYTES: usize = 16
/** Bytes of text written, to which the offsets add those before this call. */
const TEXT_USED: usize = 20
const TEXT_BEFORE: usize = 24
const NULLS: usize = 28
/** The bit of the first row, in bitmaps. */
const FIRST_BIT: usize = 32
/** Region of the cells left to TypeScript: row, start, end. */
const LEFT: usize = 36
const LEFT_COUNT: usize = 40
const RECORD: usize = 48

const TEXT: i32 = 0
const INT64: i32 = 1
const FLOAT64: i32 = 2
const BOOL: i32 = 3
const DATE: i32 = 4
const TIMESTAMP_MS: i32 = 5
const TIMESTAMP_US: i32 = 6
const TIMESTAMP_NS: i32 = 7
/** Of any other type: every cell is left to TypeScript, and there is no region of values. */
const OTHER: i32 = 8

const LF: u32 = 0x0a
const CR: u32 = 0x0d
const QUOTE: u32 = 0x22
const MINUS: u32 = 0x2d
const POINT: u32 = 0x2e
const ZERO: u32 = 0x30
const COLON: u32 = 0x3a
const DAY_SECONDS: i64 = 86_400

/** Where a cell's text does not end on its line. */
const NOWHERE: usize = 0

/** The powers of ten that fifteen digits after the point need, all of them exact. */
const POWERS: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]
const INTEGER_POWERS: StaticArray<u64> = [
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
]

/** Where the first row begins that was not taken. */
export let rowsEnd: usize = 0

/** How many digits {@link takeDigits} took. */
let digitCount: u32 = 0

/**
 * Take rows from `at` on: none that begins at `stop` or later, none that ends after `end`, and no more than `maxRows`.
 *
 * @returns their number.
 */
export function takeRows(
  columns: usize,
  width: i32,
  delimiter: u32,
  at: usize,
  end: usize,
  stop: usize,
  maxRows: i32,
): i32 {
  const last = columns + RECORD * (width - 1)
  if (stop > end) stop = end
  let row = 0
  while (row < maxRows && at < stop) {
    const next = takeRow(columns, last, delimiter, at, row)
    if (next === NOWHERE) {
      forgetRow(columns, last, row)
      break
    }
    at = next
    row++
  }
  rowsEnd = at
  return row
}

/** @returns where the next row begins, or NOWHERE where this one is not for this way. */
function takeRow(columns: usize, last: usize, delimiter: u32, at: usize, row: i32): usize {
  const first: u32 = load<u8>(at)
  if (first === LF || first === CR) return NOWHERE
  for (let column = columns; ; column += RECORD) {
    const byte: u32 = load<u8>(at)
    const kind = load<i32>(column, KIND)
    if (byte === delimiter || byte === LF || byte === CR) {
      if (load<i32>(column, IS_REQUIRED) !== 0) return NOWHERE
      takeNull(column, kind, row)
    } else if (byte !== QUOTE) {
      at = takeCell(column, kind, delimiter, at, row)
      if (at === NOWHERE) return NOWHERE
    } else {
      at = kind === TEXT ? takeQuotedText(column, at + 1, row) : takeCell(column, kind, delimiter, at + 1, row)
      if (at === NOWHERE || load<u8>(at) !== QUOTE) return NOWHERE
      at++
    }
    if (column === last) break
    if (load<u8>(at) !== delimiter) return NOWHERE
    at++
  }
  if (load<u8>(at) === LF) return at + 1
  return load<u8>(at) === CR && load<u8>(at, 1) === LF ? at + 2 : NOWHERE
}

/** @returns the offset after the cell's last byte, which may be anything but a byte of its value. */
function takeCell(column: usize, kind: i32, delimiter: u32, at: usize, row: i32): usize {
  let end = NOWHERE
  switch (kind) {
    case TEXT:
      return takeText(column, delimiter, at, row)
    case INT64:
      end = takeInt64(column, at, row)
      break
    case FLOAT64:
      end = takeFloat64(column, at, row)
      break
    case BOOL:
      end = takeBool(column, at, row)
      break
    case DATE:
      end = takeDate(column, at, row)
      break
    case TIMESTAMP_MS:
      end = takeTimestamp(column, at, row, 3)
      break
    case TIMESTAMP_US:
      end = takeTimestamp(column, at, row, 6)
      break
    case TIMESTAMP_NS:
      end = takeTimestamp(column, at, row, 9)
      break
  }
  return end !== NOWHERE && isEnd(load<u8>(end), delimiter) ? end : leaveCell(column, delimiter, at, row)
}

/** Whether a byte ends an unquoted cell, or shows that it is not sound. */
function isEnd(byte: u32, delimiter: u32): bool {
  return byte === delimiter || byte === LF || byte === QUOTE || byte === CR
}

function takeNull(column: usize, kind: i32, row: i32): void {
  const bit = load<i32>(column, FIRST_BIT) + row
  setBit(load<u32>(column, VALIDITY), bit, 0)
  store<i32>(column, load<i32>(column, NULLS) + 1, NULLS)
  const values: usize = load<u32>(column, VALUES)
  if (kind === TEXT) endText(column, row, load<i32>(column, TEXT_USED))
  else if (kind === BOOL) setBit(values, bit, 0)
  else if (kind === DATE) store<i32>(values + (row << 2), 0)
  else if (kind !== OTHER) store<i64>(values + (row << 3), 0)
}

function setBit(bitmap: usize, bit: i32, value: i32): void {
  const at = bitmap + (bit >> 3)
  const place = bit & 7
  const byte: i32 = load<u8>(at)
  store<u8>(at, <u8>((byte & ~(1 << place)) | (value << place)))
}

/** Unquoted text. Bytes that are copied too many are overwritten by the next text. */
function takeText(column: usize, delimiter: u32, at: usize, row: i32): usize {
  const delimiters = i8x16.splat(<i8>delimiter)
  const quotes = i8x16.splat(<i8>QUOTE)
  const breaks = i8x16.splat(<i8>(CR + 1))
  const text: usize = load<u32>(column, TEXT_BYTES)
  let to: usize = text + load<u32>(column, TEXT_USED)
  for (;;) {
    const bytes = v128.load(at)
    v128.store(to, bytes)
    const delimited = v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, quotes))
    const ends = i8x16.bitmask(v128.or(delimited, i8x16.lt_u(bytes, breaks)))
    if (ends === 0) {
      at += 16
      to += 16
      continue
    }
    const before: usize = ctz(ends)
    at += before
    to += before
    if (isEnd(load<u8>(at), delimiter)) break
    // A control character that is no line break.
    at++
    to++
  }
  endText(column, row, <i32>(to - text))
  return at
}

/** Text in quotes that ends on its own line. @returns the offset of the closing quote. */
function takeQuotedText(column: usize, at: usize, row: i32): usize {
  const quotes = i8x16.splat(<i8>QUOTE)
  const breaks = i8x16.splat(<i8>(CR + 1))
  const text: usize = load<u32>(column, TEXT_BYTES)
  let to: usize = text + load<u32>(column, TEXT_USED)
  for (;;) {
    const bytes = v128.load(at)
    v128.store(to, bytes)
    const ends = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), i8x16.lt_u(bytes, breaks)))
    if (ends === 0) {
      at += 16
      to += 16
      continue
    }
    const before: usize = ctz(ends)
    at += before
    to += before
    const byte: u32 = load<u8>(at)
    if (byte === QUOTE) {
      if (load<u8>(at, 1) !== QUOTE) break
      at++
    } else if (byte === LF || byte === CR) return NOWHERE
    at++
    to++
  }
  endText(column, row, <i32>(to - text))
  return at
}

function endText(column: usize, row: i32, used: i32): void {
  store<i32>(column, used, TEXT_USED)
  store<i32>(load<u32>(column, VALUES) + ((row + 1) << 2), used + load<i32>(column, TEXT_BEFORE))
}

/** Digits from `at` on as a number; {@link digitCount} of up to 18, which 64 bits hold, or 19 where there are more. */
function takeDigits(at: usize): u64 {
  let digits = load<u64>(at) ^ 0x3030303030303030
  let count = leadingDigits(digits)
  if (count === 0) {
    digitCount = 0
    return 0
  }
  let value = eightDigits(digits << (64 - 8 * count))
  while (count % 8 === 0) {
    digits = load<u64>(at + count) ^ 0x3030303030303030
    const more = leadingDigits(digits)
    if (more === 0) break
    if (count + more > 18) {
      digitCount = 19
      return 0
    }
    value = value * unchecked(INTEGER_POWERS[more]) + eightDigits(digits << (64 - 8 * more))
    count += more
  }
  digitCount = count
  return value
}

/** How many bytes from the lowest on are at most nine. */
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

/** A zero before other digits, or after a minus, is left to TypeScript: it may not be a number at all. */
function takeInt64(column: usize, at: usize, row: i32): usize {
  const isNegative = load<u8>(at) === MINUS
  const first = isNegative ? at + 1 : at
  const value = <i64>takeDigits(first)
  const count = digitCount
  if (count === 0 || count > 18 || (load<u8>(first) === ZERO && (count > 1 || isNegative))) return NOWHERE
  store<i64>(load<u32>(column, VALUES) + (row << 3), isNegative ? -value : value)
  return first + count
}

/** Fifteen digits and their power of ten are exact, so the one rounding of the quotient is the right one. */
function takeFloat64(column: usize, at: usize, row: i32): usize {
  const isNegative = load<u8>(at) === MINUS
  const first = isNegative ? at + 1 : at
  const whole = takeDigits(first)
  let count = digitCount
  if (count > 1 && load<u8>(first) === ZERO) return NOWHERE
  let end = first + count
  let value = <f64>whole
  if (load<u8>(end) === POINT) {
    const fraction = takeDigits(end + 1)
    const decimals = digitCount
    count += decimals
    if (count > 15) return NOWHERE
    const power = unchecked(POWERS[decimals])
    value = (value * power + <f64>fraction) / power
    end += 1 + decimals
  }
  if (count === 0 || count > 15) return NOWHERE
  store<f64>(load<u32>(column, VALUES) + (row << 3), isNegative ? -value : value)
  return end
}

/** `true` or `false`, in any case. */
function takeBool(column: usize, at: usize, row: i32): usize {
  const word = load<u32>(at) | 0x20202020
  const bit = load<i32>(column, FIRST_BIT) + row
  if (word === 0x65757274) {
    setBit(load<u32>(column, VALUES), bit, 1)
    return at + 4
  }
  if (word !== 0x736c6166 || (load<u8>(at, 4) | 0x20) !== 0x65) return NOWHERE
  setBit(load<u32>(column, VALUES), bit, 0)
  return at + 5
}

function takeDate(column: usize, at: usize, row: i32): usize {
  const days = daysOfDate(at)
  if (days === i32.MIN_VALUE) return NOWHERE
  store<i32>(load<u32>(column, VALUES) + (row << 2), days)
  return at + 10
}

/** `2024-02-29T12:00:00.500Z`: a `T` or a space, any fraction that the unit holds, `Z` or nothing. */
function takeTimestamp(column: usize, at: usize, row: i32, unitDigits: u32): usize {
  const days = daysOfDate(at)
  const separator = load<u8>(at, 10)
  const hour = twoDigits(at + 11)
  const minute = twoDigits(at + 14)
  const second = twoDigits(at + 17)
  if (days === i32.MIN_VALUE || hour > 23 || minute > 59 || second > 59) return NOWHERE
  if ((separator | 0x20) !== 0x74 && separator !== 0x20) return NOWHERE
  if (load<u8>(at, 13) !== COLON || load<u8>(at, 16) !== COLON) return NOWHERE
  // Nanoseconds of years from 1679 to 2261 do not overflow.
  if (unitDigits === 9 && (days < -106_500 || days > 106_500)) return NOWHERE
  const seconds = <i64>days * DAY_SECONDS + (hour * 3600 + minute * 60 + second)
  let value = seconds * <i64>unchecked(INTEGER_POWERS[unitDigits])
  let end = at + 19
  if (load<u8>(end) === POINT) {
    const fraction = takeDigits(end + 1)
    const count = digitCount
    if (count === 0 || count > unitDigits) return NOWHERE
    value += <i64>(fraction * unchecked(INTEGER_POWERS[unitDigits - count]))
    end += 1 + count
  }
  if ((load<u8>(end) | 0x20) === 0x7a) end++
  store<i64>(load<u32>(column, VALUES) + (row << 3), value)
  return end
}

/** Two digits as a number, or something over 99 where they are none. */
function twoDigits(at: usize): u32 {
  const tens: u32 = load<u8>(at) - ZERO
  const ones: u32 = load<u8>(at, 1) - ZERO
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones
}

/** Days since 1970-01-01 of `2024-02-29`, or the least number where there is no such date. */
function daysOfDate(at: usize): i32 {
  const year = twoDigits(at) * 100 + twoDigits(at + 2)
  const month = twoDigits(at + 5)
  const day = twoDigits(at + 8)
  if (year > 9999 || month < 1 || month > 12 || day < 1) return i32.MIN_VALUE
  if (day > 28 && day > monthLength(year, month)) return i32.MIN_VALUE
  if (load<u8>(at, 4) !== MINUS || load<u8>(at, 7) !== MINUS) return i32.MIN_VALUE
  return daysFromCivil(year, month, day)
}

function monthLength(year: u32, month: u32): u32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** In the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"), for years from 0 to 9999. */
function daysFromCivil(year: u32, month: u32, day: u32): i32 {
  // 400 years on, so that no number is negative.
  const marchYear = year + (month > 2 ? 400 : 399)
  const era = marchYear / 400
  const yearOfEra = marchYear - era * 400
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return <i32>(era * 146_097 + dayOfEra) - 719_468 - 146_097
}

/** Note where a cell stands, to its end or the quote that follows. */
function leaveCell(column: usize, delimiter: u32, at: usize, row: i32): usize {
  const start = at
  while (!isEnd(load<u8>(at), delimiter)) at++
  const count = load<i32>(column, LEFT_COUNT)
  const entry: usize = load<u32>(column, LEFT) + count * 12
  store<i32>(entry, row)
  store<i32>(entry, <i32>start, 4)
  store<i32>(entry, <i32>at, 8)
  store<i32>(column, count + 1, LEFT_COUNT)
  return at
}

/** Take back what was written of a row. */
function forgetRow(columns: usize, last: usize, row: i32): void {
  for (let column = columns; column <= last; column += RECORD) {
    const bit = load<i32>(column, FIRST_BIT) + row
    const validity: usize = load<u32>(column, VALIDITY)
    if ((load<u8>(validity + (bit >> 3)) & (1 << (bit & 7))) === 0) {
      setBit(validity, bit, 1)
      store<i32>(column, load<i32>(column, NULLS) - 1, NULLS)
    }
    if (load<i32>(column, KIND) === TEXT) {
      const offsets: usize = load<u32>(column, VALUES)
      store<i32>(column, load<i32>(offsets + (row << 2)) - load<i32>(column, TEXT_BEFORE), TEXT_USED)
      continue
    }
    const count = load<i32>(column, LEFT_COUNT)
    if (count > 0 && load<i32>(load<u32>(column, LEFT) + (count - 1) * 12) === row) {
      store<i32>(column, count - 1, LEFT_COUNT)
    }
  }
}

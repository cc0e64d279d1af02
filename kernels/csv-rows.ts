// Reads rows of CSV straight into columns: every byte once, text sixteen bytes at a time. A row that is not like most rows, or a cell whose
// value needs more than is here, is left to TypeScript, which knows all the rules.
//
// Memory: the text, with 32 bytes or more after it; a record of RECORD bytes for every column, see the offsets below; the regions that
// the records name.

import { NOWHERE, takeFloat64, takeInt64 } from './shared/digits'
import { takeDate, takeTimestamp } from './shared/times'

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

/** Where the first row begins that was not taken. */
export let rowsEnd: usize = 0
/** Line breaks inside the quotes of the rows that were taken. */
export let breaksTaken: i32 = 0

/** After the last byte, a line feed. */
let textEnd: usize = 0
/** Line breaks inside quotes so far. */
let breaks: i32 = 0

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
  textEnd = end
  breaks = 0
  breaksTaken = 0
  let row = 0
  while (row < maxRows && at < stop) {
    const next = takeRow(columns, last, delimiter, at, row)
    if (next === NOWHERE) {
      forgetRow(columns, last, row)
      break
    }
    at = next
    breaksTaken = breaks
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
  const values: usize = load<u32>(column, VALUES)
  let end = NOWHERE
  switch (kind) {
    case TEXT:
      return takeText(column, delimiter, at, row)
    case INT64:
      end = takeInt64(at, values + (row << 3))
      break
    case FLOAT64:
      end = takeFloat64(at, values + (row << 3))
      break
    case BOOL:
      end = takeBool(column, at, row)
      break
    case DATE:
      end = takeDate(at, values + (row << 2))
      break
    case TIMESTAMP_MS:
      end = takeTimestamp(at, values + (row << 3), 3)
      break
    case TIMESTAMP_US:
      end = takeTimestamp(at, values + (row << 3), 6)
      break
    case TIMESTAMP_NS:
      end = takeTimestamp(at, values + (row << 3), 9)
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

/** Text in quotes. @returns the offset of the closing quote, NOWHERE where there is none in these bytes. */
function takeQuotedText(column: usize, at: usize, row: i32): usize {
  const quotes = i8x16.splat(<i8>QUOTE)
  const controls = i8x16.splat(<i8>(CR + 1))
  const text: usize = load<u32>(column, TEXT_BYTES)
  let to: usize = text + load<u32>(column, TEXT_USED)
  for (;;) {
    const bytes = v128.load(at)
    v128.store(to, bytes)
    const ends = i8x16.bitmask(v128.or(i8x16.eq(bytes, quotes), i8x16.lt_u(bytes, controls)))
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
    } else if (byte === LF || (byte === CR && load<u8>(at, 1) !== LF)) {
      if (at + 1 === textEnd) return NOWHERE
      breaks++
    }
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

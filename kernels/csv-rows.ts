// Reads rows of CSV directly into columns: every byte once, text sixteen bytes at a time. It stops before an unusual
// row, and defers cells that it cannot parse; TypeScript, which implements all rules, reads both.
//
// Memory: the text, with 32 bytes or more after it; a record of RECORD bytes for every column, see record.ts; the regions that
// the records name.

import {
  BOOL,
  DATE,
  DEFERRED,
  DEFERRED_CELL,
  DEFERRED_COUNT,
  FIRST_BIT,
  FLOAT64,
  INT64,
  IS_REQUIRED,
  KIND,
  NULLS,
  OTHER,
  RECORD,
  TEXT,
  TEXT_BEFORE,
  TEXT_BYTES,
  TEXT_ROOM,
  TEXT_USED,
  TIMESTAMP_MS,
  TIMESTAMP_NS,
  TIMESTAMP_US,
  VALIDITY,
  VALUES,
} from './csv-rows/record'
import { NOWHERE, takeFloat64, takeInt64 } from './shared/digits'
import { takeDate, takeTimestamp } from './shared/times'

export const heapStart: usize = __heap_base

const LF: u32 = 0x0a
const CR: u32 = 0x0d

/** Start of the first row that was not read. */
export let rowsEnd: usize = 0
/** True if the row that was not read is text in quotes up to the end: it may go on in the bytes that follow. */
export let isCut: bool = false
/** Line breaks inside the quotes of the rows that were read, and of the comments among them. */
export let breaksRead: i32 = 0

/** The marks of the dialect. A missing quote or comment is a line feed. */
let delimiter: u32 = 0
let quote: u32 = 0
let escapeMark: u32 = 0
let comment: u32 = 0
/** True if the comment is no longer than its byte. */
let skipsComments: bool = false

/** After the last byte, a line feed. */
let textEnd: usize = 0
/** Line breaks inside quotes, and of comments, so far. */
let breaks: i32 = 0

export function useMarks(
  delimiterByte: u32,
  quoteByte: u32,
  escapeByte: u32,
  commentByte: u32,
  isWholeComment: bool,
): void {
  delimiter = delimiterByte
  quote = quoteByte
  escapeMark = escapeByte
  comment = commentByte
  skipsComments = isWholeComment
}

/**
 * Read rows from `at` on: none that begins at `stop` or later or ends after `end`, and at most `maxRows`.
 *
 * @returns their number.
 */
export function readRows(columns: usize, width: i32, at: usize, end: usize, stop: usize, maxRows: i32): i32 {
  const last = columns + RECORD * (width - 1)
  if (stop > end) stop = end
  textEnd = end
  breaks = 0
  breaksRead = 0
  isCut = false
  let row = 0
  while (row < maxRows && at < stop) {
    if (skipsComments && <u32>load<u8>(at) === comment) {
      at = lineEnd(at)
      breaksRead = ++breaks
      continue
    }
    const next = readRow(columns, last, at, row)
    if (next === NOWHERE) {
      forgetRow(columns, last, row)
      break
    }
    at = next
    breaksRead = breaks
    row++
  }
  rowsEnd = at
  return row
}

/** @returns the offset after a line, which ends before `textEnd` at the latest. */
function lineEnd(at: usize): usize {
  let byte: u32 = load<u8>(at)
  while (byte !== LF && byte !== CR) byte = load<u8>(++at)
  return byte === CR && load<u8>(at, 1) === LF ? at + 2 : at + 1
}

/** @returns the start of the next row, or NOWHERE if this one is left to TypeScript. */
function readRow(columns: usize, last: usize, at: usize, row: i32): usize {
  const first: u32 = load<u8>(at)
  if (first === LF || first === CR || first === comment) return NOWHERE
  for (let column = columns; ; column += RECORD) {
    const byte: u32 = load<u8>(at)
    const kind = load<i32>(column, KIND)
    if (byte === delimiter || byte === LF || byte === CR) {
      if (load<i32>(column, IS_REQUIRED) !== 0) return NOWHERE
      addNull(column, kind, row)
    } else if (byte !== quote) {
      at = kind === TEXT ? readText(column, at, row) : readCell(column, kind, delimiter, at, row)
    } else {
      at = kind === TEXT ? readQuotedText(column, at + 1, row) : readCell(column, kind, quote, at + 1, row)
      if (at === NOWHERE || load<u8>(at) !== quote) return NOWHERE
      at++
    }
    if (at === NOWHERE) return NOWHERE
    if (column === last) break
    if (load<u8>(at) !== delimiter) return NOWHERE
    at++
  }
  if (load<u8>(at) === LF) return at + 1
  return load<u8>(at) === CR && load<u8>(at, 1) === LF ? at + 2 : NOWHERE
}

/**
 * Read a cell of any kind except text up to `closing`, a delimiter or a quote.
 *
 * @returns the offset after the cell's last byte, NOWHERE if it has an escape.
 */
function readCell(column: usize, kind: i32, closing: u32, at: usize, row: i32): usize {
  const values: usize = load<u32>(column, VALUES)
  let end = NOWHERE
  switch (kind) {
    case INT64:
      end = takeInt64(at, values + (row << 3))
      break
    case FLOAT64:
      end = takeFloat64(at, values + (row << 3))
      break
    case BOOL:
      end = readBool(column, at, row)
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
  return end !== NOWHERE && isEnd(load<u8>(end), closing) ? end : deferCell(column, closing, at, row)
}

/** Test whether a byte ends a cell, or makes it invalid. */
function isEnd(byte: u32, closing: u32): bool {
  return byte === closing || byte === LF || byte === quote || byte === CR
}

function addNull(column: usize, kind: i32, row: i32): void {
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

/** Unquoted text. Bytes that are copied too many are overwritten by the next text. @returns the offset after it, NOWHERE where there is no room for it. */
function readText(column: usize, at: usize, row: i32): usize {
  const delimiters = i8x16.splat(<i8>delimiter)
  const quotes = i8x16.splat(<i8>quote)
  const breaks = i8x16.splat(<i8>(CR + 1))
  const text: usize = load<u32>(column, TEXT_BYTES)
  const full: usize = text + load<u32>(column, TEXT_ROOM)
  let to: usize = text + load<u32>(column, TEXT_USED)
  for (;;) {
    if (to > full) return NOWHERE
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
    // A control character other than a line break.
    at++
    to++
  }
  endText(column, row, <i32>(to - text))
  return at
}

/** Text in quotes. @returns the offset of the closing quote, NOWHERE where there is none in these bytes, or no room for the text. */
function readQuotedText(column: usize, at: usize, row: i32): usize {
  const quotes = i8x16.splat(<i8>quote)
  const escapes = i8x16.splat(<i8>escapeMark)
  const controls = i8x16.splat(<i8>(CR + 1))
  const text: usize = load<u32>(column, TEXT_BYTES)
  const full: usize = text + load<u32>(column, TEXT_ROOM)
  let to: usize = text + load<u32>(column, TEXT_USED)
  for (;;) {
    if (to > full) return NOWHERE
    const bytes = v128.load(at)
    v128.store(to, bytes)
    const marks = v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, escapes))
    const ends = i8x16.bitmask(v128.or(marks, i8x16.lt_u(bytes, controls)))
    if (ends === 0) {
      at += 16
      to += 16
      continue
    }
    const before: usize = ctz(ends)
    at += before
    to += before
    const byte: u32 = load<u8>(at)
    const next: u32 = load<u8>(at, 1)
    if (byte === escapeMark && (next === quote || next === escapeMark)) {
      at++
      // The last byte copied is the escape, which the next one replaces.
      store<u8>(to, <u8>next)
    } else if (byte === quote) break
    else if (byte === LF || (byte === CR && next !== LF)) {
      if (at + 1 === textEnd) {
        isCut = true
        return NOWHERE
      }
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

/** `true` or `false`, in any letter case. */
function readBool(column: usize, at: usize, row: i32): usize {
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

/** Record the position of a cell, to its end or the quote after it. */
function deferCell(column: usize, closing: u32, at: usize, row: i32): usize {
  const start = at
  while (!isEnd(load<u8>(at), closing)) {
    if (closing === quote && load<u8>(at) === escapeMark) return NOWHERE
    at++
  }
  const count = load<i32>(column, DEFERRED_COUNT)
  const entry: usize = load<u32>(column, DEFERRED) + count * DEFERRED_CELL
  store<i32>(entry, row)
  store<i32>(entry, <i32>start, 4)
  store<i32>(entry, <i32>at, 8)
  store<i32>(column, count + 1, DEFERRED_COUNT)
  return at
}

/** Undo the written part of a row. */
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
    const count = load<i32>(column, DEFERRED_COUNT)
    if (count > 0 && load<i32>(load<u32>(column, DEFERRED) + (count - 1) * DEFERRED_CELL) === row) {
      store<i32>(column, count - 1, DEFERRED_COUNT)
    }
  }
}

// Reads rows of JSON, which are objects, straight into columns, nested ones too, or only looks at what kinds of values they hold: every byte once, text
// sixteen bytes at a time. A row that is not like most rows, or a value that needs more than is here, is left to TypeScript, which knows all
// the rules.
//
// Memory: the text, with 64 bytes of zeros after it, which no token takes, so that no row runs beyond it; a record of RECORD bytes for
// every column, see the offsets below; keys with their quotes, in 16 bytes or a multiple of them; the regions that the records name, which
// are zero where nothing is written.

import { NOWHERE, takeFloat64, takeInt64 } from './shared/digits'
import { takeDate, takeTimestamp } from './shared/times'

export const heapStart: usize = __heap_base

/** Offsets into a column's record. */
const KIND: usize = 0
const KEY: usize = 4
const KEY_LENGTH: usize = 8
/** The column whose key comes next, as far as known; 0 after the last. */
const NEXT: usize = 12
/** The last row that had the key, -1 before any. */
const LAST: usize = 16
/** Region of the values, of offsets where they are text or lists. */
const VALUES: usize = 20
/** Region of a bit for every value that is not null. */
const VALIDITY: usize = 24
const TEXT_BYTES: usize = 28
/** Bytes of text or items written, to which the offsets add those before this call. */
const USED: usize = 32
const BEFORE: usize = 36
/** Slots whose end is in the offsets. */
const FILLED: usize = 40
/** The kinds of values seen, and what they were before the row that changed them last. */
const SEEN: usize = 44
const SEEN_BEFORE: usize = 48
const SEEN_ROW: usize = 52
/** The bit of the first slot, in bitmaps. */
const BIT: usize = 56
/** The records of an object's fields, or of a list's items, and the end of them. */
const CHILDREN: usize = 60
const CHILDREN_END: usize = 64
/** The field whose key comes first, as far as known. */
const FIRST: usize = 68
/** Bytes of memory that an item takes in columns, whatever it holds. */
const ITEM_BYTES: usize = 72
const RECORD: usize = 80

const TEXT: i32 = 0
const INT64: i32 = 1
const FLOAT64: i32 = 2
const BOOL: i32 = 3
const DATE: i32 = 4
const TIMESTAMP_MS: i32 = 5
const TIMESTAMP_US: i32 = 6
const TIMESTAMP_NS: i32 = 7
// 8 is any other type: every value is left to TypeScript.
/** Nothing but nulls. */
const NOTHING: i32 = 9
/** The kinds of values are looked at, and nothing is kept. */
const SURVEY: i32 = 10
const STRUCT: i32 = 11
const LIST: i32 = 12

/** Kinds of values: see `SEEN` of `src/codecs/inference.ts` and `KIND` of `src/codecs/json/shape.ts`. */
const SEEN_BOOL: i32 = 1
const SEEN_INT: i32 = (1 << 16) | 2
const SEEN_FLOAT: i32 = (1 << 16) | 8
const SEEN_DATE: i32 = (1 << 17) | 32
const SEEN_MILLISECONDS: i32 = (1 << 17) | 64
const SEEN_MICROSECONDS: i32 = (1 << 17) | 128
const SEEN_NANOSECONDS: i32 = (1 << 17) | 256
const SEEN_TEXT: i32 = (1 << 17) | 2048
/** Integers up to here are exactly doubles. */
const MAX_SAFE: i64 = 1 << 53

const TAB: u32 = 0x09
const LF: u32 = 0x0a
const CR: u32 = 0x0d
const SPACE: u32 = 0x20
const QUOTE: u32 = 0x22
const PLUS: u32 = 0x2b
const COMMA: u32 = 0x2c
const MINUS: u32 = 0x2d
const POINT: u32 = 0x2e
const ZERO: u32 = 0x30
const COLON: u32 = 0x3a
const OPEN_BRACKET: u32 = 0x5b
const BACKSLASH: u32 = 0x5c
const CLOSE_BRACKET: u32 = 0x5d
const OPEN_BRACE: u32 = 0x7b
const CLOSE_BRACE: u32 = 0x7d
/** `null`, `true` and `fals` as words. */
const NULL: u32 = 0x6c6c756e
const TRUE: u32 = 0x65757274
const FALS: u32 = 0x736c6166

/** Keys that may be missing before the next one is looked for among all. */
const SKIPPED_KEYS: i32 = 3

/** Of the rows taken: where the last one ends, the line breaks up to there, the bytes of the rows. */
export let rowsEnd: usize = 0
export let rowsLines: i32 = 0
export let rowsBytes: i32 = 0
/** Bytes of memory that their items take in columns, whatever they hold. */
export let rowsItemBytes: f64 = 0
/** Values that were left to TypeScript. */
export let leftCount: i32 = 0

/** Entries of those values: row, index of the column, slot, start, end. */
let left: usize = 0
let leftRoom: i32 = 0
const LEFT_BYTES = 20

/** The record of the row itself, an object, and after it those of all columns. */
let root: usize = 0
let columnsEnd: usize = 0
/** Slots that there is room for in the columns of a list's items. */
let itemRoom: i32 = 0
let maxDepth: i32 = 0
/** Whether rows stand in an array, where line breaks are white space, or one in a line. */
let isArray: bool = false
/** The row in hand. */
let row: i32 = 0
let lines: i32 = 0
let itemBytes: f64 = 0
/** What the last string skipped held, and where the last escape's text ended. */
let hadEscape: bool = false
let escapeEnd: usize = 0

/** For values that are looked at only. */
const scratch: usize = memory.data(16)

/** Say where columns and values left are, and what limits there are. */
export function prepare(records: usize, width: i32, leftCells: usize, room: i32, items: i32, depth: i32): void {
  root = records
  columnsEnd = records + RECORD * width
  left = leftCells
  leftRoom = room
  itemRoom = items
  maxDepth = depth
}

/**
 * Take rows from `at` on, where one begins, or a blank line: no more than `maxRows`, and none after `maxBytes` bytes of them, or `maxMemory` bytes in
 * columns, of which a row takes `rowMemory` and its items more.
 */
export function takeRows(at: usize, array: bool, maxRows: i32, maxBytes: i32, maxMemory: f64, rowMemory: f64): i32 {
  isArray = array
  row = 0
  lines = 0
  itemBytes = 0
  leftCount = 0
  rowsEnd = at
  rowsLines = 0
  rowsBytes = 0
  rowsItemBytes = 0
  for (let column = root; column < columnsEnd; column += RECORD) startColumn(column)
  while (row < maxRows && rowsBytes < maxBytes && <f64>row * rowMemory + itemBytes < maxMemory) {
    if (!isArray) at = skipBlankLines(at)
    if (load<u8>(at) !== OPEN_BRACE) break
    const leftBefore = leftCount
    let end = takeObject(root, at + 1, row, 1)
    if (!isArray && end !== NOWHERE) end = skipSpace(end)
    if (end === NOWHERE || !(isArray || load<u8>(end) === LF)) {
      leftCount = leftBefore
      forgetFields(root, row)
      break
    }
    row++
    rowsBytes += <i32>(end - at)
    rowsItemBytes = itemBytes
    if (!isArray) {
      lines++
      end++
    }
    rowsEnd = at = end
    rowsLines = lines
    if (!isArray) continue
    at = skipSpace(at)
    if (load<u8>(at) !== COMMA) break
    at = skipSpace(at + 1)
  }
  fillFields(root, row)
  return row
}

function startColumn(column: usize): void {
  store<i32>(column, -1, LAST)
  store<i32>(column, -1, SEEN_ROW)
  const kind = load<i32>(column, KIND)
  if (kind !== TEXT && kind !== LIST) return
  store<i32>(column, 0, USED)
  store<i32>(column, 0, FILLED)
  store<i32>(load<u32>(column, VALUES), load<i32>(column, BEFORE))
}

/** End all text and lists of an object's fields in its first `slots` slots. */
function fillFields(struct: usize, slots: i32): void {
  const end: usize = load<u32>(struct, CHILDREN_END)
  for (let column: usize = load<u32>(struct, CHILDREN); column < end; column += RECORD) {
    const kind = load<i32>(column, KIND)
    if (kind === TEXT || kind === LIST) fillOffsets(column, slots)
    if (kind === STRUCT) fillFields(column, slots)
    else if (kind === LIST) fillFields(column, load<i32>(column, USED))
  }
}

function skipBlankLines(at: usize): usize {
  while (true) {
    at = skipSpace(at)
    if (load<u8>(at) !== LF) return at
    lines++
    at++
  }
}

function skipSpace(at: usize): usize {
  return load<u8>(at) > SPACE ? at : skipSpaces(at)
}

function skipSpaces(at: usize): usize {
  if (load<u8>(at) === SPACE && load<u8>(at, 1) > SPACE) return at + 1
  while (true) {
    const bytes = v128.load(at)
    const spaces = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>SPACE)), i8x16.eq(bytes, i8x16.splat(<i8>TAB)))
    const blanks = i8x16.bitmask(v128.or(spaces, i8x16.eq(bytes, i8x16.splat(<i8>CR))))
    const breaks = isArray ? i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>LF))) : 0
    const count = ctz(~(blanks | breaks))
    lines += popcnt(breaks & ((1 << count) - 1))
    at += <usize>count
    if (count < 16) return at
  }
}

/**
 * @param at - the offset after the object's brace.
 * @returns the offset after the object, or NOWHERE where it is not for this way.
 */
function takeObject(struct: usize, at: usize, slot: i32, depth: i32): usize {
  at = skipSpace(at)
  if (load<u8>(at) === CLOSE_BRACE) return at + 1
  let previous: usize = 0
  let column: usize = load<u32>(struct, FIRST)
  while (true) {
    let end = column === 0 ? NOWHERE : keyEnd(column, at)
    if (end === NOWHERE) {
      column = findColumn(struct, column, previous, at)
      if (column === 0) return NOWHERE
      end = at + load<i32>(column, KEY_LENGTH)
    }
    // A key that is repeated.
    if (load<i32>(column, LAST) === slot) return NOWHERE
    store<i32>(column, slot, LAST)
    at = load<u8>(end) === COLON ? end : skipSpace(end)
    if (load<u8>(at) !== COLON) return NOWHERE
    at = takeValue(column, skipSpace(at + 1), slot, depth)
    if (at === NOWHERE) return NOWHERE
    at = skipSpace(at)
    if (load<u8>(at) === CLOSE_BRACE) return at + 1
    if (load<u8>(at) !== COMMA) return NOWHERE
    at = skipSpace(at + 1)
    previous = column
    column = load<u32>(column, NEXT)
  }
}

/**
 * @param at - the offset after the list's bracket.
 * @returns the offset after the list, or NOWHERE where it is not for this way.
 */
function takeList(list: usize, at: usize, slot: i32, depth: i32): usize {
  const items: usize = load<u32>(list, CHILDREN)
  const start = load<i32>(list, USED)
  let index = start
  fillOffsets(list, slot)
  at = skipSpace(at)
  if (load<u8>(at) === CLOSE_BRACKET) at++
  else {
    while (true) {
      if (index === itemRoom) return NOWHERE
      store<i32>(items, index, LAST)
      at = takeValue(items, at, index, depth)
      if (at === NOWHERE) return NOWHERE
      index++
      at = skipSpace(at)
      const byte: u32 = load<u8>(at)
      at++
      if (byte === CLOSE_BRACKET) break
      if (byte !== COMMA) return NOWHERE
      at = skipSpace(at)
    }
  }
  itemBytes += <f64>(index - start) * load<f64>(list, ITEM_BYTES)
  endOffset(list, slot, index)
  return at
}

/** The offset after a column's key, or NOWHERE where another stands at `at`. No key holds the zeros that follow the text. */
function keyEnd(column: usize, at: usize): usize {
  let key: usize = load<u32>(column, KEY)
  let length = load<i32>(column, KEY_LENGTH)
  const end = at + length
  while (length > 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(key))) !== 0xffff) return NOWHERE
    at += 16
    key += 16
    length -= 16
  }
  const mask = (1 << length) - 1
  return (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(key))) & mask) === mask ? end : NOWHERE
}

/**
 * The column of the key at `at`, which is not the expected one: among the next few, so that keys may be missing, or among all; then it is the one
 * that is expected here from now on. 0 where there is none, at least not in this spelling.
 */
function findColumn(struct: usize, expected: usize, previous: usize, at: usize): usize {
  let column = expected
  for (let skipped = 0; column !== 0 && skipped < SKIPPED_KEYS; skipped++) {
    column = load<u32>(column, NEXT)
    if (column !== 0 && keyEnd(column, at) !== NOWHERE) return column
  }
  const fields: usize = load<u32>(struct, CHILDREN)
  const fieldsEnd: usize = load<u32>(struct, CHILDREN_END)
  // From the key before on, since most objects have their keys in one order.
  const start = previous === 0 ? fields : previous
  column = start
  while (column < fieldsEnd) {
    column += RECORD
    if (column === fieldsEnd) column = fields
    if (keyEnd(column, at) !== NOWHERE) {
      if (previous === 0) store<u32>(struct, <u32>column, FIRST)
      else store<u32>(previous, <u32>column, NEXT)
      return column
    }
    if (column === start) break
  }
  return 0
}

/** @returns the offset after the value, or NOWHERE where it is not for this way. */
function takeValue(column: usize, at: usize, slot: i32, depth: i32): usize {
  if (load<u32>(at) === NULL) return at + 4
  const kind = load<i32>(column, KIND)
  const values: usize = load<u32>(column, VALUES)
  let end = NOWHERE
  switch (kind) {
    case TEXT:
      return load<u8>(at) === QUOTE ? takeText(column, at + 1, slot) : NOWHERE
    case INT64:
      end = takeInt64(at, values + (slot << 3))
      if (end !== NOWHERE && !isEnd(load<u8>(end))) end = NOWHERE
      break
    case FLOAT64:
      end = takeNumber(at, values + (slot << 3))
      break
    case BOOL:
      return takeBool(column, at, slot)
    case DATE:
      if (load<u8>(at) === QUOTE) end = quoted(takeDate(at + 1, values + (slot << 2)))
      break
    case TIMESTAMP_MS:
      if (load<u8>(at) === QUOTE) end = quoted(takeTimestamp(at + 1, values + (slot << 3), 3))
      break
    case TIMESTAMP_US:
      if (load<u8>(at) === QUOTE) end = quoted(takeTimestamp(at + 1, values + (slot << 3), 6))
      break
    case TIMESTAMP_NS:
      if (load<u8>(at) === QUOTE) end = quoted(takeTimestamp(at + 1, values + (slot << 3), 9))
      break
    case STRUCT:
      if (load<u8>(at) !== OPEN_BRACE || depth >= maxDepth) return NOWHERE
      setBit(load<u32>(column, VALIDITY), load<i32>(column, BIT) + slot)
      return takeObject(column, at + 1, slot, depth + 1)
    case LIST:
      return load<u8>(at) === OPEN_BRACKET && depth < maxDepth ? takeList(column, at + 1, slot, depth + 1) : NOWHERE
    case SURVEY:
      return surveyValue(column, at)
    case NOTHING:
      return NOWHERE
  }
  if (end === NOWHERE) return leaveValue(column, at, slot)
  setBit(load<u32>(column, VALIDITY), load<i32>(column, BIT) + slot)
  return end
}

function setBit(bitmap: usize, bit: i32): void {
  const at = bitmap + (bit >> 3)
  const byte: i32 = load<u8>(at)
  store<u8>(at, <u8>(byte | (1 << (bit & 7))))
}

/** Whether a byte may follow a number: one that is part of none. */
function isEnd(byte: u32): bool {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= SPACE
}

/** The offset after the quote that follows a time. */
function quoted(end: usize): usize {
  return end !== NOWHERE && load<u8>(end) === QUOTE ? end + 1 : NOWHERE
}

/** A double in the spelling of JSON, which has digits on both sides of a point. */
function takeNumber(at: usize, to: usize): usize {
  const whole = load<u8>(at) === MINUS ? at + 1 : at
  if (load<u8>(whole) === POINT) return NOWHERE
  const end = takeFloat64(at, to)
  return end !== NOWHERE && isEnd(load<u8>(end)) && load<u8>(end - 1) !== POINT ? end : NOWHERE
}

function takeBool(column: usize, at: usize, slot: i32): usize {
  const isTrue = load<u32>(at) === TRUE
  if (!isTrue && (load<u32>(at) !== FALS || load<u8>(at, 4) !== 0x65)) return NOWHERE
  const bit = load<i32>(column, BIT) + slot
  if (isTrue) setBit(load<u32>(column, VALUES), bit)
  setBit(load<u32>(column, VALIDITY), bit)
  return isTrue ? at + 4 : at + 5
}

/** Bytes that are copied too many are overwritten by the next text. */
function takeText(column: usize, at: usize, slot: i32): usize {
  const text: usize = load<u32>(column, TEXT_BYTES)
  fillOffsets(column, slot)
  let to: usize = text + load<u32>(column, USED)
  while (true) {
    const bytes = v128.load(at)
    v128.store(to, bytes)
    const ends = endsOfRun(bytes)
    if (ends === 0) {
      at += 16
      to += 16
      continue
    }
    const before: usize = ctz(ends)
    at += before
    to += before
    const byte: u32 = load<u8>(at)
    if (byte === QUOTE) break
    if (byte !== BACKSLASH) return NOWHERE
    at = takeEscape(at, to)
    if (at === NOWHERE) return NOWHERE
    to = escapeEnd
  }
  endOffset(column, slot, <i32>(to - text))
  return at + 1
}

/** A bit for every byte that ends a plain run of a string: quotes, backslashes and control characters. */
function endsOfRun(bytes: v128): i32 {
  const quotes = i8x16.eq(bytes, i8x16.splat(<i8>QUOTE))
  const backslashes = i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))
  return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE))))
}

/** End a slot's text or list, which is not null. */
function endOffset(column: usize, slot: i32, used: i32): void {
  store<i32>(column, used, USED)
  store<i32>(column, slot + 1, FILLED)
  store<i32>(load<u32>(column, VALUES) + ((slot + 1) << 2), used + load<i32>(column, BEFORE))
  setBit(load<u32>(column, VALIDITY), load<i32>(column, BIT) + slot)
}

/** End the text or list of every slot before `slot` where the last one ended. */
function fillOffsets(column: usize, slot: i32): void {
  let filled = load<i32>(column, FILLED)
  if (filled >= slot) return
  const offsets: usize = load<u32>(column, VALUES)
  const end = load<i32>(offsets + (filled << 2))
  while (filled < slot) store<i32>(offsets + (++filled << 2), end)
  store<i32>(column, filled, FILLED)
}

/** Write what the escape at `at` means, up to {@link escapeEnd}. @returns the offset after it, or NOWHERE where it means nothing. */
function takeEscape(at: usize, to: usize): usize {
  let byte: u32 = load<u8>(at, 1)
  switch (byte) {
    case 0x75:
      return takeUnicodeEscape(at, to)
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      break
    case 0x62:
      byte = 8
      break
    case 0x66:
      byte = 12
      break
    case 0x6e:
      byte = LF
      break
    case 0x72:
      byte = CR
      break
    case 0x74:
      byte = TAB
      break
    default:
      return NOWHERE
  }
  store<u8>(to, <u8>byte)
  escapeEnd = to + 1
  return at + 2
}

/** `\u00e9`, or a pair of surrogates. */
function takeUnicodeEscape(at: usize, to: usize): usize {
  let code = codeUnit(at + 2)
  if (code > 0xffff) return NOWHERE
  at += 6
  if ((code & 0xf800) === 0xd800) {
    const low = load<u16>(at) === 0x755c ? codeUnit(at + 2) : 0
    if (code >= 0xdc00 || (low & 0xfffffc00) !== 0xdc00) return NOWHERE
    code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff)
    at += 6
  }
  if (code < 0x80) store<u8>(to++, <u8>code)
  else {
    if (code < 0x800) store<u8>(to++, <u8>(0xc0 | (code >> 6)))
    else {
      if (code < 0x10000) store<u8>(to++, <u8>(0xe0 | (code >> 12)))
      else {
        store<u8>(to++, <u8>(0xf0 | (code >> 18)))
        store<u8>(to++, <u8>(0x80 | ((code >> 12) & 0x3f)))
      }
      store<u8>(to++, <u8>(0x80 | ((code >> 6) & 0x3f)))
    }
    store<u8>(to++, <u8>(0x80 | (code & 0x3f)))
  }
  escapeEnd = to
  return at
}

/** Four hexadecimal digits as a number, or one over 0xffff where they are none. */
function codeUnit(at: usize): u32 {
  let unit: u32 = 0
  for (const end = at + 4; at < end; at++) {
    let digit: u32 = load<u8>(at) - ZERO
    if (digit > 9) {
      digit = (load<u8>(at) | 0x20) - 0x61
      if (digit > 5) return 0x10000
      digit += 10
    }
    unit = (unit << 4) | digit
  }
  return unit
}

/** Note where a value stands. @returns the offset after it, or NOWHERE where no more can be noted. */
function leaveValue(column: usize, at: usize, slot: i32): usize {
  const end = skipValue(at)
  if (end === NOWHERE || leftCount === leftRoom) return NOWHERE
  const entry = left + leftCount++ * LEFT_BYTES
  store<i32>(entry, row)
  store<i32>(entry, <i32>((column - root) / RECORD - 1), 4)
  store<i32>(entry, slot, 8)
  store<i32>(entry, <i32>at, 12)
  store<i32>(entry, <i32>end, 16)
  return end
}

/** The offset after a value, of which nothing is checked but where it ends. */
function skipValue(at: usize): usize {
  const byte: u32 = load<u8>(at)
  if (byte === QUOTE) return skipString(at + 1)
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipNested(at)
  const start = at
  while (!isEnd(load<u8>(at))) at++
  return at === start ? NOWHERE : at
}

/** The offset after the quote that ends a string; NOWHERE where it is not valid. */
function skipString(at: usize): usize {
  hadEscape = false
  while (true) {
    const ends = endsOfRun(v128.load(at))
    if (ends === 0) {
      at += 16
      continue
    }
    at += <usize>ctz(ends)
    const byte: u32 = load<u8>(at)
    if (byte === QUOTE) return at + 1
    if (byte !== BACKSLASH) return NOWHERE
    hadEscape = true
    at = takeEscape(at, scratch)
    if (at === NOWHERE) return NOWHERE
  }
}

/** The offset after the bracket or brace that closes as many as were opened. */
function skipNested(at: usize): usize {
  let depth = 0
  while (true) {
    const bytes = v128.load(at)
    // Brackets are braces but for one bit.
    const braces = v128.or(bytes, i8x16.splat(0x20))
    const opening = i8x16.eq(braces, i8x16.splat(<i8>OPEN_BRACE))
    const closing = i8x16.eq(braces, i8x16.splat(<i8>CLOSE_BRACE))
    const quotes = i8x16.eq(bytes, i8x16.splat(<i8>QUOTE))
    const controls = i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE))
    const marks = i8x16.bitmask(v128.or(v128.or(opening, closing), v128.or(quotes, controls)))
    if (marks === 0) {
      at += 16
      continue
    }
    at += <usize>ctz(marks)
    const byte: u32 = load<u8>(at)
    if (byte === QUOTE) {
      at = skipString(at + 1)
      if (at === NOWHERE) return NOWHERE
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++
      at++
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      at++
      if (--depth === 0) return at
    } else {
      const after = skipSpace(at)
      if (after === at) return NOWHERE
      at = after
    }
  }
}

/** Mark the kind of a value; what is nested, and what the usual forms do not tell, is left to TypeScript. */
function surveyValue(column: usize, at: usize): usize {
  const byte: u32 = load<u8>(at)
  if (byte === QUOTE) return surveyString(column, at)
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return leaveValue(column, at, row)
  if (load<u32>(at) === TRUE) return mark(column, SEEN_BOOL, at + 4)
  if (load<u32>(at) === FALS && load<u8>(at, 4) === 0x65) return mark(column, SEEN_BOOL, at + 5)
  let end = takeInt64(at, scratch)
  if (end !== NOWHERE && isEnd(load<u8>(end))) {
    const value = load<i64>(scratch)
    return value <= MAX_SAFE && value >= -MAX_SAFE ? mark(column, SEEN_INT, end) : leaveValue(column, at, row)
  }
  end = takeNumber(at, scratch)
  return end === NOWHERE ? leaveValue(column, at, row) : mark(column, SEEN_FLOAT, end)
}

function surveyString(column: usize, at: usize): usize {
  const start = at + 1
  const end = skipString(start)
  if (end === NOWHERE || (load<i32>(column, SEEN) & SEEN_TEXT) === SEEN_TEXT) return end
  if (hadEscape) return leaveValue(column, at, row)
  const byte: u32 = load<u8>(start)
  const mayBeTime = end - start > 10 && (byte - ZERO <= 9 || byte === PLUS || byte === MINUS)
  if (!mayBeTime) return mark(column, SEEN_TEXT, end)
  if (quoted(takeDate(start, scratch)) === end) return mark(column, SEEN_DATE, end)
  if (quoted(takeTimestamp(start, scratch, 9)) !== end) return leaveValue(column, at, row)
  const time = load<i64>(scratch)
  if (time % 1_000 !== 0) return mark(column, SEEN_NANOSECONDS, end)
  return mark(column, time % 1_000_000 === 0 ? SEEN_MILLISECONDS : SEEN_MICROSECONDS, end)
}

function mark(column: usize, kind: i32, end: usize): usize {
  const seen = load<i32>(column, SEEN)
  if ((seen | kind) === seen) return end
  store<i32>(column, seen, SEEN_BEFORE)
  store<i32>(column, row, SEEN_ROW)
  store<i32>(column, seen | kind, SEEN)
  return end
}

/** Take back what was written of an object's fields, or of a list's items, from slot `from` on. */
function forgetFields(parent: usize, from: i32): void {
  const end: usize = load<u32>(parent, CHILDREN_END)
  for (let column: usize = load<u32>(parent, CHILDREN); column < end; column += RECORD) {
    if (load<i32>(column, LAST) >= from) forgetSlots(column, from)
  }
}

function forgetSlots(column: usize, from: i32): void {
  const kind = load<i32>(column, KIND)
  const values: usize = load<u32>(column, VALUES)
  const bit = load<i32>(column, BIT)
  const last = load<i32>(column, LAST)
  store<i32>(column, from - 1, LAST)
  if (kind === SURVEY && load<i32>(column, SEEN_ROW) === from) store<i32>(column, load<i32>(column, SEEN_BEFORE), SEEN)
  if (kind > TIMESTAMP_NS && kind < STRUCT) return
  for (let slot = from; slot <= last; slot++) {
    clearBit(load<u32>(column, VALIDITY), bit + slot)
    if (kind === BOOL) clearBit(values, bit + slot)
    else if (kind === DATE) store<i32>(values + (slot << 2), 0)
    else if (kind !== TEXT && kind < STRUCT) store<i64>(values + (slot << 3), 0)
  }
  if ((kind === TEXT || kind === LIST) && load<i32>(column, FILLED) > from) {
    store<i32>(column, load<i32>(values + (from << 2)) - load<i32>(column, BEFORE), USED)
    store<i32>(column, from, FILLED)
  }
  if (kind === STRUCT) forgetFields(column, from)
  else if (kind === LIST) forgetFields(column, load<i32>(column, USED))
}

function clearBit(bitmap: usize, bit: i32): void {
  const at = bitmap + (bit >> 3)
  const byte: i32 = load<u8>(at)
  store<u8>(at, <u8>(byte & ~(1 << (bit & 7))))
}

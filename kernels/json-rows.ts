// Reads rows of JSON, which are objects, directly into columns, nested ones too, or only surveys their kinds of values:
// every byte once, text sixteen bytes at a time. Unusual rows, and values that it cannot parse, are left to TypeScript,
// which implements all rules.
//
// Memory: the text, with 64 zero bytes after it, which belong to no token, so that no row runs beyond it; a record of
// RECORD bytes for every column, see `json-rows/record.ts`; keys with their quotes, in 16 bytes or a multiple of them;
// the regions that the records name, which are zero until written.

import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  FALS,
  isEnd,
  NULL,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  TRUE,
} from './json-rows/bytes'
import { columnsEnd, endOffset, fillFields, fillOffsets, root, setBit, useRecords } from './json-rows/columns'
import { deferredCount, deferValue, keepDeferred, useDeferred } from './json-rows/deferred'
import { escapeEnd, takeEscape } from './json-rows/escapes'
import { forgetFields } from './json-rows/forget'
import { findColumn, keyEnd } from './json-rows/keys'
import {
  BEFORE,
  BIT,
  BOOL,
  CHILDREN,
  DATE,
  FILLED,
  FIRST,
  FIRST_SLOT,
  FLOAT64,
  INT64,
  ITEM_BYTES,
  KEY_LENGTH,
  KIND,
  LAST,
  LIST,
  NEXT,
  NOTHING,
  RECORD,
  SEEN_ROW,
  STRUCT,
  SURVEY,
  TEXT,
  TEXT_BYTES,
  TIMESTAMP_MS,
  TIMESTAMP_NS,
  TIMESTAMP_US,
  USED,
  VALIDITY,
  VALUES,
} from './json-rows/record'
import { endsOfRun } from './json-rows/skip'
import { lines, skipSpace, skipToRow, startLines } from './json-rows/space'
import { surveyValue } from './json-rows/survey'
import { quoted, takeNumber } from './json-rows/values'
import { NOWHERE, takeInt64 } from './shared/digits'
import { takeDate, takeTimestamp } from './shared/times'

export const heapStart: usize = __heap_base

/** Totals of the rows read: the end of the last one, the line breaks up to there, the bytes of the rows. */
export let rowsEnd: usize = 0
export let rowsLines: i32 = 0
export let rowsBytes: i32 = 0
/** Bytes of memory of their items in columns, independent of their values. */
export let rowsItemBytes: f64 = 0
export { deferredCount }

/** Capacity in slots of the columns of a list's items. */
let itemRoom: i32 = 0
let maxDepth: i32 = 0
/** The current row. */
let row: i32 = 0
let itemBytes: f64 = 0

/** Set the addresses of columns and deferred values, and the limits. */
export function prepare(records: usize, width: i32, deferred: usize, room: i32, items: i32, depth: i32): void {
  useRecords(records, width)
  useDeferred(deferred, room)
  itemRoom = items
  maxDepth = depth
}

/**
 * Read rows from `at` on, the start of one: at most `maxRows`, and none after `maxBytes` bytes of them, or `maxMemory`
 * bytes in columns, of which a row takes `rowMemory` plus that of its items. In an array they end before a comma or
 * bracket; otherwise where the next row begins.
 */
export function takeRows(at: usize, array: bool, maxRows: i32, maxBytes: i32, maxMemory: f64, rowMemory: f64): i32 {
  startLines()
  keepDeferred(0)
  row = 0
  itemBytes = 0
  rowsEnd = at
  rowsLines = 0
  rowsBytes = 0
  rowsItemBytes = 0
  for (let column = root; column < columnsEnd; column += RECORD) startColumn(column)
  while (row < maxRows && rowsBytes < maxBytes && <f64>row * rowMemory + itemBytes < maxMemory) {
    if (load<u8>(at) !== OPEN_BRACE) break
    const deferredBefore = deferredCount
    const end = takeObject(root, at + 1, row, 1)
    const next = array || end === NOWHERE ? end : skipToRow(end)
    if (end === NOWHERE || !(array || load<u8>(next) === OPEN_BRACE)) {
      keepDeferred(deferredBefore)
      forgetFields(root, row)
      break
    }
    row++
    rowsBytes += <i32>(end - at)
    rowsItemBytes = itemBytes
    rowsEnd = at = next
    rowsLines = lines
    if (!array) continue
    at = skipSpace(at)
    if (load<u8>(at) !== COMMA) break
    at = skipSpace(at + 1)
  }
  fillFields(root, row)
  return row
}

function startColumn(column: usize): void {
  store<i32>(column, -1, LAST)
  store<i32>(column, -1, FIRST_SLOT)
  store<i32>(column, -1, SEEN_ROW)
  const kind = load<i32>(column, KIND)
  if (kind !== TEXT && kind !== LIST) return
  store<i32>(column, 0, USED)
  store<i32>(column, 0, FILLED)
  store<i32>(load<u32>(column, VALUES), load<i32>(column, BEFORE))
}

/**
 * @param at - the offset after the object's brace.
 * @returns the offset after the object, or NOWHERE if it is left to TypeScript.
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
    // A repeated key.
    const last = load<i32>(column, LAST)
    if (last === slot) return NOWHERE
    if (last < 0) store<i32>(column, slot, FIRST_SLOT)
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
 * @returns the offset after the list, or NOWHERE if it is left to TypeScript.
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

/** @returns the offset after the value, or NOWHERE if it is left to TypeScript. */
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
      return surveyValue(column, at, row)
    case NOTHING:
      return NOWHERE
  }
  if (end === NOWHERE) return deferValue(column, at, slot, row)
  setBit(load<u32>(column, VALIDITY), load<i32>(column, BIT) + slot)
  return end
}

function takeBool(column: usize, at: usize, slot: i32): usize {
  const isTrue = load<u32>(at) === TRUE
  if (!isTrue && (load<u32>(at) !== FALS || load<u8>(at, 4) !== 0x65)) return NOWHERE
  const bit = load<i32>(column, BIT) + slot
  if (isTrue) setBit(load<u32>(column, VALUES), bit)
  setBit(load<u32>(column, VALIDITY), bit)
  return isTrue ? at + 4 : at + 5
}

/** Excess copied bytes are overwritten by the next text. */
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

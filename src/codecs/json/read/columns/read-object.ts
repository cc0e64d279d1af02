import { parseInt64 } from '../../../../internal/int64.ts'
import {
  type Cursor,
  EXPECTED_COMMA_OR_BRACE,
  EXPECTED_COMMA_OR_BRACKET,
  EXPECTED_KEY,
  fail,
  LISTS_TOO_LARGE,
  REPEATED_KEY,
  TOO_DEEP,
} from '../rows/cursor.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  FALSE,
  isDigit,
  isKey,
  LOWER_F,
  LOWER_T,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  skipColon,
  skipSpace,
  skipString,
  skipWord,
  TRUE,
} from '../rows/grammar.ts'
import { keyText } from '../rows/unescape.ts'
import { ensureSlots, fillOffsets, type JsonColumn, missingChild, READ, setValid } from './json-column.ts'
import { misfit, missingValue, unknownKey } from './misfit.ts'
import { nearKey } from './near-key.ts'
import { digitsEnd, isFloatMark, otherFloat64, otherInt64, otherValue, readRareValue } from './rare-value.ts'
import { readFloat, readString } from './read-value.ts'

/**
 * Read the object at `at` into a struct's fields, all at one slot. Keys are expected in the order of the last object
 * whose order differed, and compared byte by byte; a key not found nearby is looked up by name.
 *
 * Like all functions here: returns the offset after the value, or -1 with the cursor's fault set.
 */
export function readObject(cursor: Cursor, struct: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  let previous: JsonColumn | undefined
  let expected = struct.first
  at++
  if ((bytes[at] as number) <= SPACE) at = skipSpace(cursor, at)
  if (bytes[at] === CLOSE_BRACE) return endObject(cursor, struct, slot, at)
  for (;;) {
    if (bytes[at] !== QUOTE) return fail(cursor, EXPECTED_KEY, at)
    at++
    let column = expected
    if (column === undefined || !isKey(bytes, at, column.key)) {
      column = nearKey(bytes, column, at)
      if (column === undefined) {
        const end = skipString(cursor, at - 1)
        if (end < 0) return end
        const name = keyText(bytes, at, end - 1)
        column = struct.byName.get(name)
        if (column === undefined) return unknownKey(cursor, struct, name, at - 1)
        if (previous === undefined) struct.first = column
        else previous.next = column
        at = end
      } else at += column.key.length
    } else at += column.key.length
    if (column.last >= slot) return fail(cursor, REPEATED_KEY, at)
    if (column.last < 0) column.firstSlot = slot
    column.last = slot
    if (bytes[at] === COLON) at++
    else {
      at = skipColon(cursor, at)
      if (at < 0) return at
    }
    if ((bytes[at] as number) <= SPACE) at = skipSpace(cursor, at)
    at = readValue(cursor, column, slot, at, depth)
    if (at < 0) return at
    let byte = bytes[at] as number
    if (byte <= SPACE) {
      at = skipSpace(cursor, at)
      byte = bytes[at] as number
    }
    if (byte === CLOSE_BRACE) return endObject(cursor, struct, slot, at)
    if (byte !== COMMA) return fail(cursor, EXPECTED_COMMA_OR_BRACE, at)
    at++
    if ((bytes[at] as number) <= SPACE) at = skipSpace(cursor, at)
    previous = column
    expected = column.next
  }
}

function endObject(cursor: Cursor, struct: JsonColumn, slot: number, at: number): number {
  if (struct.required.length === 0) return at + 1
  const missing = missingChild(struct, slot)
  return missing === undefined ? at + 1 : missingValue(cursor, missing, at)
}

/** Read the value at `at` into a slot of a column. */
export function readValue(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  switch (column.readAs) {
    case READ.string:
      if (bytes[at] !== QUOTE) return otherValue(cursor, column, at, depth)
      return readString(cursor, column, slot, at)
    case READ.int64: {
      const first = bytes[at] === MINUS ? at + 1 : at
      const end = digitsEnd(bytes, first)
      if (end === first) return otherInt64(cursor, column, slot, at, depth)
      const isInteger = end - at <= cursor.maxFieldBytes && !isFloatMark(bytes[end] as number)
      if (!isInteger || !parseInt64(bytes, at, end, column.ints, slot)) return misfit(cursor, column, at, depth)
      setValid(column.validity, slot)
      return end
    }
    case READ.float64: {
      const first = bytes[at] === MINUS ? at + 1 : at
      if (!isDigit(bytes[first])) return otherFloat64(cursor, column, slot, at, depth)
      return readFloat(cursor, column, slot, at, depth)
    }
    case READ.bool: {
      const byte = bytes[at]
      if (byte !== LOWER_T && byte !== LOWER_F) return otherValue(cursor, column, at, depth)
      const end = skipWord(cursor, at, byte === LOWER_T ? TRUE : FALSE)
      if (end < 0) return end
      if (byte === LOWER_T) setValid(column.bits, slot)
      setValid(column.validity, slot)
      return end
    }
    case READ.struct:
      if (bytes[at] !== OPEN_BRACE) return otherValue(cursor, column, at, depth)
      if (depth >= cursor.maxDepth) return fail(cursor, TOO_DEEP, at)
      setValid(column.validity, slot)
      return readObject(cursor, column, slot, at, depth + 1)
    case READ.list:
      if (bytes[at] !== OPEN_BRACKET) return otherValue(cursor, column, at, depth)
      if (depth >= cursor.maxDepth) return fail(cursor, TOO_DEEP, at)
      return readList(cursor, column, slot, at, depth + 1)
    default:
      return readRareValue(cursor, column, slot, at, depth)
  }
}

function readList(cursor: Cursor, list: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  const items = list.children[0] as JsonColumn
  fillOffsets(list, slot)
  let index = list.used
  at = skipSpace(cursor, at + 1)
  if (bytes[at] === CLOSE_BRACKET) at++
  else {
    for (;;) {
      if (index >= items.capacity) {
        // The capacity doubles, and items may need far more of it than their text.
        if (2 * index * list.itemBytes > cursor.maxRowBytes) return fail(cursor, LISTS_TOO_LARGE, at)
        ensureSlots(items, index + 1)
      }
      items.last = index
      at = readValue(cursor, items, index, at, depth)
      if (at < 0) return at
      if (list.required.length > 0 && missingChild(list, index) !== undefined) return missingValue(cursor, items, at)
      index++
      let byte = bytes[at] as number
      if (byte <= SPACE) {
        at = skipSpace(cursor, at)
        byte = bytes[at] as number
      }
      at++
      if (byte === CLOSE_BRACKET) break
      if (byte !== COMMA) return fail(cursor, EXPECTED_COMMA_OR_BRACKET, at - 1)
      if ((bytes[at] as number) <= SPACE) at = skipSpace(cursor, at)
    }
  }
  cursor.itemBytes += (index - list.used) * list.itemBytes
  list.used = index
  list.offsets[slot + 1] = index
  list.filled = slot + 1
  setValid(list.validity, slot)
  return at
}

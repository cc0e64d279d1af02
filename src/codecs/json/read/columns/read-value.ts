import type { ColumnBuilder } from '../../../../columns/column-builder.ts'
import { base64Bytes } from '../../../../internal/base64.ts'
import { parseDecimal } from '../../../../internal/decimal.ts'
import { keepsNumber, parseFloat64 } from '../../../../internal/float64.ts'
import { parseInt64 } from '../../../../internal/int64.ts'
import { parseDate, parseTimestamp, type TimestampUnit } from '../../../../internal/iso8601.ts'
import { asciiText } from '../../../../internal/utf8.ts'
import { parseWideTimestamp, wideNonFinite } from '../../../text/wide-spellings.ts'
import { compact } from '../rows/compact.ts'
import type { Cursor } from '../rows/cursor.ts'
import { ENDS_TEXT, QUOTE, skipNumber, skipString, skipValue } from '../rows/grammar.ts'
import { writeText } from '../rows/unescape.ts'
import { jsValue } from './js-value.ts'
import { ensureBytes, fillOffsets, type JsonColumn, READ, setValid } from './json-column.ts'
import { misfit } from './misfit.ts'

/** Readers of single values. Each function returns the offset after the value, or -1 with the fault set. */

export function readString(cursor: Cursor, column: JsonColumn, slot: number, at: number): number {
  const end = skipString(cursor, at)
  if (end < 0) return end
  fillOffsets(column, slot)
  ensureBytes(column, end - at - 2)
  column.used = writeText(cursor.bytes, at + 1, end - 1, column.bytes, column.used)
  endText(column, slot)
  return end
}

/** Mark the text or bytes of a slot as written. */
function endText(column: JsonColumn, slot: number): void {
  column.offsets[slot + 1] = column.used
  column.filled = slot + 1
  setValid(column.validity, slot)
}

export function readFloat(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  const end = skipNumber(cursor, at)
  if (end < 0) return end
  const value = parseFloat64(bytes, at, end)
  if (Number.isNaN(value) || !(column.pinned || keepsNumber(value, bytes, at, end))) {
    return misfit(cursor, column, at, depth)
  }
  column.floats[slot] = value
  setValid(column.validity, slot)
  return end
}

interface Text {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** The offset after the string in the file. */
  readonly after: number
}

/** The bytes of a string's text, escapes resolved; undefined with the fault set. */
function textOf(cursor: Cursor, at: number): Text | undefined {
  const { bytes } = cursor
  const start = at + 1
  let end = start
  while (ENDS_TEXT[bytes[end] as number] === 0) end++
  if (bytes[end] === QUOTE && end - start <= cursor.maxFieldBytes) return { bytes, start, end, after: end + 1 }
  const after = skipString(cursor, at)
  if (after < 0) return undefined
  const text = new Uint8Array(after - at)
  return { bytes: text, start: 0, end: writeText(bytes, at + 1, after - 1, text, 0), after }
}

/** A date or a time. */
export function readTime(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  if (cursor.bytes[at] !== QUOTE) return misfit(cursor, column, at, depth)
  const text = textOf(cursor, at)
  if (text === undefined) return -1
  const { bytes, start, end, after } = text
  const unit = column.unit as TimestampUnit
  const isTime =
    column.readAs === READ.date
      ? parseDate(bytes, start, end, column.ints, slot)
      : parseTimestamp(bytes, start, end, unit, column.ints, slot) ||
        (column.pinned && parseWideTimestamp(bytes, start, end, unit, column.ints, slot))
  return isTime ? after : misfit(cursor, column, at, depth)
}

export function readNonFiniteText(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const text = textOf(cursor, at)
  if (text === undefined) return -1
  const value = wideNonFinite(text.bytes, text.start, text.end)
  if (value === undefined) return misfit(cursor, column, at, depth)
  column.floats[slot] = value
  setValid(column.validity, slot)
  return text.after
}

/** Keep the value's JSON text, without the white space outside strings. */
export function readJsonText(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  const end = skipValue(cursor, at, depth)
  if (end < 0) return end
  fillOffsets(column, slot)
  ensureBytes(column, end - at)
  column.used = compact(bytes, at, end, column.bytes, column.used)
  endText(column, slot)
  return end
}

export function readDecimal(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const { precision, scale, words, ints } = column
  let text: Text | undefined
  if (cursor.bytes[at] === QUOTE) {
    text = textOf(cursor, at)
    if (text === undefined) return -1
  } else {
    const after = skipNumber(cursor, at)
    if (after < 0) return misfit(cursor, column, at, depth)
    text = { bytes: cursor.bytes, start: at, end: after, after }
  }
  const fits = parseDecimal(text.bytes, text.start, text.end, precision, scale, words, ints, slot)
  return fits ? text.after : misfit(cursor, column, at, depth)
}

export function readInt64Text(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const text = textOf(cursor, at)
  if (text === undefined) return -1
  const fits = parseInt64(text.bytes, text.start, text.end, column.ints, slot)
  return fits ? text.after : misfit(cursor, column, at, depth)
}

/** Base64 with padding, as the writer writes it. */
export function readBinary(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  if (cursor.bytes[at] !== QUOTE) return misfit(cursor, column, at, depth)
  const text = textOf(cursor, at)
  if (text === undefined) return -1
  const bytes = base64Bytes(asciiText(text.bytes, text.start, text.end))
  if (bytes === undefined) return misfit(cursor, column, at, depth)
  fillOffsets(column, slot)
  ensureBytes(column, bytes.length)
  column.bytes.set(bytes, column.used)
  column.used += bytes.length
  endText(column, slot)
  return text.after
}

/** A value of a type without a dedicated loop. */
export function readJsValue(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const end = skipValue(cursor, at, depth)
  if (end < 0) return end
  const builder = column.builder as ColumnBuilder
  while (builder.length < slot) builder.appendNull()
  const value = jsValue(cursor, column.field.type, at, end)
  return value !== undefined && builder.append(value) ? end : misfit(cursor, column, at, depth)
}

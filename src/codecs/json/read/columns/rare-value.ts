import { parseInt64 } from '../../../../internal/int64.ts'
import type { Cursor } from '../rows/cursor.ts'
import { isDigit, LOWER_N, MINUS, NULL, POINT, QUOTE, skipWord } from '../rows/grammar.ts'
import { type JsonColumn, READ, setValid } from './json-column.ts'
import { misfit } from './misfit.ts'
import {
  readBinary,
  readDecimal,
  readInt64Text,
  readJsonText,
  readJsValue,
  readNonFiniteText,
  readTime,
} from './read-value.ts'

/** Read null, which any column accepts, or a value that does not belong here. */
export function otherValue(cursor: Cursor, column: JsonColumn, at: number, depth: number): number {
  return cursor.bytes[at] === LOWER_N ? skipWord(cursor, at, NULL) : misfit(cursor, column, at, depth)
}

/** Read a 64-bit integer written as text, as many services do; a column known to hold integers accepts that. */
export function otherInt64(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  if (!column.pinned || cursor.bytes[at] !== QUOTE) return otherValue(cursor, column, at, depth)
  const end = readInt64Text(cursor, column, slot, at, depth)
  if (end >= 0) setValid(column.validity, slot)
  return end
}

/** Read NaN or an infinity written as text, which JSON numbers lack; a column known to hold doubles accepts that. */
export function otherFloat64(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  if (!column.pinned || cursor.bytes[at] !== QUOTE) return otherValue(cursor, column, at, depth)
  return readNonFiniteText(cursor, column, slot, at, depth)
}

export function readRareValue(cursor: Cursor, column: JsonColumn, slot: number, at: number, depth: number): number {
  const { bytes } = cursor
  if (bytes[at] === LOWER_N) return skipWord(cursor, at, NULL)
  let end: number
  switch (column.readAs) {
    case READ.timestamp:
    case READ.date:
      end = readTime(cursor, column, slot, at, depth)
      break
    case READ.jsonText:
      end = readJsonText(cursor, column, slot, at, depth)
      break
    case READ.decimal:
      end = readDecimal(cursor, column, slot, at, depth)
      break
    case READ.binary:
      end = readBinary(cursor, column, slot, at, depth)
      break
    case READ.int32: {
      end = digitsEnd(bytes, bytes[at] === MINUS ? at + 1 : at)
      const isInteger = end - at <= cursor.maxFieldBytes && !isFloatMark(bytes[end] as number)
      if (!isInteger || !parseInt64(bytes, at, end, INT64, 0)) return misfit(cursor, column, at, depth)
      const low = INT64[0] as number
      if (INT64[1] !== low >> 31) return misfit(cursor, column, at, depth)
      column.ints[slot] = low
      break
    }
    case READ.value:
      end = readJsValue(cursor, column, slot, at, depth)
      break
    default:
      return misfit(cursor, column, at, depth)
  }
  if (end >= 0) setValid(column.validity, slot)
  return end
}

const INT64 = new Int32Array(2)

/** Find the end of the digits from `at`. */
export function digitsEnd(bytes: Uint8Array, at: number): number {
  while (isDigit(bytes[at])) at++
  return at
}

/** Find the point or the `e` that makes a number a non-integer. */
export function isFloatMark(byte: number): boolean {
  return byte === POINT || (byte | 0x20) === 0x65
}

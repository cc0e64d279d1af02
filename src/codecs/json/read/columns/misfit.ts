import { CUT_OFF, type Cursor, fail } from '../rows/cursor.ts'
import { skipValue } from '../rows/grammar.ts'
import type { JsonColumn } from './json-column.ts'

/**
 * Why a value was not taken: it is no valid JSON, it is not all there yet, or it does not fit the column.
 */
export function misfit(cursor: Cursor, column: JsonColumn, at: number, depth: number): -1 {
  const end = skipValue(cursor, at, depth)
  if (end < 0) return -1
  if (end >= cursor.end) return fail(cursor, CUT_OFF, cursor.end)
  const remedy = column.pinned
    ? ''
    : '; read the whole file for inference (inferRows: Infinity) or give its type in schema'
  const reason =
    column.readAs === 0
      ? `a value stands in a column that had none in the rows looked at${remedy}`
      : `a value does not fit the column's type ${column.field.type}${remedy}`
  fail(cursor, { code: 'TYPE_MISMATCH', reason }, at)
  cursor.faultColumn = column.path
  cursor.faultPinned = column.pinned
  return -1
}

/** A value that its type in schema requires. */
export function missingValue(cursor: Cursor, column: JsonColumn, at: number): -1 {
  fail(cursor, { code: 'TYPE_MISMATCH', reason: 'a column that schema says is never null has no value' }, at)
  cursor.faultColumn = column.path
  return -1
}

/** A key that the rows looked at did not have. */
export function unknownKey(cursor: Cursor, struct: JsonColumn, name: string, at: number): -1 {
  const remedy = struct.pinned
    ? 'the object has a key that its type in schema lacks'
    : 'a key was first seen after the rows looked at; read the whole file for inference (inferRows: Infinity) or give its type in schema'
  fail(cursor, { code: 'TYPE_MISMATCH', reason: remedy }, at)
  cursor.faultColumn = columnPath(struct.path, name)
  cursor.faultPinned = struct.pinned
  return -1
}

export function columnPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`
}

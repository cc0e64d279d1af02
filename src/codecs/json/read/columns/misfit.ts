import { CUT_OFF, type Cursor, fail } from '../rows/cursor.ts'
import { skipValue } from '../rows/grammar.ts'
import { type JsonColumn, READ } from './json-column.ts'

/** Set the fault of a value that was not read: it is not valid JSON, incomplete, or does not fit the column. */
export function misfit(cursor: Cursor, column: JsonColumn, at: number, depth: number): -1 {
  const end = skipValue(cursor, at, depth)
  if (end < 0) return -1
  if (end >= cursor.end) return fail(cursor, CUT_OFF, cursor.end)
  const remedy = column.pinned
    ? ''
    : '; use the whole file for inference (inferRows: Infinity) or pin its type in schema (json accepts any value)'
  const reason =
    column.readAs === READ.nothing
      ? `the column has a value, but had none in the rows used for inference${remedy}`
      : `a value does not fit the column's type ${column.field.type}${remedy}`
  fail(cursor, { code: 'TYPE_MISMATCH', reason }, at)
  cursor.faultColumn = column.path
  cursor.faultPinned = column.pinned
  return -1
}

/** Set the fault of a value that is missing although its type in schema requires one. */
export function missingValue(cursor: Cursor, column: JsonColumn, at: number): -1 {
  fail(cursor, { code: 'TYPE_MISMATCH', reason: 'the column has no value, but schema declares it not nullable' }, at)
  cursor.faultColumn = column.path
  return -1
}

/** Set the fault of a key that the rows used for inference did not have. */
export function unknownKey(cursor: Cursor, struct: JsonColumn, name: string, at: number): -1 {
  const remedy = struct.pinned
    ? 'the object has a key that its type in schema does not have'
    : 'the key was not in the rows used for inference; use the whole file (inferRows: Infinity) or pin its type in schema'
  fail(cursor, { code: 'TYPE_MISMATCH', reason: remedy }, at)
  cursor.faultColumn = columnPath(struct.path, name)
  cursor.faultPinned = struct.pinned
  return -1
}

export function columnPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`
}

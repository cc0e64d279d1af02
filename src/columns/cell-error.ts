import * as types from 'node:util/types'
import { DataType } from 'apache-arrow'
import { isMillraceError, MillraceError, type Position } from '../errors.ts'
import { columnTypeName } from './column-type.ts'
import type { Shape } from './shape.ts'

/** The error for a JavaScript value that does not fit its column: names the kind of value, never the value itself, and as `otherwise` what to do. */
export function misfit(value: unknown, type: DataType, position: Position, otherwise = ''): MillraceError {
  const name = columnTypeName(type)
  const remedy = remedyFor(value, type) || otherwise
  return new MillraceError('TYPE_MISMATCH', `${kindName(value)} does not fit type ${name} exactly${remedy}`, {
    position,
  })
}

function remedyFor(value: unknown, type: DataType): string {
  if (!types.isDate(value)) return ''
  if (Number.isNaN(value.getTime())) return '; it is an invalid Date'
  return DataType.isDate(type)
    ? '; a date must be a Date at midnight UTC; convert it or cast the column to timestamp'
    : ''
}

/** The error for a value of another kind than its column's shape. */
export function strangerError({ kind }: Shape, value: unknown, position: Position): MillraceError {
  const rule = kind === 'empty' ? 'cannot be stored in a column' : `does not fit a column of ${kind} values`
  return new MillraceError('TYPE_MISMATCH', `${kindName(value)} ${rule}; convert it first`, { position })
}

/** Name the kind of a value, for messages. */
function kindName(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value !== 'object') return `this ${typeof value}`
  if (types.isDate(value)) return 'this Date'
  if (types.isUint8Array(value)) return 'this Uint8Array'
  if (Array.isArray(value)) return 'this array'
  return value instanceof Map ? 'this Map' : 'this object'
}

/** Add the position in the data to a MillraceError without one. */
export function locatedError(error: unknown, position: Position): unknown {
  if (!isMillraceError(error) || error.position !== undefined) return error
  return new MillraceError(error.code, error.message, { position, cause: error.cause })
}

import * as types from 'node:util/types'
import { type DataType, Field, List, Map_, Struct } from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import { isKeyValueObject } from '../internal/key-value-object.ts'
import { columnType } from './column-type.ts'
import { emptyColumnField } from './empty-column.ts'

type FlatKind = 'bool' | 'float64' | 'int64' | 'string' | 'timestamp' | 'binary'

/** The known shape of a column's JavaScript values: its kind from the first non-null value, its parts from all values. */
export interface Shape {
  kind: FlatKind | 'empty' | 'list' | 'struct' | 'map'
  /** Shape of the items of a list, or the values of a map. */
  item?: Shape
  /** Shape of the keys of a map. */
  key?: Shape
  /** Shapes of the fields of a struct, in order of first appearance. */
  fields?: Map<string, Shape>
}

const MAX_DEPTH = 64

export function emptyShape(): Shape {
  return { kind: 'empty' }
}

/**
 * Learn from a value. Number means float64, bigint int64, `Date` timestamp; arrays are lists, plain objects structs, `Map` a map.
 *
 * @returns false if the kind of the value differs from those before it, or cannot be stored in a column.
 * @throws MillraceError `LIMIT_EXCEEDED` if values nest more than 64 deep, as one that contains itself does.
 */
export function learnShape(shape: Shape, value: unknown, depth = 0): boolean {
  if (value === null || value === undefined) return true
  const kind = kindOf(value)
  if (kind === undefined) return false
  if (shape.kind === 'empty') shape.kind = kind
  if (shape.kind !== kind) return false
  if (kind !== 'list' && kind !== 'struct' && kind !== 'map') return true
  if (depth >= MAX_DEPTH) throw new MillraceError('LIMIT_EXCEEDED', `values nest at most ${MAX_DEPTH} deep`)
  return learnParts(shape, value, depth + 1)
}

function kindOf(value: unknown): Shape['kind'] | undefined {
  switch (typeof value) {
    case 'number':
      return 'float64'
    case 'bigint':
      return 'int64'
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'object':
      break
    default:
      return undefined
  }
  if (types.isDate(value)) return 'timestamp'
  if (types.isUint8Array(value)) return 'binary'
  if (Array.isArray(value) || types.isTypedArray(value)) return 'list'
  if (value instanceof Map) return 'map'
  return isKeyValueObject(value) ? 'struct' : undefined
}

function learnParts(shape: Shape, value: unknown, depth: number): boolean {
  if (value instanceof Map) {
    shape.key ??= emptyShape()
    shape.item ??= emptyShape()
    for (const [key, item] of value) {
      if (!learnShape(shape.key, key, depth) || !learnShape(shape.item, item, depth)) return false
    }
    return true
  }
  if (isKeyValueObject(value)) {
    shape.fields ??= new Map()
    for (const name of Object.keys(value))
      if (!learnShape(fieldShape(shape.fields, name), value[name], depth)) return false
    return true
  }
  shape.item ??= emptyShape()
  for (const item of value as Iterable<unknown>) if (!learnShape(shape.item, item, depth)) return false
  return true
}

/** Check that every part has a value, so that no further value that fits adds to the type; for structs, the known fields. */
export function isComplete({ kind, item, key, fields }: Shape): boolean {
  switch (kind) {
    case 'empty':
      return false
    case 'list':
      return item !== undefined && isComplete(item)
    case 'map':
      return key !== undefined && isComplete(key) && item !== undefined && isComplete(item)
    case 'struct':
      return fields !== undefined && fields.size > 0 && [...fields.values()].every(isComplete)
    default:
      return true
  }
}

/** Get or create the shape of a field. */
export function fieldShape(fields: Map<string, Shape>, name: string): Shape {
  const known = fields.get(name)
  if (known !== undefined) return known
  const shape = emptyShape()
  fields.set(name, shape)
  return shape
}

/** The field of a column of this shape; without any value, the marked text column that `fillNulls` may retype. */
export function shapeField(name: string, shape: Shape): Field {
  return shape.kind === 'empty' ? emptyColumnField(name) : new Field(name, shapeType(shape), true)
}

function shapeType(shape: Shape): DataType {
  const { kind, item = emptyShape(), key = emptyShape(), fields = new Map<string, Shape>() } = shape
  switch (kind) {
    case 'list':
      return new List(shapeField('item', item))
    case 'map': {
      const entry: Field[] = [new Field('key', shapeField('key', key).type, false), shapeField('value', item)]
      return new Map_(new Field('entries', new Struct<{ key: DataType; value: DataType }>(entry), false))
    }
    case 'struct':
      return new Struct([...fields].map(([name, field]) => shapeField(name, field)))
    case 'empty':
      return columnType('string')
    default:
      return columnType(kind)
  }
}

import { DataType, Field, List, Precision, Struct, TimeUnit } from 'apache-arrow'
import { columnType } from '../../../../columns/column-type.ts'
import { emptyColumnField } from '../../../../columns/empty-column.ts'
import { isJsonField } from '../../../../columns/extension-type.ts'
import { MICROSECOND, MILLISECOND, NANOSECOND } from '../../../../internal/iso8601.ts'
import { inferredType } from '../../../text/inferred-type.ts'
import { KIND, kindOf, newShape, type Shape } from '../types/json-shape.ts'
import { type JsonColumn, jsonColumn, READ } from './json-column.ts'
import { columnPath } from './misfit.ts'

/**
 * Plan the columns to build, under the struct that represents the row. A column without a value accepts none.
 *
 * @param root - the result of the survey.
 * @param pins - fields whose type is pinned; those that the survey did not see come last.
 */
export function planColumns(root: Shape, pins: ReadonlyMap<string, Field>): JsonColumn {
  const columns: JsonColumn[] = []
  for (const [name, shape] of root.fields ?? []) {
    const pin = pins.get(name)
    columns.push(pin === undefined ? inferredColumn(name, name, shape) : pinnedColumn(pin, name, shape.key))
  }
  for (const [name, pin] of pins)
    if (root.fields?.has(name) !== true) columns.push(pinnedColumn(pin, name, keyBytes(name)))
  return structColumn(
    new Field('', new Struct(columns.map((column) => column.field)), false),
    '',
    root.key,
    columns,
    false,
  )
}

/** The field of a column without objects and lists, of which these flags were seen. */
export function scalarField(name: string, seen: number): Field {
  return inferredColumn(name, name, { ...newShape(new Uint8Array(0)), seen }).field
}

function structColumn(
  field: Field,
  path: string,
  key: Uint8Array,
  children: readonly JsonColumn[],
  pinned: boolean,
): JsonColumn {
  return jsonColumn({ field, readAs: READ.struct, path, key, children, pinned })
}

function inferredColumn(name: string, path: string, shape: Shape): JsonColumn {
  const { key } = shape
  const fieldOf = (type: DataType): Field => new Field(name, type, true)
  switch (kindOf(shape.seen)) {
    case 0:
      return jsonColumn({ field: emptyColumnField(name), readAs: READ.nothing, path, key })
    case KIND.object: {
      const fields = [...(shape.fields ?? [])]
      const children = fields.map(([child, seen]) => inferredColumn(child, columnPath(path, child), seen))
      return structColumn(fieldOf(new Struct(children.map((child) => child.field))), path, key, children, false)
    }
    case KIND.array: {
      const item = inferredColumn('item', columnPath(path, 'item'), shape.item ?? newShape(key))
      return jsonColumn({ field: fieldOf(new List(item.field)), readAs: READ.list, path, key, children: [item] })
    }
    case KIND.number:
    case KIND.string:
    case KIND.bool: {
      const type = inferredType(shape.seen & SCALAR_FLAGS) ?? 'string'
      if (type === 'string' && kindOf(shape.seen) !== KIND.string) break
      return jsonColumn({ field: fieldOf(columnType(type)), path, key, ...reading(columnType(type)) })
    }
  }
  return jsonColumn({ field: fieldOf(columnType('string')), readAs: READ.jsonText, path, key })
}

/** The flags that JSON shares with CSV. */
const SCALAR_FLAGS = 0xffff

/** The column of a pinned type; types without a dedicated loop use a column builder. */
function pinnedColumn(field: Field, path: string, key: Uint8Array): JsonColumn {
  const { type } = field
  if (DataType.isStruct(type)) {
    const children = type.children.map((child) =>
      pinnedColumn(child, columnPath(path, child.name), keyBytes(child.name)),
    )
    return structColumn(field, path, key, children, true)
  }
  if (DataType.isList(type)) {
    const items = type.children[0] as Field
    const item = pinnedColumn(items, columnPath(path, items.name), keyBytes(items.name))
    return jsonColumn({ field, readAs: READ.list, path, key, children: [item], pinned: true })
  }
  const how = isJsonField(field) ? { readAs: READ.jsonText } : reading(type)
  return jsonColumn({ field, path, key, pinned: true, ...how })
}

type Reading = Pick<Parameters<typeof jsonColumn>[0], 'readAs' | 'unit' | 'words'>

function reading(type: DataType): Reading {
  if (DataType.isBool(type)) return { readAs: READ.bool }
  if (DataType.isInt(type) && type.isSigned && type.bitWidth === 32) return { readAs: READ.int32, words: 1 }
  if (DataType.isInt(type) && type.isSigned && type.bitWidth === 64) return { readAs: READ.int64, words: 2 }
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return { readAs: READ.float64 }
  if (DataType.isUtf8(type)) return { readAs: READ.string }
  if (DataType.isBinary(type)) return { readAs: READ.binary }
  if (DataType.isDate(type) && type.unit === 0) return { readAs: READ.date, words: 1 }
  if (DataType.isDecimal(type)) return { readAs: READ.decimal, words: type.bitWidth / 32 }
  if (DataType.isTimestamp(type) && type.unit !== TimeUnit.SECOND) {
    const unit = {
      [TimeUnit.MILLISECOND]: MILLISECOND,
      [TimeUnit.MICROSECOND]: MICROSECOND,
      [TimeUnit.NANOSECOND]: NANOSECOND,
    }
    return { readAs: READ.timestamp, words: 2, unit: unit[type.unit] }
  }
  return { readAs: READ.value }
}

function keyBytes(name: string): Uint8Array {
  return Buffer.from(JSON.stringify(name)).subarray(1)
}

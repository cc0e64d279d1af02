import * as types from 'node:util/types'
import { type Field, type RecordBatch, type Schema, Table } from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import { checkOptions, notA } from '../internal/check-arguments.ts'
import { locatedError, misfit, strangerError } from './cell-error.ts'
import { type ColumnBuilder, fieldBuilder } from './column-builder.ts'
import { isSchema, type SchemaOption, schemaFields } from './column-type.ts'
import { recordBatch, schemaOf } from './record-batch.ts'
import { fieldShape, learnShape, type Shape, shapeField } from './shape.ts'

const BATCH_ROWS = 65_536

type Row = Readonly<Record<string, unknown>>

/**
 * Make a table of plain objects.
 *
 * Number becomes `float64`, bigint `int64`, `Date` `timestamp`, string, boolean, `Uint8Array` binary, arrays lists, plain objects structs, `Map`
 * maps: only by the kind of value, so that a column's type does not vary between tables. Null, undefined and a missing key are null.
 * Columns are in order of the first appearance of their names.
 *
 * @param rows - read once. Only own enumerable keys count; `__proto__` is a name like any other.
 * @param options.schema - types of some or all columns, with the values that `columnBuilder` accepts. A column that no
 * row has is all null. An Arrow `Schema` sets the order of columns too; its required columns reject null.
 * @returns batches of up to 65,536 rows, at least one. O(values); the rows are held until the table is complete.
 * @throws MillraceError `TYPE_MISMATCH` with row and column if the kind of a value differs from those before it, or a
 * value does not fit its column's type exactly or cannot be stored in a column; `LIMIT_EXCEEDED` if values nest more
 * than 64 deep.
 * @example
 * const table = tableFromRows([{ id: 1n, name: 'Ada' }, { id: 2n, price: 9.5 }], { schema: { price: 'decimal(10,2)' } })
 * Array.from(rowsFromTable(table))[1] // => { id: 2n, name: null, price: '9.50' }
 */
export function tableFromRows(rows: Iterable<Row>, options: { readonly schema?: SchemaOption } = {}): Table {
  if (!isObject(rows) || !(Symbol.iterator in rows)) {
    throw notA('tableFromRows', 'rows', 'an array or another iterable of objects', rows)
  }
  checkOptions('tableFromRows', options, { schema: 'object' }, "write tableFromRows(rows, { schema: { id: 'int64' } })")
  const { schema: pinned } = options
  const all: readonly Row[] = Array.isArray(rows) ? rows : [...rows]
  const schema = schemaOfRows(all, pinned)
  const builders = schema.fields.map(fieldBuilder)
  const batches: RecordBatch[] = []
  for (let start = 0; start === 0 || start < all.length; start += BATCH_ROWS) {
    const end = Math.min(start + BATCH_ROWS, all.length)
    const columns = schema.fields.map((field, index) => {
      return buildColumn(field, builders[index] as ColumnBuilder, all, start, end)
    })
    batches.push(recordBatch(schema, columns, end - start))
  }
  return new Table(schema, batches)
}

function buildColumn({ name, type }: Field, builder: ColumnBuilder, rows: readonly Row[], start: number, end: number) {
  for (let index = start; index < end; index++) {
    const row = rows[index] as Row
    // An inherited `constructor` or `__proto__` is not a value of the row.
    const value = Object.hasOwn(row, name) ? row[name] : undefined
    if (!builder.append(value)) throw misfit(value, type, { row: index + 1, column: name })
  }
  return builder.finish()
}

function schemaOfRows(rows: readonly Row[], option: SchemaOption | undefined): Schema {
  const pinned = schemaFields(option)
  const ordered = option !== undefined && isSchema(option)
  const fields = new Map<string, Field>(ordered ? pinned : [])
  for (const [name, shape] of shapesOf(rows, pinned)) fields.set(name, pinned.get(name) ?? shapeField(name, shape))
  for (const [name, field] of pinned) if (!fields.has(name)) fields.set(name, field)
  return schemaOf([...fields.values()], ordered ? option.metadata : undefined)
}

/** The shape of every column, pinned ones left empty, in the order of first appearance. */
function shapesOf(rows: readonly Row[], pinned: ReadonlyMap<string, Field>): Map<string, Shape> {
  const shapes = new Map<string, Shape>()
  rows.forEach((row, index) => {
    if (!isRow(row)) {
      throw new MillraceError('TYPE_MISMATCH', 'a row must be an object of column names and values', {
        position: { row: index + 1 },
      })
    }
    for (const name of Object.keys(row)) {
      const shape = fieldShape(shapes, name)
      if (pinned.has(name)) continue
      const position = { row: index + 1, column: name }
      if (!learned(shape, row[name], position)) {
        throw strangerError(shape, row[name], position)
      }
    }
  })
  return shapes
}

/** Check that a row has its values under its own keys: an instance of a class may, a `Map` or a promise of a row does not. */
function isRow(row: unknown): row is Row {
  if (!isObject(row) || Symbol.iterator in row) return false
  return !types.isDate(row) && !types.isPromise(row) && !types.isAnyArrayBuffer(row)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function learned(shape: Shape, value: unknown, position: { row: number; column: string }): boolean {
  try {
    return learnShape(shape, value)
  } catch (error) {
    throw locatedError(error, position)
  }
}

import type { Data, Field, RecordBatch, Schema } from 'apache-arrow'
import { misfit, strangerError } from '../columns/cell-error.ts'
import { type ColumnBuilder, fieldBuilder } from '../columns/column-builder.ts'
import { type SchemaOption, schemaFields } from '../columns/column-type.ts'
import { recordBatch, schemaOf } from '../columns/record-batch.ts'
import { repeated } from '../columns/repeat.ts'
import { type Row, rowViews } from '../columns/row.ts'
import { emptyShape, isComplete, learnShape, type Shape, shapeField } from '../columns/shape.ts'
import type { ValueReader } from '../columns/value-reader.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkOptions } from '../internal/check-arguments.ts'
import { defineTransform, perSchema, type RunContext, type Transform, type TransformSteps } from './transform.ts'

/** A column's value: the same for all rows, or computed from each row. */
export type ColumnValue = string | number | bigint | boolean | object | null | undefined | ((row: Row) => unknown)

export interface AddColumnsOptions {
  /** Types of some or all of the new columns. */
  readonly schema?: SchemaOption
}

/** Rows and bytes to hold before a computed column without any value so far counts as empty. */
const MAX_HELD_ROWS = 65_536
const MAX_HELD_BYTES = 64 * 1024 * 1024

/**
 * Add columns after the others, with one value or computed row by row from the existing columns.
 *
 * Types that `schema` does not name are inferred from the values as in `tableFromRows`: number float64, bigint int64,
 * `Date` timestamp and so on. In a computed column the first non-null value decides: the rows up to the one after which
 * every part of a list or object has had a value. Batches wait for it, up to 65,536 rows and 64 MiB, after which a part
 * without a value is text.
 *
 * @param values - by name. A function is called once per row, in order, and reads columns on access; its errors are thrown unchanged.
 * @throws MillraceError `COLUMN_CONFLICT` for an existing name; `TYPE_MISMATCH` with row and column if a value does not
 * fit; `COLUMN_UNKNOWN` if `schema` names a column that is not added.
 * @example
 * const orders = tableFromRows([{ price: 2, count: 3 }])
 * rowsFromTable(transformTable(orders, addColumns({ source: 'shop', total: (row) => Number(row['price']) * Number(row['count']) }))) // => [{ price: 2, count: 3, source: 'shop', total: 6 }]
 */
export function addColumns(values: Readonly<Record<string, ColumnValue>>, options?: AddColumnsOptions): Transform
export function addColumns(values: Readonly<Record<string, unknown>>, options?: AddColumnsOptions): Transform
export function addColumns(values: Readonly<Record<string, unknown>>, options: AddColumnsOptions = {}): Transform {
  checkArgument('addColumns', 'values', values, 'object', "write addColumns({ source: 'shop' })")
  checkOptions('addColumns', options, { schema: 'object' })
  const pinned = schemaFields(options.schema)
  for (const name of pinned.keys()) {
    if (!Object.hasOwn(values, name)) {
      throw new MillraceError('COLUMN_UNKNOWN', 'the schema names a column that is not added', {
        position: { column: name },
      })
    }
  }
  return defineTransform('addColumns', (context) => addColumnSteps(values, pinned, context))
}

/** A new column: its type, if known, and its values in one batch. */
interface NewColumn {
  /** The field, once the type is known. */
  field(): Field | undefined
  /** Set the type, even if no value decided it. */
  settle(): Field
  /** Compute the values of a batch, and infer the type from them. */
  values(rowAt: (index: number) => Row, rows: number, before: number): ColumnValues
}

/** Builds the column of one batch, once all types are known. */
type ColumnValues = () => Data

interface HeldBatch {
  readonly batch: RecordBatch
  readonly columns: readonly ColumnValues[]
}

export function addColumnSteps(
  values: Readonly<Record<string, unknown>>,
  pinned: ReadonlyMap<string, Field>,
  { wholeTable }: RunContext,
  readerOf?: (data: Data) => ValueReader,
): TransformSteps {
  const columns = Object.entries(values).map(([name, value]) => {
    return typeof value === 'function'
      ? computedColumn(name, value as (row: Row) => unknown, pinned.get(name))
      : constantColumn(name, value, pinned.get(name))
  })
  const schemaOfBatch = perSchema((schema) => {
    return schemaOf([...schema.fields, ...columns.map((column) => column.settle())], schema.metadata)
  })
  const checkNames = perSchema((schema) => refuseKnownNames(schema, Object.keys(values)))
  let held: HeldBatch[] = []
  let heldRows = 0
  let heldBytes = 0
  let before = 0
  const release = (): RecordBatch[] => {
    const batches = held.map((one) => {
      const added = one.columns.map((column) => column())
      const children = [...one.batch.data.children, ...added]
      return recordBatch(schemaOfBatch(one.batch.schema), children, one.batch.numRows)
    })
    held = []
    return batches
  }
  return {
    next(batch) {
      checkNames(batch.schema)
      const rowAt = rowViews(batch, before, readerOf)
      held.push({ batch, columns: columns.map((column) => column.values(rowAt, batch.numRows, before)) })
      before += batch.numRows
      if (columns.every((column) => column.field() !== undefined)) return release()
      heldRows += batch.numRows
      heldBytes += batch.data.byteLength
      const isFull = heldRows >= MAX_HELD_ROWS || heldBytes >= MAX_HELD_BYTES
      return isFull && !wholeTable ? release() : []
    },
    end: release,
  }
}

function refuseKnownNames(schema: Schema, names: readonly string[]): void {
  const known = new Set(schema.fields.map(({ name }) => name))
  const conflict = names.find((name) => known.has(name))
  if (conflict !== undefined) {
    throw new MillraceError('COLUMN_CONFLICT', 'the table already has a column of this name; rename or drop it first', {
      position: { column: conflict },
    })
  }
}

function constantColumn(name: string, value: unknown, pinned: Field | undefined): NewColumn {
  const shape = emptyShape()
  if (pinned === undefined && !learnShape(shape, value)) throw strangerError(shape, value, { column: name })
  const field = pinned ?? shapeField(name, shape)
  const builder = fieldBuilder(field)
  if (!builder.append(value)) throw misfit(value, field.type, { column: name })
  const column = repeated(builder.finish())
  return { field: () => field, settle: () => field, values: (_, rows) => () => column(rows) }
}

function computedColumn(name: string, compute: (row: Row) => unknown, pinned: Field | undefined): NewColumn {
  const shape = emptyShape()
  let field = pinned
  let builder: ColumnBuilder | undefined
  const settle = (): Field => {
    field ??= shapeField(name, shape)
    return field
  }
  return {
    field: () => field,
    settle,
    values(rowAt, rows, before) {
      const computed: unknown[] = []
      for (let row = 0; row < rows; row++) {
        const value = compute(rowAt(row))
        if (pinned === undefined) learnKind(shape, value, { row: before + row + 1, column: name })
        if (field === undefined && isComplete(shape)) settle()
        computed.push(value)
      }
      return () => {
        const { type } = settle()
        builder ??= fieldBuilder(settle())
        return buildValues(builder, computed, (value, row) =>
          misfit(value, type, { row: before + row + 1, column: name }),
        )
      }
    },
  }
}

function learnKind(shape: Shape, value: unknown, position: { row: number; column: string }): void {
  if (!learnShape(shape, value)) throw strangerError(shape, value, position)
}

function buildValues(
  builder: ColumnBuilder,
  values: readonly unknown[],
  failure: (value: unknown, row: number) => MillraceError,
): Data {
  values.forEach((value, row) => {
    if (!builder.append(value)) throw failure(value, row)
  })
  return builder.finish()
}

import type { Data, DataType, Field } from 'apache-arrow'
import { castColumn } from '../columns/cast.ts'
import { misfit, strangerError } from '../columns/cell-error.ts'
import { columnBuilder } from '../columns/column-builder.ts'
import { nullColumn } from '../columns/decode-dictionary.ts'
import { isEmptyColumn } from '../columns/empty-column.ts'
import { missingRows, replaceRows } from '../columns/fill.ts'
import { changedField, recordBatch, schemaOf } from '../columns/record-batch.ts'
import { emptyShape, learnShape, shapeField } from '../columns/shape.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { defineMap, perSchema, type Transform } from './transform.ts'

/** The fill of a column: a value, or a function called for every missing value, in row order. */
export type Fill = unknown

const ADVICE = ': fill nulls with a value of the column type, or cast the column first'

/** One column's fill in one run. `type` is the resulting type of the column. */
interface ColumnFill {
  readonly type: DataType
  fill(data: Data, before: number): Data
}

/**
 * Fill missing values of columns. NaN counts as missing in float columns.
 *
 * A column that the table lacks is ignored. A column known to have no values gets the type of its fill: float64 for
 * number, int64 for bigint, timestamp for `Date`; later text in it must have the form of that type.
 *
 * @param values - by column name: a value of the column's type, or a function for one, called once for each missing
 * value. Null leaves the value missing.
 * @returns a transform. A column without missing values is shared, not copied.
 * @throws MillraceError `TYPE_MISMATCH` with the column if a value does not fit its type exactly; also with the row if a function returned it.
 * @example
 * const orders = tableFromRows([{ amount: 9.5, status: null }, { amount: NaN, status: 'paid' }])
 * rowsFromTable(transformTable(orders, fillNulls({ amount: 0, status: 'unknown' }))) // => [{ amount: 9.5, status: 'unknown' }, { amount: 0, status: 'paid' }]
 */
export function fillNulls(values: Readonly<Record<string, Fill>>): Transform {
  checkArgument('fillNulls', 'values', values, 'object', 'write fillNulls({ amount: 0 })')
  const fills = new Map(Object.entries(values).filter(([, fill]) => fill !== null && fill !== undefined))
  return defineMap('fillNulls', ({ message }) => {
    if (message !== undefined) message.nullsFilled = 0
    const started = new Map<string, ColumnFill>()
    const count = (rows: { readonly length: number }): void => {
      if (message !== undefined) message.nullsFilled = (message.nullsFilled ?? 0) + rows.length
    }
    const fillOf = (field: Field): ColumnFill | undefined => {
      if (!fills.has(field.name)) return undefined
      const known = started.get(field.name) ?? columnFill(field, fills.get(field.name), count)
      started.set(field.name, known)
      return known
    }
    const planOf = perSchema((schema) => {
      const columns = schema.fields.map(fillOf)
      const fields = schema.fields.map((field, index) => filledField(field, columns[index]))
      return { columns, schema: schemaOf(fields, schema.metadata) }
    })
    let before = 0
    return (batch) => {
      const { columns, schema } = planOf(batch.schema)
      const filled = batch.data.children.map((data, index) => columns[index]?.fill(data, before) ?? data)
      before += batch.numRows
      return recordBatch(schema, filled, batch.numRows)
    }
  })
}

/** The field with its new type, no longer marked as empty. */
function filledField(field: Field, fill: ColumnFill | undefined): Field {
  if (fill === undefined) return field
  return isEmptyColumn(field) ? changedField(field, { type: fill.type }) : field
}

/** Counts the filled rows. */
type Count = (rows: { readonly length: number }) => void

function columnFill(field: Field, fill: Fill, count: Count): ColumnFill {
  return typeof fill === 'function'
    ? computedFill(field, fill as () => unknown, count)
    : constantFill(field, fill, count)
}

function constantFill(field: Field, value: unknown, count: Count): ColumnFill {
  const type = fillType(field, value)
  const builder = columnBuilder(type)
  if (!builder.append(value)) throw misfit(value, type, { column: field.name }, ADVICE)
  const one = builder.finish()
  return {
    type,
    fill(data, before) {
      const column = typedColumn(data, type, field.name, before)
      const rows = missingRows(column)
      count(rows)
      return replaceRows(column, rows, one)
    },
  }
}

function computedFill(field: Field, compute: () => unknown, count: Count): ColumnFill {
  // An empty column's type must be known before its first row is filled, so the deciding value is also the first one used.
  const ahead = isEmptyColumn(field) ? [compute()] : []
  const type = ahead.length > 0 ? fillType(field, ahead[0]) : field.type
  const builder = columnBuilder(type)
  return {
    type,
    fill(data, before) {
      const column = typedColumn(data, type, field.name, before)
      const rows = missingRows(column)
      for (const row of rows) {
        const value = ahead.length > 0 ? ahead.pop() : compute()
        if (!builder.append(value)) throw misfit(value, type, { row: before + row + 1, column: field.name }, ADVICE)
      }
      count(rows)
      return replaceRows(column, rows, builder.finish())
    },
  }
}

/** The type of a column's fill: the column's own, or that of the value for an empty column. */
function fillType(field: Field, value: unknown): DataType {
  if (!isEmptyColumn(field)) return field.type
  const shape = emptyShape()
  if (!learnShape(shape, value)) throw strangerError(shape, value, { column: field.name })
  return shapeField(field.name, shape).type
}

function typedColumn(data: Data, type: DataType, column: string, before: number): Data {
  if (data.type === type) return data
  return data.nullCount === data.length ? nullColumn(type, data.length) : castColumn(data, type, column, before)
}

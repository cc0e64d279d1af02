import { DataType, type Table } from 'apache-arrow'
import fc from 'fast-check'
import { type ColumnTypeName, columnType } from '../columns/column-type.ts'
import { tableFromRows } from '../columns/table-from-rows.ts'
import { MillraceError } from '../errors.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { anyText } from './event-parts.ts'

export interface TableOptions {
  /** The types of columns; when absent, all that a `schema` option supports. */
  readonly types?: readonly ColumnTypeName[]
  /** 5. */
  readonly maxColumns?: number
  /** 20. */
  readonly maxRows?: number
}

const TYPES: readonly ColumnTypeName[] = [
  'bool',
  'int32',
  'int64',
  'float64',
  'string',
  'binary',
  'date',
  'timestamp',
  'timestamp[us]',
  'timestamp[ns]',
  'decimal(10,2)',
  'decimal(38,9)',
]

/**
 * Generate Arrow tables of any columns, with nulls in each, to test a custom transform or codec.
 *
 * @returns an arbitrary of tables of 1 to `maxColumns` columns and 0 to `maxRows` rows.
 * @example
 * fc.assert(fc.property(arbitraryTable(), (table) => transformTable(table, dropDuplicates()).numRows <= table.numRows))
 */
export function arbitraryTable(options: TableOptions = {}): fc.Arbitrary<Table> {
  checkArbitrary('arbitraryTable', options, ['types', 'maxColumns', 'maxRows'])
  const { types = TYPES, maxColumns = 5, maxRows = 20 } = options
  if (types.length === 0) throw new MillraceError('OPTION_INVALID', 'arbitraryTable: types is empty')
  for (const type of types) columnType(type)
  const column = fc.tuple(anyText(10), fc.constantFrom(...types))
  const columns = fc.uniqueArray(column, { minLength: 1, maxLength: maxColumns, selector: ([name]) => name })
  return columns.chain((list) => {
    const row = fc.tuple(...list.map(([, type]) => fc.option(arbitraryCell(type), { freq: 4 })))
    // Without a size, fast-check stops at about ten rows, regardless of `maxRows`.
    return fc.array(row, { maxLength: maxRows, size: 'max' }).map((rows) => {
      const named = rows.map((cells) => namedCells(list, cells))
      return tableFromRows(named, {
        schema: namedCells(
          list,
          list.map(([, type]) => type),
        ),
      })
    })
  })
}

/** An object by the names of columns, which may be `__proto__`. */
function namedCells<T>(
  columns: readonly (readonly [name: string, type: ColumnTypeName])[],
  cells: readonly T[],
): Record<string, T> {
  return Object.fromEntries(columns.map(([name], index) => [name, cells[index] as T]))
}

/** Values of a column in the form of rows. */
function arbitraryCell(name: ColumnTypeName): fc.Arbitrary<unknown> {
  const type = columnType(name)
  if (DataType.isDecimal(type)) return arbitraryDecimal(type.precision, type.scale)
  switch (name) {
    case 'bool':
      return fc.boolean()
    case 'int32':
      return fc.integer()
    case 'int64':
      return fc.oneof(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.constantFrom(0n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
      )
    case 'float64':
      return fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY))
    case 'binary':
      return fc.uint8Array({ maxLength: 20 })
    case 'date':
      return fc.integer({ min: -100_000, max: 100_000 }).map((day) => new Date(day * 86_400_000))
    case 'timestamp':
      return fc.date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2200-01-01') })
    case 'timestamp[us]':
    case 'timestamp[ns]':
      return fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })
    default:
      return anyText()
  }
}

/** Decimals as text, with all digits of the scale. */
function arbitraryDecimal(precision: number, scale: number): fc.Arbitrary<string> {
  const max = 10n ** BigInt(precision) - 1n
  return fc.bigInt({ min: -max, max }).map((unscaled) => {
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  })
}

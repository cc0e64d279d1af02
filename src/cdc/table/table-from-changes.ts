import { type Data, Field, List, type RecordBatch, Table } from 'apache-arrow'
import { locatedError, misfit } from '../../columns/cell-error.ts'
import { type ColumnBuilder, fieldBuilder } from '../../columns/column-builder.ts'
import { columnType, isSchema, type SchemaOption, schemaFields } from '../../columns/column-type.ts'
import { recordBatch, schemaOf } from '../../columns/record-batch.ts'
import { MillraceError, type Position } from '../../errors.ts'
import { checkOptions } from '../../internal/check-arguments.ts'
import type { Item } from '../attribute-value.ts'
import type { ChangeEvent } from '../change-event.ts'
import { checkChange, checkList } from '../check-call.ts'
import { METADATA_NAMES, ROW_OPTIONS, type RowMetadata, type RowOptions, rowItem, rowMetadata } from '../row.ts'
import { type AttributeShape, attributeField, fieldShape, learn } from './attribute-shape.ts'
import { type CellValue, cellValue, nullable } from './cell-value.ts'

export interface TableOptions extends RowOptions {
  /** Types of some or all columns; the others are inferred. */
  readonly schema?: SchemaOption
}

const BATCH_ROWS = 65_536

/** A column to build, and the source of its values. */
interface Column {
  readonly field: Field
  readonly cellOf: (row: Row) => unknown
}

interface Row {
  readonly item: Item
  readonly change: ChangeEvent
  readonly metadata: RowMetadata
}

/**
 * Make a table of changes, one row each, for `encodeParquet` and a MERGE: the columns of `toRow`, typed.
 *
 * The attributes of the keys come first, then the others, each in order of name, then `__op`, `__deleted`, `__ts_us`
 * (int64), `__seq`, `__event_id`, `__table` and `__changed` (a list of text). An attribute has one type, the narrowest
 * that represents every value exactly: integers are int64, numbers that are doubles float64, other numbers decimals of
 * 38 digits, text is text, lists and sets are lists, maps are structs. Mixed kinds are text, each value's JSON, so that
 * 1 and '1' stay distinct. An attribute that is always null is text too.
 *
 * Inferred types depend on the given changes: set those that must be the same in all files. A column set to `string`
 * takes text unchanged, and other values as JSON, lists and maps too; one that no change has is all null.
 *
 * @param changes - read once, and held until the table is complete.
 * @param options.schema - as for `tableFromRows`: column types by name, or an Arrow schema, which also sets the order.
 * @param options.ops - the letters of `__op`, as in `toRow`.
 * @returns batches of up to 65,536 rows, at least one. O(values).
 * @throws MillraceError `COLUMN_CONFLICT` if an attribute has the name of one of the seven; `TYPE_MISMATCH` with row
 * and column for a value that does not fit its set type exactly, or that no column can represent; `LIMIT_EXCEEDED` if
 * values nest more than 64 deep; `OPTION_INVALID` for an unknown option.
 * @example
 * const change = (type: ChangeEvent['type'], after: Item): ChangeEvent =>
 *   ({ type, id: 'e', keys: { id: after['id'] }, after, cause: 'user', transport: 'streams' })
 * const table = tableFromChanges([change('INSERT', { id: 1, n: 2.5 }), change('MODIFY', { id: 1, n: 2n ** 60n + 1n })])
 * Array.from(rowsFromTable(table), ({ id, n, __op }) => [id, n, __op]) // => [[1n, '2.5', 'c'], [1n, '1152921504606846977.0', 'u']]
 */
export function tableFromChanges(changes: Iterable<ChangeEvent>, options: TableOptions = {}): Table {
  checkList('tableFromChanges', 'changes', changes)
  checkOptions('tableFromChanges', options, { ...ROW_OPTIONS, schema: 'object' })
  const { schema: pinned } = options
  const rows = Array.from(changes, (change): Row => {
    checkChange('tableFromChanges', change)
    return { change, item: rowItem(change), metadata: rowMetadata(change, options) }
  })
  const columns = columnsOf(rows, pinned)
  const schema = schemaOf(
    columns.map(({ field }) => field),
    pinned !== undefined && isSchema(pinned) ? pinned.metadata : undefined,
  )
  const builders = columns.map(({ field }) => fieldBuilder(field))
  const batches: RecordBatch[] = []
  for (let start = 0; start === 0 || start < rows.length; start += BATCH_ROWS) {
    const end = Math.min(start + BATCH_ROWS, rows.length)
    const data = columns.map((column, index) => build(column, builders[index] as ColumnBuilder, rows, start, end))
    batches.push(recordBatch(schema, data, end - start))
  }
  return new Table(schema, batches)
}

function build(
  { field, cellOf }: Column,
  builder: ColumnBuilder,
  rows: readonly Row[],
  start: number,
  end: number,
): Data {
  for (let index = start; index < end; index++) {
    const row = rows[index] as Row
    const position = { row: index + 1, column: field.name }
    const value = locatedCell(cellOf, row, position)
    if (!builder.append(value)) throw misfit(value, field.type, position)
  }
  return builder.finish()
}

function locatedCell(cellOf: Column['cellOf'], row: Row, position: Position): unknown {
  try {
    return cellOf(row)
  } catch (error) {
    // The type of a column limits the depth, if it is set; otherwise a value that contains itself would recurse forever.
    const cause = error instanceof RangeError ? new MillraceError('LIMIT_EXCEEDED', 'values nest too deep') : error
    throw locatedError(cause, position)
  }
}

function columnsOf(rows: readonly Row[], pinned: SchemaOption | undefined): Column[] {
  const set = schemaFields(pinned)
  const shapes = shapesOf(rows, set)
  const metadata = metadataColumns()
  const names = new Set(pinned !== undefined && isSchema(pinned) ? set.keys() : [])
  for (const { change } of rows) for (const name of Object.keys(change.keys).sort()) names.add(name)
  for (const name of [...new Set([...shapes.keys(), ...set.keys()])].sort()) if (!metadata.has(name)) names.add(name)
  for (const name of metadata.keys()) names.add(name)
  return Array.from(names, (name): Column => {
    const known = metadata.get(name)
    if (known !== undefined) return { ...known, field: set.get(name) ?? known.field }
    const shape = shapes.get(name)
    const field = set.get(name) ?? attributeField(name, shape as AttributeShape)
    return { field, cellOf: ownCell(name, nullable(cellValue(field, set.has(name) ? undefined : shape))) }
  })
}

function ownCell(name: string, cell: CellValue): Column['cellOf'] {
  return ({ item }) => (Object.hasOwn(item, name) ? cell(item[name]) : null)
}

/** The shape of every attribute; only the name of those whose type is set. */
function shapesOf(rows: readonly Row[], set: ReadonlyMap<string, Field>): Map<string, AttributeShape> {
  const shapes = new Map<string, AttributeShape>()
  for (const [index, { item, change }] of rows.entries()) {
    for (const name of Object.keys(change.keys)) fieldShape(shapes, name)
    for (const name of Object.keys(item)) {
      const shape = fieldShape(shapes, name)
      if (!set.has(name)) learnAt(shape, item[name], { row: index + 1, column: name })
    }
  }
  return shapes
}

function learnAt(shape: AttributeShape, value: unknown, position: Position): void {
  try {
    learn(shape, value)
  } catch (error) {
    throw locatedError(error, position)
  }
}

/** The columns about the change, by name. */
function metadataColumns(): Map<string, Column> {
  const texts = new List(new Field('item', columnType('string'), true))
  const types = { __deleted: columnType('bool'), __ts_us: columnType('int64'), __changed: texts }
  return new Map(
    METADATA_NAMES.map((name) => {
      const type = name in types ? types[name as keyof typeof types] : columnType('string')
      return [name, { field: new Field(name, type, true), cellOf: metadataCell(name) }]
    }),
  )
}

function metadataCell(name: (typeof METADATA_NAMES)[number]): Column['cellOf'] {
  // The bigint itself fits both int64 and timestamps of microseconds.
  if (name === '__ts_us') return ({ change }) => change.timeUs ?? null
  if (name === '__changed') return ({ change }) => change.changed ?? null
  return ({ metadata }) => metadata[name]
}

import type { RecordBatch, Table } from 'apache-arrow'
import { locatedError } from './cell-error.ts'
import { checkTable } from './check-table.ts'
import { assignKey, recordKeys } from './record-key.ts'
import { type ValueReader, valueReader } from './value-reader.ts'

/**
 * Iterate over the rows of a table as plain objects, created one at a time on request.
 *
 * int64 is bigint, decimal text with all digits of its scale, `date` and `timestamp` `Date`, `timestamp[us]` and `[ns]` bigint of the unit; binary a
 * copy; lists arrays, structs plain objects, maps `Map`; null is null.
 *
 * @throws MillraceError `COLUMN_CONFLICT` if two columns share a name; `TYPE_MISMATCH` with row and column if a value
 * has no exact JavaScript counterpart: a date beyond the range of `Date`, a map with a key twice; also if the argument
 * is not a table.
 * @example
 * rowsFromTable(tableFromRows([{ id: 1n }, { id: null }])) // => [{ id: 1n }, { id: null }]
 */
export function rowsFromTable(table: Table): Generator<Record<string, unknown>, void, undefined> {
  checkTable('rowsFromTable', table)
  return rowsOf(table)
}

function* rowsOf(table: Table): Generator<Record<string, unknown>, void, undefined> {
  const keys = recordKeys(table.schema.fields)
  let before = 0
  for (const batch of table.batches) {
    const readers = columnReaders(batch)
    for (let row = 0; row < batch.numRows; row++) yield readRow(keys, readers, row, before)
    before += batch.numRows
  }
}

/** Readers of all columns of a batch. */
export function columnReaders(batch: RecordBatch): ValueReader[] {
  return batch.data.children.map(valueReader)
}

/** One row as a plain object. `before` counts the rows of earlier batches, for errors. */
export function readRow(
  keys: readonly string[],
  readers: readonly ValueReader[],
  row: number,
  before: number,
): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  let index = 0
  try {
    for (; index < keys.length; index++) {
      assignKey(record, keys[index] as string, (readers[index] as ValueReader)(row))
    }
  } catch (error) {
    throw locatedError(error, { row: before + row + 1, column: keys[index] as string })
  }
  return record
}

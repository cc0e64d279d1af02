import type { RecordBatch, Table } from 'apache-arrow'
import { kindOf, notA } from '../internal/check-arguments.ts'

/** Reject a value that is not a table, of this copy of Arrow or another, with how to convert it. */
export function checkTable(entry: string, table: unknown): asserts table is Table {
  const { batches, schema } = Object(table)
  if (Array.isArray(batches) && Array.isArray(Object(schema).fields)) return
  const cure = isBatch(table)
    ? 'write new Table(batch)'
    : kindOf(table) === 'a Promise'
      ? 'await it first'
      : 'create one with tableFromRows(rows)'
  throw notA(entry, 'the table', 'an Arrow table', table, cure)
}

/** Reject a value that is not a record batch. Called once per batch. */
export function checkBatch(entry: string, batch: unknown): asserts batch is RecordBatch {
  if (isBatch(batch)) return
  throw notA(
    entry,
    'a batch',
    'an Arrow record batch',
    batch,
    'a stream of batches comes from a codec, or from table.batches',
  )
}

/** Reject a source of batches that cannot be iterated: a stage that was not run, a codec without its stage. */
export function checkBatches(entry: string, source: unknown): void {
  const iterable = Object(source)
  if (typeof source !== 'string' && (Symbol.asyncIterator in iterable || Symbol.iterator in iterable)) return
  const cure = 'put it after a source in a pipeline, or run it over a table with transformTable'
  throw notA(entry, 'the source', 'an iterable or async iterable of record batches', source, cure)
}

function isBatch(value: unknown): value is RecordBatch {
  const { data, schema } = Object(value)
  return Array.isArray(Object(data).children) && Array.isArray(Object(schema).fields)
}

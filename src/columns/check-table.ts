import type { RecordBatch, Table } from 'apache-arrow'
import { kindOf, notA } from '../internal/check-arguments.ts'

/** Refuse what is no table, of this copy of Arrow or another, with the way to one. */
export function checkTable(entry: string, table: unknown): asserts table is Table {
  const { batches, schema } = Object(table)
  if (Array.isArray(batches) && Array.isArray(Object(schema).fields)) return
  const cure = isBatch(table)
    ? 'write new Table(batch)'
    : kindOf(table) === 'a Promise'
      ? 'await it first'
      : 'make one of rows with tableFromRows(rows)'
  throw notA(entry, 'the table', 'an Arrow table', table, cure)
}

/** Refuse what is no record batch. Once a batch. */
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

/** Refuse a source of batches that cannot be iterated: a stage that was asked for nothing, a codec without its stage. */
export function checkBatches(entry: string, source: unknown): void {
  const iterable = Object(source)
  if (typeof source !== 'string' && (Symbol.asyncIterator in iterable || Symbol.iterator in iterable)) return
  const cure = 'put it behind a source in a pipeline, or run it over a table with transformTable'
  throw notA(entry, 'the source', 'an iterable or async iterable of record batches', source, cure)
}

function isBatch(value: unknown): value is RecordBatch {
  const { data, schema } = Object(value)
  return Array.isArray(Object(data).children) && Array.isArray(Object(schema).fields)
}

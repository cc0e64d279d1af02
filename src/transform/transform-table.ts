import { type RecordBatch, type Schema, Table } from 'apache-arrow'
import { checkTable } from '../columns/check-table.ts'
import { concatColumns } from '../columns/concat.ts'
import { recordBatch } from '../columns/record-batch.ts'
import { channels } from '../internal/channels.ts'
import { notA } from '../internal/check-arguments.ts'
import { traceSync } from '../internal/trace.ts'
import { type Transform, transformMessage, wholeTableSteps } from './transform.ts'

/**
 * Run transforms over a table in order. The table itself is not changed; columns that no transform changes are shared.
 *
 * @returns a table, which keeps its schema even if no row is left.
 * @throws MillraceError errors of the transforms; `TYPE_MISMATCH` for a value that is not a table or not a transform.
 * @example
 * const table = tableFromRows([{ 'Event ID': 'a' }, { 'Event ID': 'a' }])
 * rowsFromTable(transformTable(table, cleanColumnNames(), dropDuplicates())) // => [{ event_id: 'a' }]
 */
export function transformTable(table: Table, ...transforms: readonly Transform[]): Table {
  checkTable('transformTable', table)
  for (const transform of transforms) checkTransform(transform)
  let batches: readonly RecordBatch[] = table.batches
  let { schema } = table
  for (const transform of transforms) {
    const input = batches.length === 0 ? [emptyBatch(schema)] : batches
    batches = traceSync(
      channels.transform,
      () => transformMessage(transform.name),
      (message) => {
        const steps = wholeTableSteps(transform, message)
        return [...input.flatMap((batch) => steps.next(batch)), ...(steps.end?.() ?? [])]
      },
    )
    schema = batches[0]?.schema ?? schema
  }
  return new Table(schema, [...batches])
}

function checkTransform(transform: unknown): void {
  if (typeof Object(transform).start === 'function') return
  const cure = Array.isArray(transform)
    ? 'write transformTable(table, ...transforms)'
    : `create a transform with a call, such as ${typeof transform === 'function' && transform.name !== '' ? transform.name : 'dropDuplicates'}()`
  throw notA('transformTable', 'every argument after the table', 'a transform', transform, cure)
}

function emptyBatch(schema: Schema): RecordBatch {
  return recordBatch(
    schema,
    schema.fields.map(({ type }) => concatColumns(type, [])),
    0,
  )
}

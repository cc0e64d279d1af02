import { type RecordBatch, type Schema, Table } from 'apache-arrow'
import { concatColumns } from '../columns/concat.ts'
import { recordBatch } from '../columns/record-batch.ts'
import { type Transform, wholeTableSteps } from './transform.ts'

/**
 * Run transforms over a table, one after the other. The table given is left as it is; columns that nothing changes are shared.
 *
 * @returns a table that keeps its schema also where no row is left.
 * @throws MillraceError what the transforms throw.
 * @example
 * const table = tableFromRows([{ 'Event ID': 'a' }, { 'Event ID': 'a' }])
 * rowsFromTable(transformTable(table, cleanColumnNames(), dropDuplicates())) // => [{ event_id: 'a' }]
 */
export function transformTable(table: Table, ...transforms: readonly Transform[]): Table {
  let batches: readonly RecordBatch[] = table.batches
  let { schema } = table
  for (const transform of transforms) {
    const steps = wholeTableSteps(transform)
    const input = batches.length === 0 ? [emptyBatch(schema)] : batches
    batches = [...input.flatMap((batch) => steps.next(batch)), ...(steps.end?.() ?? [])]
    schema = batches[0]?.schema ?? schema
  }
  return new Table(schema, [...batches])
}

function emptyBatch(schema: Schema): RecordBatch {
  return recordBatch(
    schema,
    schema.fields.map(({ type }) => concatColumns(type, [])),
    0,
  )
}

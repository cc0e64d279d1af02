import { Field, Int64, Schema, Table } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { addBatchMetadata } from '../../src/transform/add-batch-metadata.ts'
import { cleanColumnNames } from '../../src/transform/clean-column-names.ts'
import { dropDuplicates } from '../../src/transform/drop-duplicates.ts'
import { fillNulls } from '../../src/transform/fill-nulls.ts'
import { transformTable } from '../../src/transform/transform-table.ts'

describe('the reference transform', () => {
  test('clean names, equal rows once, nulls filled, processed_at and batch_id added', () => {
    const table = transformTable(
      tableFromRows([
        { 'Event ID': 'e1', amount: null, status: null, created_at: new Date(1) },
        { 'Event ID': 'e1', amount: null, status: null, created_at: new Date(1) },
        { 'Event ID': 'e2', amount: 5, status: 'paid', created_at: null },
      ]),
      cleanColumnNames(),
      dropDuplicates(),
      fillNulls({ amount: 0, status: 'unknown', created_at: () => new Date(2) }),
      addBatchMetadata({ now: () => new Date('2024-02-29T23:59:59.500Z') }),
    )
    const stamp = { processed_at: new Date('2024-02-29T23:59:59.500Z'), batch_id: 'batch_20240229_235959' }
    expect([...rowsFromTable(table)]).toEqual([
      { event_id: 'e1', amount: 0, status: 'unknown', created_at: new Date(1), ...stamp },
      { event_id: 'e2', amount: 5, status: 'paid', created_at: new Date(2), ...stamp },
    ])
  })
})

describe('transformTable', () => {
  test('a table without batches keeps a schema; one without rows too', () => {
    const schema = new Schema([new Field('Event ID', new Int64(), true)])
    const out = transformTable(
      new Table(schema, []),
      cleanColumnNames(),
      dropDuplicates({ keep: 'last' }),
      fillNulls({ event_id: 0 }),
    )
    expect(out.schema.fields.map(({ name }) => name)).toEqual(['event_id'])
    expect(out.numRows).toBe(0)
  })

  test('5,000 columns take no quadratic time', () => {
    const row = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`Column ${index}`, index]))
    const out = transformTable(
      tableFromRows([row, row]),
      cleanColumnNames(),
      dropDuplicates(),
      fillNulls({ column_7: 0 }),
    )
    expect([out.numRows, out.numCols]).toEqual([1, 5000])
  })
})

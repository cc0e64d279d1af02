import { expect, test } from 'vitest'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { addBatchMetadata } from '../../src/transform/add-batch-metadata.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { failure, fault, run } from './support/run-rows.ts'

test('addBatchMetadata: a clock that returns no time is refused', () => {
  for (const time of [new Date('x'), 5, undefined]) {
    expect(fault(() => run([{ a: 1 }], addBatchMetadata({ now: () => time as Date })))).toEqual(
      failure('OPTION_INVALID'),
    )
  }
})

test('addBatchMetadata takes the time of its run', () => {
  const before = Date.now()
  const [row] = rowsFromTable(transformTable(tableFromRows([{ a: 1 }]), addBatchMetadata()))
  const at = Number(row?.['processed_at'])
  expect(at).toBeGreaterThanOrEqual(before)
  expect(at).toBeLessThanOrEqual(Date.now())
})

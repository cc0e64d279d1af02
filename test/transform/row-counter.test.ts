import { expect, test } from 'vitest'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { rowCounter } from '../../src/transform/row-counter.ts'
import { collect, stream } from '../support/streams.ts'

test('rowCounter counts the current run', async () => {
  const counter = rowCounter()
  const { batches } = tableFromRows([{ a: 1 }, { a: 2 }])
  expect((await collect(counter(stream(batches))))[0]).toBe(batches[0])
  expect(counter.rows).toBe(2)
  await collect(counter(stream(batches)))
  expect(counter.rows).toBe(2)
  expect(counter.name).toBe('rowCounter')
  expect({ ...counter }).toMatchObject({ rows: 2 })
})

import { Table } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { addColumns } from '../../src/transform/add-columns.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { arbitraryTableCase } from '../support/arbitrary-table.ts'
import { law } from '../support/law.ts'
import { collect, stream } from '../support/streams.ts'
import { transformLaws } from './support/transform-laws.ts'

transformLaws(
  'addColumns',
  () => addColumns({ source: 'shop', one: 1n, present: (row) => row['c0'] !== null }, { schema: { present: 'bool' } }),
  { tables: arbitraryTableCase({ nested: false }) },
)

describe('addColumns', () => {
  const part = fc.oneof(fc.constant(null), fc.constant([]), fc.array(fc.record({ x: fc.option(fc.bigInt(-9n, 9n)) })))

  law(
    'addColumns: computed lists and objects have one type, in any batches',
    fc.asyncProperty(fc.array(part, { minLength: 1 }), fc.array(fc.nat(9)), async (values, cuts) => {
      const { batches } = tableFromRows(values.map((_, index) => ({ index })))
      const whole = new Table(batches)
      const places = [0, ...cuts.filter((cut) => cut < values.length), values.length].sort((a, b) => a - b)
      const cut = places.flatMap((start, index) => whole.slice(start, places[index + 1] ?? start).batches)
      const transform = addColumns({ value: ({ index }) => values[Number(index)] })
      const streamed = new Table(await collect(transform(stream(cut))))
      const table = transformTable(whole, transform)
      expect(String(streamed.schema)).toEqual(String(table.schema))
      expect([...rowsFromTable(streamed)].map(({ value }) => value)).toEqual(values)
      expect([...rowsFromTable(table)].map(({ value }) => value)).toEqual(values)
    }),
  )
})

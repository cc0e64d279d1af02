import { Bool, type DataType, Dictionary, Float64, Int32 } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { dropDuplicates } from '../../src/transform/drop-duplicates.ts'
import { transformTable } from '../../src/transform/transform-table.ts'
import { arbitraryTableCase, type Cell } from '../support/arbitrary-table.ts'
import { rowCells, tableCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'
import { rowToken } from '../support/row-token.ts'
import { collect, stream } from '../support/streams.ts'
import { transformLaws } from './support/transform-laws.ts'

/** Few distinct values, so that rows repeat. */
const repetitive = arbitraryTableCase({
  maxColumns: 2,
  types: fc.constantFrom<DataType>(new Bool(), new Dictionary(new Bool(), new Int32()), new Float64()),
})

for (const keep of ['first', 'last', 'none'] as const) {
  transformLaws(`dropDuplicates keep ${keep}`, () => dropDuplicates({ keep }), { tables: repetitive })
  transformLaws(`dropDuplicates exact keep ${keep}`, () => dropDuplicates({ keep, exact: true }), {
    tables: repetitive,
  })
}
transformLaws('dropDuplicates subset', ({ names }) => dropDuplicates({ subset: [names[0] as string] }))

describe('dropDuplicates', () => {
  law(
    'dropDuplicates: keeps the first, the last or none of equal rows, in order',
    fc.asyncProperty(repetitive, fc.constantFrom('first', 'last', 'none'), fc.boolean(), async (table, keep, exact) => {
      const expected = keptRows(table.rows, keep)
      const streamed = await collect(dropDuplicates({ keep, exact })(stream(table.batches)))
      expect(rowCells(streamed)).toEqual(expected)
      expect(tableCells(transformTable(table.table, dropDuplicates({ keep })))).toEqual(expected)
    }),
  )

  law(
    'dropDuplicates: idempotent',
    fc.property(arbitraryTableCase(), ({ table }) => {
      const once = transformTable(table, dropDuplicates())
      expect(tableCells(transformTable(once, dropDuplicates()))).toEqual(tableCells(once))
    }),
  )

  law(
    'dropDuplicates: a batch without duplicates is not copied',
    fc.asyncProperty(arbitraryTableCase(), async ({ batches, rows }) => {
      fc.pre(new Set(rows.map(rowToken)).size === rows.length)
      const out = await collect(dropDuplicates()(stream(batches)))
      for (const [index, batch] of out.entries()) expect(batch).toBe(batches[index])
    }),
    { runs: 50 },
  )
})

function keptRows(rows: readonly (readonly Cell[])[], keep: string): (readonly Cell[])[] {
  const tokens = rows.map(rowToken)
  return rows.filter((_, index) => {
    const token = tokens[index] as string
    if (keep === 'first') return tokens.indexOf(token) === index
    return keep === 'last' ? tokens.lastIndexOf(token) === index : tokens.indexOf(token) === tokens.lastIndexOf(token)
  })
}

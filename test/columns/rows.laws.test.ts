import type { Field } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { rowViews } from '../../src/columns/row.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { isMillraceError } from '../../src/errors.ts'
import { arbitraryTableCase, type TableCase } from '../support/arbitrary-table.ts'
import { tableCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'
import { cellValue, hasRepeatedKeys } from './support/cell-values.ts'

const cases = arbitraryTableCase().filter(({ schema, rows }) => {
  return !rows.some((row) => row.some((cell, index) => hasRepeatedKeys((schema.fields[index] as Field).type, cell)))
})

function expectedRows({ schema, rows }: TableCase): Record<string, unknown>[] {
  return rows.map((row) => {
    return Object.fromEntries(schema.fields.map(({ name, type }, index) => [name, cellValue(type, row[index] ?? null)]))
  })
}

describe('rows', () => {
  law(
    'rowsFromTable: every cell has the documented value, also in slices of batches',
    fc.property(cases, (table) => {
      expect([...rowsFromTable(table.table)]).toEqual(expectedRows(table))
    }),
  )

  law(
    'tableFromRows after rowsFromTable: the same table with the same schema, bit by bit',
    fc.property(cases, ({ table, schema, rows }) => {
      const again = tableFromRows(rowsFromTable(table), { schema })
      expect(String(again.schema)).toBe(String(schema))
      expect(tableCells(again)).toEqual(rows)
    }),
  )

  law(
    'Row: reads, spreads and lists like a plain object',
    fc.property(cases, (table) => {
      const expected = expectedRows(table)
      let before = 0
      for (const batch of table.batches) {
        const rowAt = rowViews(batch, before)
        const views = Array.from({ length: batch.numRows }, (_, row) => rowAt(row))
        for (const [index, view] of views.entries()) {
          const plain = expected[before + index] as Record<string, unknown>
          expect({ ...view }).toEqual(plain)
          expect(Object.keys(view)).toEqual(Object.keys(plain))
          for (const name of Object.keys(plain)) expect(view[name]).toEqual(plain[name])
        }
        before += batch.numRows
      }
    }),
    { runs: 60 },
  )

  law(
    'tableFromRows: any values make a table that contains them, or a MillraceError with row and column',
    fc.property(
      fc.array(
        fc.dictionary(
          fc.string({ maxLength: 3 }),
          fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
        ),
      ),
      (rows) => {
        try {
          expect(tableFromRows(rows).numRows).toBe(rows.length)
        } catch (error) {
          if (!isMillraceError(error)) throw error
          expect(error.position?.row).toBeGreaterThan(0)
          expect(error.position?.column).toBeTypeOf('string')
        }
      },
    ),
  )

  law(
    'tableFromRows: JSON objects round-trip, missing keys as null',
    fc.property(
      fc.array(
        fc.record(
          { a: fc.double(), b: fc.string({ unit: 'grapheme' }), c: fc.boolean(), ['__proto__']: fc.nat() },
          { requiredKeys: [] },
        ),
      ),
      (rows) => {
        const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
        const expected = rows.map((row) =>
          Object.fromEntries(names.map((name) => [name, Object.hasOwn(row, name) ? row[name as 'a'] : null])),
        )
        expect([...rowsFromTable(tableFromRows(rows))]).toEqual(expected)
      },
    ),
  )
})

import { DataType, type Field } from 'apache-arrow'
import fc from 'fast-check'
import { expect } from 'vitest'
import { fillNulls, transformTable } from '../../src/transform/index.ts'
import { arbitraryPlainType, arbitraryTableCase, type Cell, type TableCase } from '../support/arbitrary-table.ts'
import { columnCells, rowCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'
import { collect, stream } from '../support/streams.ts'

/** A fill of a plain type, and the cell that it becomes. */
function fillFor(type: DataType): { readonly fill: unknown; readonly cell: Cell } {
  if (DataType.isUtf8(type)) return { fill: 'é, filled', cell: 'é, filled' }
  if (DataType.isInt(type)) return { fill: 2n ** 53n + 1n, cell: 2n ** 53n + 1n }
  if (DataType.isFloat(type)) return { fill: 0.5, cell: 0.5 }
  if (DataType.isBool(type)) return { fill: true, cell: true }
  return { fill: new Date(5), cell: 5n }
}

/** The rows as they are when missing cells of all columns but the last are filled. */
function filledRows({ schema, rows }: TableCase): Cell[][] {
  const cells = schema.fields.slice(0, -1).map(({ type }) => fillFor(type).cell)
  return rows.map((row) =>
    row.map((cell, i) => ((cell === null || Number.isNaN(cell)) && cells[i] !== undefined ? cells[i] : cell)),
  )
}

const fillsOf = (fields: readonly Field[], isComputed: boolean): Record<string, unknown> =>
  Object.fromEntries(
    fields.map(({ name, type }) => {
      const { fill } = fillFor(type)
      return [name, isComputed ? () => fill : fill]
    }),
  )

law(
  'fillNulls: missing values become the fill, others are kept, and columns not named share their data',
  fc.asyncProperty(arbitraryTableCase({ types: arbitraryPlainType() }), fc.boolean(), async (one, isComputed) => {
    const { schema, batches } = one
    const fill = fillNulls(fillsOf(schema.fields.slice(0, -1), isComputed))
    const filled = await collect(fill(stream(batches)))
    expect(rowCells(filled)).toEqual(filledRows(one))
    expect(rowCells(transformTable(one.table, fill).batches)).toEqual(filledRows(one))
    for (const [index, batch] of filled.entries()) {
      expect(batch.schema.fields.map(({ type }) => String(type))).toEqual(schema.fields.map(({ type }) => String(type)))
      batch.data.children.forEach((data, i) => {
        expect(String(data.type)).toBe(String(schema.fields[i]?.type))
      })
      const untouched = batch.data.children.at(-1)
      expect(untouched && columnCells(untouched)).toEqual(
        columnCells(batches[index]?.data.children.at(-1) ?? expect.fail()),
      )
    }
  }),
  { runs: 300 },
)

import type { RecordBatch } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { concatBatches } from '../../src/columns/concat.ts'
import { decodeDictionary } from '../../src/columns/decode-dictionary.ts'
import { takeRows } from '../../src/columns/take.ts'
import { arbitraryTableCase } from '../support/arbitrary-table.ts'
import { columnCells, rowCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'

describe('gather', () => {
  law(
    'take: any rows of a batch, in any order and any number of times',
    fc.property(arbitraryTableCase(), fc.array(fc.nat(1000), { maxLength: 80 }), ({ table, rows }, picks) => {
      const batch = concatBatches(table.schema, table.batches)
      const indices = rows.length === 0 ? [] : picks.map((pick) => pick % rows.length)
      const taken = takeRows(batch, Int32Array.from(indices), indices.length)
      expect(taken.numRows).toBe(indices.length)
      expect(rowCells([taken])).toEqual(indices.map((index) => rows[index]))
    }),
  )

  law(
    'take: rows of a batch that is a slice of another',
    fc.property(arbitraryTableCase(), ({ batches, rows }) => {
      const odd = batches.map((batch) => takeRows(batch, oddRows(batch), batch.numRows >> 1))
      let start = 0
      const expected = batches.flatMap((batch) => {
        const own = rows.slice(start, start + batch.numRows)
        start += batch.numRows
        return own.filter((_, index) => index % 2 === 1)
      })
      expect(rowCells(odd)).toEqual(expected)
    }),
  )

  law(
    'concat: batches joined hold the rows of all, whatever dictionaries they had',
    fc.property(arbitraryTableCase(), ({ schema, batches, rows }) => {
      const joined = concatBatches(schema, batches)
      expect(rowCells([joined])).toEqual(rows)
    }),
  )

  law(
    'decodeDictionary: the values that the indices stand for',
    fc.property(arbitraryTableCase({ nested: false }), ({ batches }) => {
      for (const batch of batches) {
        for (const column of batch.data.children) {
          if (!('dictionary' in column.type && column.dictionary)) continue
          expect(columnCells(decodeDictionary(column))).toEqual(columnCells(column))
        }
      }
    }),
  )
})

function oddRows({ numRows }: RecordBatch): Int32Array {
  return Int32Array.from({ length: numRows >> 1 }, (_, index) => index * 2 + 1)
}

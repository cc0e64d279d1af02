import type { Data, RecordBatch } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { concatBatches } from '../../src/columns/concat.ts'
import { decodeDictionary } from '../../src/columns/decode-dictionary.ts'
import { gatherInKernel } from '../../src/columns/gather-kernel.ts'
import { gatherRanges, gatherRows } from '../../src/columns/gather-rows.ts'
import { runsWhere } from '../../src/columns/row-ranges.ts'
import { arbitraryTableCase } from '../support/arbitrary-table.ts'
import { columnCells, rowCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'

describe('gather', () => {
  law(
    'take: any rows of a batch, in any order and any number of times',
    fc.property(arbitraryTableCase(), fc.array(fc.nat(1000), { maxLength: 80 }), ({ table, rows }, picks) => {
      const batch = concatBatches(table.schema, table.batches)
      const indices = rows.length === 0 ? [] : picks.map((pick) => pick % rows.length)
      const taken = gatherRows(batch, Int32Array.from(indices), indices.length)
      expect(taken.numRows).toBe(indices.length)
      expect(rowCells([taken])).toEqual(indices.map((index) => rows[index]))
    }),
  )

  law(
    'take: rows of a batch that is a slice of another',
    fc.property(arbitraryTableCase(), ({ batches, rows }) => {
      const odd = batches.map((batch) => gatherRows(batch, oddRows(batch), batch.numRows >> 1))
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
    'take: the kernel and the direct copy have the same result, at any offset of ranges and columns',
    fc.property(
      arbitraryTableCase({ maxColumns: 3 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(9)), { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      ({ table, rows }, ranges, isLong) => {
        if (rows.length === 0) return
        const small = concatBatches(table.schema, table.batches)
        const size = isLong ? 9000 : 700
        const batch = gatherRows(
          small,
          Int32Array.from({ length: size }, (_, row) => (row * 7) % rows.length),
          size,
        )
        const odd = gatherRanges(batch, {
          starts: Int32Array.of(3),
          lengths: Int32Array.of(size - 3),
          count: 1,
          rows: size - 3,
        })
        const kept = keptRows(odd.numRows, ranges)
        const runs = runsWhere(odd.numRows, (row) => kept[row] as boolean)
        const expected = gatherRanges(odd, runs)
        const taken = gatherRanges(odd, runs, gatherInKernel())
        expect(columnBuffers(taken)).toEqual(columnBuffers(expected))
      },
    ),
    { runs: 60 },
  )

  law(
    'concat: joined batches have the rows of all, with any dictionaries',
    fc.property(arbitraryTableCase(), ({ schema, batches, rows }) => {
      const joined = concatBatches(schema, batches)
      expect(rowCells([joined])).toEqual(rows)
    }),
  )

  law(
    'decodeDictionary: returns the values that the indices refer to',
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

/** Ranges that are kept and ones that are not, over and over. */
function keptRows(rows: number, ranges: readonly (readonly [number, number])[]): boolean[] {
  const kept: boolean[] = []
  for (let at = 0; kept.length < rows; at++) {
    const [keep, drop] = ranges[at % ranges.length] as readonly [number, number]
    kept.push(...new Array<boolean>(keep).fill(true), ...new Array<boolean>(drop).fill(false))
  }
  return kept.slice(0, rows)
}

/** All that columns are made of, bit by bit. */
function columnBuffers({ data }: RecordBatch): unknown {
  const parts = ({ type, length, nullCount, offset, nullBitmap, valueOffsets, values, children }: Data): unknown => [
    `${type}`,
    length,
    nullCount,
    offset,
    ...[nullBitmap, valueOffsets, values].map(
      (buffer) => buffer && Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString('hex'),
    ),
    children.map(parts),
  ]
  return parts(data)
}

function oddRows({ numRows }: RecordBatch): Int32Array {
  return Int32Array.from({ length: numRows >> 1 }, (_, index) => index * 2 + 1)
}

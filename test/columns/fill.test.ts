import { Int32, makeData } from 'apache-arrow'
import { expect, test } from 'vitest'
import { missingRows } from '../../src/columns/fill.ts'
import { repeated } from '../../src/columns/repeat.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { fillNulls, transformTable } from '../../src/transform/index.ts'

test.each([1, 2, 5])('the rows without a value are those of the bitmap, with a null count of %i', (nullCount) => {
  const data = makeData({
    type: new Int32(),
    length: 6,
    nullCount,
    nullBitmap: new Uint8Array([0b00111001, 0, 0, 0, 0, 0, 0, 0]),
    data: Int32Array.of(10, 11, 12, 13, 14, 15),
  })
  expect([...missingRows(data)]).toEqual([1, 2])
})

test('a column of one value has as many rows as are asked for, and memory for no more', () => {
  const column = repeated(makeData({ type: new Int32(), length: 1, data: Int32Array.of(7) }))
  for (const rows of [0, 1, 5, 3, 11]) expect([...column(rows).values.subarray(0, rows)]).toEqual(Array(rows).fill(7))
  expect(column(11).values.length).toBe(11)
})

test.each<[type: string, value: (row: number) => unknown, fill: unknown]>([
  ['text', (row) => `row ${row}`, 'filled'],
  ['text, shorter than its fill', () => '', 'é'.repeat(40)],
  ['int64', (row) => BigInt(row) + 2n ** 53n, -1n],
  ['float64', (row) => row / 2, -0.5],
  ['bool', (row) => row % 3 === 0, true],
  ['timestamp', (row) => new Date(row + 1), new Date(0)],
  ['binary', (row) => Uint8Array.of(row, row), Uint8Array.of(9)],
])('of 20 rows of %s only those without a value are filled, by one value or one each', (_, value, fill) => {
  for (const missing of [[0], [19], [3, 4, 5], [0, 7, 8, 15, 16, 19], Array.from({ length: 19 }, (__, i) => i)]) {
    const rows = Array.from({ length: 20 }, (__, row) => ({ a: missing.includes(row) ? null : value(row) }))
    const expected = rows.map(({ a }) => ({ a: a ?? fill }))
    for (const how of [fill, () => fill]) {
      const table = transformTable(tableFromRows(rows), fillNulls({ a: how }))
      expect([...rowsFromTable(table)]).toEqual(expected)
    }
  }
})

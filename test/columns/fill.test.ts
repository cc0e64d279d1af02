import { Int32, makeData } from 'apache-arrow'
import { expect, test } from 'vitest'
import { missingRows } from '../../src/columns/fill.ts'
import { repeated } from '../../src/columns/repeat.ts'

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

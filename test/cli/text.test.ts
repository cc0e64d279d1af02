import { describe, expect, test } from 'vitest'
import { alignedRows, bytesText, countText, plural } from '../../src/cli/text.ts'

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [123_456, '123,456'],
  [1_234_567, '1,234,567'],
  [12_345_678_901, '12,345,678,901'],
])('countText(%d) is %s', (count, text) => {
  expect(countText(count)).toBe(text)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [999.4, '999 B'],
  [999.5, '1.0 kB'],
  [1000, '1.0 kB'],
  [99_940, '99.9 kB'],
  [99_950, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [103_500_000, '104 MB'],
  [1.5e9, '1.5 GB'],
  [2.5e12, '2.5 TB'],
  [3e15, '3.0 PB'],
  [5e18, '5000 PB'],
])('bytesText(%d) is %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

test('plural is singular for one alone', () => {
  expect([0, 1, 2, 1000].map((count) => plural(count, 'row'))).toEqual(['0 rows', '1 row', '2 rows', '1,000 rows'])
})

describe('alignedRows', () => {
  test('pads each cell to the widest of its column, but the last of a row', () => {
    expect(
      alignedRows([
        ['a', 'bb', 'c'],
        ['aaa', 'b', 'cccc'],
        ['aa', '', 'c'],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b   cccc', 'aa       c'])
  })

  test('has no space at the end of a row, and takes rows of any length', () => {
    expect(alignedRows([['a', ''], ['bbb'], ['', 'x']])).toEqual(['a', 'bbb', '     x'])
    expect(alignedRows([])).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { readBudget, wholePageBytes, windowBytes } from '../../../../../src/codecs/parquet/read/bytes/read-budget.ts'

const MIB = 1024 * 1024

test('the budget is 32 MiB for up to 12 columns, and grows with more', () => {
  expect([1, 12].map((columns) => readBudget(columns) / MIB)).toEqual([32, 32])
  expect(readBudget(13) / MIB).toBe(4 + 12 + 13 * 1.25)
  expect(readBudget(48) / MIB).toBe(4 + 12 + 48 * 1.25)
  expect(readBudget(100) / MIB).toBe(4 + 100 / 4 + 100 * 1.25)
})

describe('windows of column chunks', () => {
  test.each<[string, number[], number]>([
    ['no chunks', [], Number.POSITIVE_INFINITY],
    ['chunks that fit together', [4, 4, 4], Number.POSITIVE_INFINITY],
    ['one that is too large', [13], 12],
    ['equal ones share', [5, 5, 5], 4],
    ['small ones leave theirs over', [1, 20, 20, 1], 5],
    ['whatever their order', [20, 1, 1, 20], 5],
    ['as large as the share', [2, 10], Number.POSITIVE_INFINITY],
    ['a quarter of a MiB at least', new Array<number>(100).fill(1), 0.25],
  ])('%s', (_, sizes, expected) => {
    expect(windowBytes(sizes.map((size) => size * MIB)) / MIB).toBe(expected)
  })

  test('are whole bytes', () => {
    expect(windowBytes([12 * MIB, 12 * MIB, 12 * MIB, 12 * MIB, 12 * MIB])).toBe(Math.floor((12 * MIB) / 5))
  })
})

describe('pages that are inflated as a whole', () => {
  test.each<[string, number[], number]>([
    ['8 MiB at most', [4], 8],
    ['of one large chunk', [100], 8],
    ['of four', [100, 100, 100, 100], 4],
    ['beside small ones', [1, 1, 100, 100, 100], 14 / 3],
    ['1.25 MiB at least', new Array<number>(50).fill(100), 1.25],
  ])('%s', (_, sizes, expected) => {
    expect(wholePageBytes(sizes.map((size) => size * MIB))).toBe(Math.floor(expected * MIB))
  })
})

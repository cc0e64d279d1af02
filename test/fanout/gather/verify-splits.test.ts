import { expect, test } from 'vitest'
import type { Split, SplitReport } from '../../../src/fanout/gather/split.ts'
import { verifySplits } from '../../../src/fanout/gather/verify-splits.ts'

const code = (name: string, message?: RegExp) =>
  expect.objectContaining({ code: name, ...(message && { message: expect.stringMatching(message) }) })

const object = { bucket: 'lake', key: 'a.csv', eTag: 'e', format: 'csv', size: 100, check: '' } as const
const splits: Split[] = [0, 1, 2].map((index) => ({
  ...object,
  plan: 'p',
  index,
  of: 3,
  start: index * 30,
  end: index === 2 ? 100 : (index + 1) * 30,
}))
const plan = { id: 'p', splits, objects: 1, bytes: 100 }
const reports: SplitReport[] = splits.map(({ index, start, end }) => ({
  plan: 'p',
  index,
  rows: 10 + index,
  refused: index,
  bytes: end - start,
}))
const [first, ...others] = reports as [SplitReport, ...SplitReport[]]

test('the sums of all reports, in any order; one that comes twice and is equal counts once', () => {
  expect(verifySplits(plan, reports)).toEqual({ rows: 33, refused: 3, bytes: 100 })
  expect(verifySplits(plan, [...reports, { ...first }])).toEqual({ rows: 33, refused: 3, bytes: 100 })
  expect(verifySplits(plan, new Set([...others, first, first]))).toEqual({ rows: 33, refused: 3, bytes: 100 })
})

test.each<[readonly unknown[], RegExp]>([
  [others, /split 0 has no report; 2 of 3/],
  [[...reports, { ...first, rows: 1 }], /split 0 has two reports that differ/],
  [[...reports, { ...first, refused: 1 }], /two reports that differ/],
  [[...others, { ...first, plan: 'x' }], /another plan/],
  [[...others, { ...first, index: 99 }], /another plan/],
  [[...others, { ...first, index: '0' }], /another plan/],
  [[...others, { ...first, bytes: 29 }], /covers 30 bytes, but its report has 29/],
  [[{ ...reports[1], bytes: 29 }], /split 1 covers 30 bytes, but its report has 29/],
  [[{ ...reports[1], bytes: '30' }], /split 1 covers 30 bytes, but its report has no number/],
  [[...others, { ...first, rows: undefined }], /numbers of rows/],
  [[...others, { ...first, refused: -1 }], /numbers of rows/],
])('a report that is missing, different, foreign or of other bytes is SPLIT_MISMATCH: %#', (changed, rule) => {
  expect(() => verifySplits(plan, changed as SplitReport[])).toThrow(code('SPLIT_MISMATCH', rule))
})

test('arguments of another kind', () => {
  expect(() => verifySplits(undefined as never, [])).toThrow(code('TYPE_MISMATCH'))
  expect(() => verifySplits(plan, 5 as never)).toThrow(code('TYPE_MISMATCH'))
  expect(() => verifySplits(plan, [null] as never)).toThrow(code('TYPE_MISMATCH'))
})

test('a plan and reports that passed through other hands: what is no split and no index is named, and nothing else is thrown', () => {
  const given =
    (changed: readonly unknown[], list: readonly unknown[] = reports) =>
    (): unknown =>
      verifySplits({ ...plan, splits: changed as Split[] }, list as SplitReport[])
  expect(given([...splits, null])).toThrow(code('TYPE_MISMATCH', /a split of the plan/))
  expect(given([...splits, 'x'])).toThrow(code('TYPE_MISMATCH', /a split of the plan/))
  for (const index of [undefined, null, {}, 'length', -1, Number.NaN])
    expect(given(splits, [...reports, { ...first, index }])).toThrow(code('SPLIT_MISMATCH', /another plan/))
  expect(given([...splits, { ...splits[2], index: Object.create(null) }])).toThrow(code('SPLIT_MISMATCH', /no report/))
  expect(given(splits, [...others, { ...first, bytes: Object.create(null) }])).toThrow(
    code('SPLIT_MISMATCH', /no number/),
  )
})

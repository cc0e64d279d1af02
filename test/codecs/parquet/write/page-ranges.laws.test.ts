import { Bool, type DataType, Field, FixedSizeBinary, Int32, Int64, List, Utf8 } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PageRange, pageRanges } from '../../../../src/codecs/parquet/write/page-ranges.ts'
import { writeSettings } from '../../../../src/codecs/parquet/write/write-options.ts'
import type { Cell } from '../../../support/arbitrary-table.ts'
import { law } from '../../../support/law.ts'
import { collected } from '../support/leaf-of-cells.ts'

interface Kind {
  readonly type: DataType
  cell(at: number): Cell
  /** PLAIN bytes of a cell. */
  bytes(at: number): number
}

const KINDS: readonly Kind[] = [
  { type: new Bool(), cell: (at) => at % 2 === 0, bytes: () => 1 / 8 },
  { type: new Int32(), cell: (at) => at, bytes: () => 4 },
  { type: new Int64(), cell: BigInt, bytes: () => 8 },
  { type: new Utf8(), cell: (at) => 'x'.repeat(at % 30), bytes: (at) => 4 + (at % 30) },
  { type: new FixedSizeBinary(3), cell: (at) => Uint8Array.of(at, 1, 2), bytes: () => 3 },
]

type Item = number | null
const item = fc.option(fc.nat(200), { freq: 3 })
const runs = <T>(one: fc.Arbitrary<T>) =>
  fc
    .array(fc.tuple(one, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))), { maxLength: 20, size: 'max' })
    .map((parts) => parts.flatMap(([value, count]) => new Array<T>(count).fill(value)))

/** Whole rows, one by one, while they fit in a page: one of them always does. */
function expectedPages(
  costs: readonly { entries: number; values: number; bytes: number }[],
  isFull: (rows: number, bytes: number, next: number) => boolean,
) {
  const pages: PageRange[] = []
  let page = { start: 0, end: 0, firstValue: 0, lastValue: 0, firstRow: 0, rows: 0 }
  let bytes = 0
  for (const cost of costs) {
    if (page.rows > 0 && isFull(page.rows, bytes, cost.bytes)) {
      pages.push(page)
      const { end, lastValue } = page
      page = { start: end, end, firstValue: lastValue, lastValue, firstRow: page.firstRow + page.rows, rows: 0 }
      bytes = 0
    }
    const { end, lastValue, rows } = page
    page = { ...page, end: end + cost.entries, lastValue: lastValue + cost.values, rows: rows + 1 }
    bytes += cost.bytes
  }
  return [...pages, page]
}

const settingsOf = (pageBytes: number, pageRows: number) => ({ ...writeSettings({ pageBytes }), pageRows })
const limits = fc.record({ pageBytes: fc.integer({ min: 1, max: 400 }), pageRows: fc.constantFrom(1, 7, 50, 1e9) })
const dictionaryOf = (size: number | undefined) => ({
  dictionary: size === undefined ? undefined : { size, first: 0, indexes: 0 },
})
const sizes = fc.option(fc.constantFrom(1, 2, 3, 16, 17, 300), { nil: undefined })
const indexBytes = (size: number) => Math.max(1, Math.ceil(Math.log2(size))) / 8

law(
  'parquet pages: those of flat columns hold as many rows as fit the bytes and rows of a page, and one at least',
  fc.property(
    fc.constantFrom(...KINDS),
    runs<Item>(item),
    fc.constantFrom('required', 'optional', 'all there'),
    limits,
    sizes,
    ({ type, cell, bytes }, drawn, nulls, { pageBytes, pageRows }, size) => {
      const rows = nulls === 'optional' ? drawn : drawn.map((value) => value ?? 0)
      const { leaf, levels, values } = collected(
        type,
        rows.map((value) => (value === null ? null : cell(value))),
        nulls !== 'required',
      )
      const costOf = (value: number) => (size === undefined ? bytes(value) : indexBytes(size))
      const costs = rows.map((value) => ({
        entries: 1,
        values: value === null ? 0 : 1,
        bytes: value === null ? 0 : costOf(value),
      }))
      const expected = expectedPages(costs, (count, used, next) => used + next > pageBytes || count >= pageRows)
      expect(pageRanges(leaf, levels, values, dictionaryOf(size), settingsOf(pageBytes, pageRows))).toEqual(expected)
    },
  ),
  { runs: 400 },
)

law(
  'parquet pages: those of lists end with the row that fills them',
  fc.property(
    fc.constantFrom(...KINDS),
    runs(fc.option(fc.array(item, { maxLength: 5 }), { freq: 5 })),
    limits,
    sizes,
    ({ type, cell, bytes }, rows, { pageBytes, pageRows }, size) => {
      const list = new List(new Field('item', type, true))
      const { leaf, levels, values } = collected(
        list,
        rows.map((items) => (items === null ? null : items.map((value) => (value === null ? null : cell(value))))),
      )
      const costOf = (value: number) => (size === undefined ? bytes(value) : indexBytes(size))
      const costs = rows.map((items) => {
        const present = (items ?? []).filter((value) => value !== null)
        return {
          entries: Math.max(1, items?.length ?? 0),
          values: present.length,
          bytes: present.reduce((sum, value) => sum + costOf(value), 0),
        }
      })
      const expected = expectedPages(costs, (count, used) => used >= pageBytes || count >= pageRows)
      expect(pageRanges(leaf, levels, values, dictionaryOf(size), settingsOf(pageBytes, pageRows))).toEqual(expected)
    },
  ),
)

describe('long columns', () => {
  test('of few nulls and many rows in a page', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => (i % 5000 === 0 ? null : i % 200))
    const { leaf, levels, values } = collected(new Int32(), rows)
    for (const rowsInPage of [4095, 4096, 4097, 9000]) {
      const costs = rows.map((value) => ({ entries: 1, values: value === null ? 0 : 1, bytes: value === null ? 0 : 4 }))
      const expected = expectedPages(costs, (_, used, next) => used + next > 4 * rowsInPage)
      const pages = pageRanges(leaf, levels, values, { dictionary: undefined }, settingsOf(4 * rowsInPage, 1e9))
      expect(pages).toEqual(expected)
    }
  })

  test('of nothing but nulls, or of no rows: one page', () => {
    const nulls = collected(new Utf8(), new Array(9000).fill(null))
    const page = { start: 0, end: 9000, firstValue: 0, lastValue: 0, firstRow: 0, rows: 9000 }
    const of = ({ leaf, levels, values }: typeof nulls) =>
      pageRanges(leaf, levels, values, { dictionary: undefined }, settingsOf(10, Number.POSITIVE_INFINITY))
    expect(of(nulls)).toEqual([page])
    const none = { start: 0, end: 0, firstValue: 0, lastValue: 0, firstRow: 0, rows: 0 }
    for (const { type } of KINDS) expect(of(collected(type, []))).toEqual([none])
    expect(of(collected(new List(new Field('item', new Int32(), true)), []))).toEqual([none])
  })
})

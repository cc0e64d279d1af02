import { type DataType, Field, Float64, Int32, List, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { pageIndexes } from '../../../../src/codecs/parquet/write/page-index.ts'
import { pageRanges } from '../../../../src/codecs/parquet/write/page-ranges.ts'
import { writeSettings } from '../../../../src/codecs/parquet/write/write-options.ts'
import type { Cell } from '../../../support/arbitrary-table.ts'
import { collected } from '../support/leaf-of-cells.ts'

/** The indexes of pages of two rows each, which lie 100 bytes apart. */
function indexesOf(type: DataType, cells: readonly Cell[]) {
  const { leaf, levels, values } = collected(type, cells)
  const settings = { ...writeSettings({ pageIndex: true }), pageRows: 2 }
  const pages = pageRanges(leaf, levels, values, { dictionary: undefined }, settings)
  return pageIndexes(
    pages.map((page, i) => ({ ...page, offset: 4 + 100 * i, bytes: 90 + i })),
    leaf,
    values,
  )
}

const orderOf = (...cells: Cell[]) => indexesOf(new Int32(), cells).columnIndex?.boundary_order

describe('the indexes of pages', () => {
  test('say where pages are, and with which row they begin', () => {
    expect(indexesOf(new Int32(), [1, 2, null, 4, 5]).offsetIndex?.page_locations).toEqual([
      { offset: 4n, compressed_page_size: 90, first_row_index: 0n },
      { offset: 104n, compressed_page_size: 91, first_row_index: 2n },
      { offset: 204n, compressed_page_size: 92, first_row_index: 4n },
    ])
    const list = new List(new Field('item', new Int32(), true))
    expect(
      indexesOf(list, [[1, 2, 3], [], [4]]).offsetIndex?.page_locations.map((page) => page.first_row_index),
    ).toEqual([0n, 2n])
  })

  test('bound the values of pages, and count their nulls', () => {
    const columnIndex = indexesOf(new Utf8(), ['b', 'a', null, null, 'c', null, 'd', 'x'.repeat(70)]).columnIndex
    const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()
    expect(columnIndex?.null_pages).toEqual([false, true, false, false])
    expect((columnIndex?.min_values as Uint8Array[] | undefined)?.map(text)).toEqual(['a', '', 'c', 'd'])
    expect((columnIndex?.max_values as Uint8Array[] | undefined)?.map(text)).toEqual([
      'b',
      '',
      'c',
      `${'x'.repeat(63)}y`,
    ])
    expect(columnIndex?.null_counts).toEqual([0n, 2n, 1n, 0n])
    const list = new List(new Field('item', new Int32(), true))
    expect(indexesOf(list, [[1, null, 3], [], null, [4]]).columnIndex?.null_counts).toEqual([2n, 1n])
  })

  test('have no bounds if a page has none', () => {
    expect(indexesOf(new Float64(), [1, 2, Number.NaN, 4]).columnIndex).toBeUndefined()
    expect(indexesOf(new Float64(), [1, 2, Number.NaN, 4]).offsetIndex?.page_locations.length).toBe(2)
    expect(indexesOf(new Utf8(), ['a', '\u{10ffff}'.repeat(20)]).columnIndex).toBeUndefined()
  })

  test('tell the order of their bounds, pages of nulls aside', () => {
    expect(orderOf(1, 2, 3, 4, 5, 6)).toBe('ASCENDING')
    expect(orderOf(1, 2, null, null, 2, 2, 3)).toBe('ASCENDING')
    expect(orderOf(6, 5, 4, 3, 2, 1)).toBe('DESCENDING')
    expect(orderOf(6, 6, null, null, 6, 5, 5, 5)).toBe('DESCENDING')
    expect(orderOf(1, 2, 9, 9, 3, 4)).toBe('UNORDERED')
    expect(orderOf(5, 6, 4, 7)).toBe('UNORDERED')
    expect(orderOf(4, 7, 5, 6)).toBe('UNORDERED')
    expect(orderOf(1, 9, 2, 5)).toBe('UNORDERED')
    expect(orderOf(null, null, null)).toBe('ASCENDING')
    expect(orderOf(7)).toBe('ASCENDING')
  })
})

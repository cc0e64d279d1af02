import { unconvertMinMax } from 'hyparquet-writer/src/unconvert.js'
import { type Bounds, boundsOf, boundsOfPair } from './bounds.ts'
import type { WriteLeaf } from './file-schema.ts'
import type { ChunkIndexes } from './format.ts'
import type { LeafValues } from './leaf-values.ts'
import type { EncodedPage } from './page-ranges.ts'
import { statisticsOf } from './statistics.ts'

type ColumnIndex = NonNullable<ChunkIndexes['columnIndex']>

/** Positions and bounds of the pages of a chunk, for readers that skip pages. */
export function pageIndexes(
  pages: readonly EncodedPage[],
  leaf: WriteLeaf,
  values: LeafValues,
): Pick<ChunkIndexes, 'columnIndex' | 'offsetIndex'> {
  const page_locations = pages.map(({ offset, bytes, firstRow }) => ({
    offset: BigInt(offset),
    compressed_page_size: bytes,
    first_row_index: BigInt(firstRow),
  }))
  const columnIndex = columnIndexOf(pages, leaf, values)
  return { offsetIndex: { page_locations }, ...(columnIndex === undefined ? {} : { columnIndex }) }
}

/** Undefined if a page with values has no bounds, such as one with a NaN, which the format cannot express. */
function columnIndexOf(pages: readonly EncodedPage[], leaf: WriteLeaf, values: LeafValues): ColumnIndex | undefined {
  const bounds = pages.map(({ firstValue, lastValue }) => boundsOf(values, leaf, firstValue, lastValue))
  const index = {
    null_pages: [] as boolean[],
    min_values: [] as Uint8Array[],
    max_values: [] as Uint8Array[],
    null_counts: [] as bigint[],
  }
  for (const [i, { start, end, firstValue, lastValue }] of pages.entries()) {
    const isNull = firstValue === lastValue
    const nulls = end - start - (lastValue - firstValue)
    const { min_value, max_value } = statisticsOf(values, leaf, bounds[i], nulls)
    const min = unconvertMinMax(min_value, leaf.schema, false, Number.POSITIVE_INFINITY)
    const max = unconvertMinMax(max_value, leaf.schema, true, Number.POSITIVE_INFINITY)
    if (!isNull && (min === undefined || max === undefined)) return undefined
    index.null_pages.push(isNull)
    index.min_values.push(min ?? new Uint8Array(0))
    index.max_values.push(max ?? new Uint8Array(0))
    index.null_counts.push(BigInt(nulls))
  }
  const known = bounds.filter((bound) => bound !== undefined)
  return { ...index, boundary_order: boundaryOrder(known, leaf, values) }
}

function boundaryOrder(bounds: readonly Bounds[], leaf: WriteLeaf, values: LeafValues): ColumnIndex['boundary_order'] {
  const isOrdered = (end: 'min' | 'max'): boolean =>
    bounds.every((bound, i) => {
      const before = bounds[i - 1]
      if (before === undefined) return true
      return (['min', 'max'] as const).every((side) => {
        const pair = boundsOfPair(values, leaf, before[side], bound[side])
        return pair?.[end] === before[side]
      })
    })
  if (isOrdered('min')) return 'ASCENDING'
  return isOrdered('max') ? 'DESCENDING' : 'UNORDERED'
}

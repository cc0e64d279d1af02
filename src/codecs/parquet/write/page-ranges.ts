import type { ChunkEncoding } from './choose-encoding.ts'
import type { Leaf } from './file-schema.ts'
import type { LeafValues } from './leaf-values.ts'
import type { Levels } from './levels.ts'
import { bitWidthOf } from './rle-hybrid.ts'
import type { WriteSettings } from './write-options.ts'

/** A page: its entries `start` to `end`, and the values and rows among them. */
export interface PageRange {
  readonly start: number
  readonly end: number
  readonly firstValue: number
  readonly lastValue: number
  readonly firstRow: number
  readonly rows: number
}

/** A page that was written. */
export interface EncodedPage extends PageRange {
  readonly offset: number
  readonly bytes: number
}

/**
 * Cut a column chunk into pages of about `pageBytes` before compression and at most `pageRows` rows. A row never spans two pages. There is at
 * least one page, if an empty one.
 */
export function pageRanges(
  leaf: Leaf,
  levels: Levels,
  values: LeafValues,
  encoding: Pick<ChunkEncoding, 'dictionary'>,
  { pageBytes, pageRows }: WriteSettings,
): PageRange[] {
  const pages: PageRange[] = []
  const valueBytes = valueCost(values, encoding)
  const { entries } = levels
  if (leaf.maxRepetition === 0 && values.count === entries && valueBytes !== undefined) {
    const rows = Math.max(1, Math.min(pageRows, Math.floor(pageBytes / valueBytes)))
    return evenPages(entries, rows)
  }
  // A number in any case: where it may be undefined, V8 gives up its compiled loop for every column chunk anew.
  const eachBytes = valueBytes ?? -1
  const { starts, ends } = values
  const definitions = leaf.maxDefinition > 0 ? levels.definitions.bytes : undefined
  const repetitions = leaf.maxRepetition > 0 ? levels.repetitions.bytes : undefined
  let page = { start: 0, firstValue: 0, firstRow: 0 }
  let bytes = 0
  let value = 0
  let row = 0
  for (let entry = 0; entry < entries; entry++) {
    const isRowStart = repetitions === undefined || repetitions[entry] === 0
    if (isRowStart) {
      if (bytes >= pageBytes || row - page.firstRow >= pageRows) {
        pages.push({ ...page, end: entry, lastValue: value, rows: row - page.firstRow })
        page = { start: entry, firstValue: value, firstRow: row }
        bytes = 0
      }
      row++
    }
    if (definitions === undefined || definitions[entry] === leaf.maxDefinition) {
      bytes += eachBytes < 0 ? 4 + (ends[value] as number) - (starts[value] as number) : eachBytes
      value++
    }
  }
  pages.push({ ...page, end: entries, lastValue: value, rows: row - page.firstRow })
  return pages
}

/** Pages of as many rows each, where every row has one value and all values are of one size. */
function evenPages(entries: number, rows: number): PageRange[] {
  const pages: PageRange[] = []
  let start = 0
  do {
    const end = Math.min(entries, start + rows)
    pages.push({ start, end, firstValue: start, lastValue: end, firstRow: start, rows: end - start })
    start = end
  } while (start < entries)
  return pages
}

/** Bytes of every value, undefined where they differ in length. */
function valueCost(values: LeafValues, { dictionary }: Pick<ChunkEncoding, 'dictionary'>): number | undefined {
  if (dictionary !== undefined) return Math.max(1, bitWidthOf(dictionary.size - 1)) / 8
  switch (values.physical) {
    case 'bits':
      return 1 / 8
    case 'word':
      return 4
    case 'double-word':
      return 8
    case 'bytes':
      return undefined
    case 'fixed':
      return values.count === 0 ? 0 : (values.ends[0] as number) - (values.starts[0] as number)
  }
}

import { SLACK } from '../../../../kernels/parquet-write/record.ts'
import type { ChunkEncoding } from './choose-encoding.ts'
import type { WriteLeaf } from './file-schema.ts'
import { byteLength, endOf, type LeafValues, startOf } from './leaf-values.ts'
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

/** A written page. */
export interface EncodedPage extends PageRange {
  readonly offset: number
  readonly bytes: number
}

/**
 * Cut a column chunk into pages of `pageBytes` before compression (plus at most one row) and `pageRows` rows. A row
 * never spans two pages. There is at least one page, even an empty one.
 */
export function pageRanges(
  leaf: WriteLeaf,
  levels: Levels,
  values: LeafValues,
  encoding: Pick<ChunkEncoding, 'dictionary'>,
  settings: WriteSettings,
): PageRange[] {
  const valueBytes = valueCost(values, encoding)
  if (leaf.maxRepetition > 0) return listPages(leaf, levels, values, valueBytes, settings)
  const { pageBytes, pageRows } = settings
  if (values.count === levels.entries && valueBytes !== undefined) {
    return evenPages(levels.entries, Math.max(1, Math.min(pageRows, Math.floor(pageBytes / valueBytes))))
  }
  return flatPages(leaf, levels, values, valueBytes, settings)
}

/** Pages whose rows are one entry each, which may be a null: their ends are found in steps that double and then halve. */
function flatPages(
  leaf: WriteLeaf,
  levels: Levels,
  values: LeafValues,
  valueBytes: number | undefined,
  { pageBytes, pageRows }: WriteSettings,
): PageRange[] {
  const { entries } = levels
  const definitions = leaf.maxDefinition > 0 ? levels.definitions.bytes : undefined
  const pages: PageRange[] = []
  let [start, firstValue] = [0, 0]
  do {
    let [end, lastValue, bytes] = [start, firstValue, 0]
    const limit = Math.min(entries, start + pageRows)
    let isFull = false
    for (let step = 1; end < limit && step >= 1; step = isFull ? step >> 1 : Math.min(step * 2, MAX_STEP)) {
      const next = Math.min(end + step, limit)
      const nextValue =
        lastValue +
        (definitions === undefined ? next - end : countOf(values, leaf.maxDefinition, definitions, end, next))
      const more = bytesOf(values, valueBytes, lastValue, nextValue)
      const overflows = bytes + more > pageBytes
      isFull ||= overflows
      if (overflows && end > start) continue
      end = next
      lastValue = nextValue
      bytes += more
    }
    pages.push({ start, end, firstValue, lastValue, firstRow: start, rows: end - start })
    start = end
    firstValue = lastValue
  } while (start < entries)
  return pages
}

/** Rows examined at a time. */
const MAX_STEP = 4096

function countOf(
  { kernel: { exports, memory } }: LeafValues,
  level: number,
  levels: Uint8Array,
  start: number,
  end: number,
): number {
  const at = memory.reserve(end - start + SLACK)
  memory.bytes.set(levels.subarray(start, end), at)
  const count = exports.countLevels(at, end - start, level)
  memory.release(at)
  return count
}

function bytesOf(values: LeafValues, valueBytes: number | undefined, start: number, end: number): number {
  if (valueBytes !== undefined) return valueBytes * (end - start)
  return 4 * (end - start) + byteLength(values, start, end)
}

/** Pages of a column whose row starts follow from the repetition levels. */
function listPages(
  leaf: WriteLeaf,
  levels: Levels,
  values: LeafValues,
  valueBytes: number | undefined,
  { pageBytes, pageRows }: WriteSettings,
): PageRange[] {
  // Always a number: if it could be undefined, V8 would discard its compiled loop for every column chunk.
  const eachBytes = valueBytes ?? -1
  const { entries } = levels
  const definitions = levels.definitions.bytes
  const repetitions = levels.repetitions.bytes
  const pages: PageRange[] = []
  let page = { start: 0, firstValue: 0, firstRow: 0 }
  let [bytes, value, row] = [0, 0, 0]
  for (let entry = 0; entry < entries; entry++) {
    if (repetitions[entry] === 0) {
      if (bytes >= pageBytes || row - page.firstRow >= pageRows) {
        pages.push({ ...page, end: entry, lastValue: value, rows: row - page.firstRow })
        page = { start: entry, firstValue: value, firstRow: row }
        bytes = 0
      }
      row++
    }
    if (definitions[entry] === leaf.maxDefinition) {
      bytes += eachBytes < 0 ? 4 + endOf(values, value) - startOf(values, value) : eachBytes
      value++
    }
  }
  pages.push({ ...page, end: entries, lastValue: value, rows: row - page.firstRow })
  return pages
}

/** Pages of equal numbers of rows, if every row has one value and all values have the same size. */
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

/** Bytes of every value, undefined if their lengths differ. */
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
      return values.count === 0 ? 0 : endOf(values, 0) - startOf(values, 0)
  }
}

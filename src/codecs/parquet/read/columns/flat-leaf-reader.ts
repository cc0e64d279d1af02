import type { Data } from 'apache-arrow'
import type { ByteBudget } from '../bytes/byte-budget.ts'
import { byteValues, fixedValues, type Values } from '../bytes/value-buffers.ts'
import { invalid } from '../invalid.ts'
import type { ReadKernel } from '../kernel/read-kernel.ts'
import type { DataPage } from '../pages/data-page.ts'
import { bytesPerSlot, pageQueue } from '../pages/page-queue.ts'
import type { PageReader } from '../pages/page-reader.ts'
import { appendConverted } from '../schema/conversions.ts'
import type { Leaf } from '../schema/schema-shape.ts'
import { columnData, type Validity } from './column-data.ts'
import { type LeafLimits, type LeafReader, MAX_COLUMN_BYTES } from './leaf-reader.ts'
import { spread } from './spread.ts'

/** Collects the values of one batch, without nulls, and builds a column of them. */
export interface Collector {
  append(page: DataPage, present: number): void
  /** The column of `rows` rows, of which those set in the bitmap have a value. */
  finish(rows: number, bitmap: Uint8Array | undefined, firstRow: number): Data
}

const NO_LEVELS = new Uint8Array(0)

/** Reads a top-level column that is not a list: levels become the validity bitmap bit by bit, values are written directly to Arrow's buffers. */
export function flatLeafReader(
  leaf: Leaf,
  pages: PageReader,
  firstRow: number,
  collector: (rows: number) => Collector,
  held: ByteBudget,
): LeafReader {
  const queue = pageQueue(pages, held)
  let loaded = 0
  let row = firstRow
  return {
    async ahead(rows) {
      while (loaded < rows) {
        if (!(await queue.load())) throw invalid('a column has fewer values than its row group has rows')
        loaded += queue.pages.at(-1)?.left ?? 0
      }
      let fits = 0
      let bytes = 0
      for (const { page, left } of queue.pages) {
        const perSlot = bytesPerSlot(page, leaf.layout.width)
        const room = Math.floor((MAX_COLUMN_BYTES - bytes) / perSlot)
        let take = Math.min(left, rows - fits, fits === 0 ? Math.max(1, room) : room)
        if (take > 0 && page.hold !== undefined) take = await page.hold(take, left, MAX_COLUMN_BYTES - bytes)
        fits += take
        bytes += take * perSlot
        if (take < left) break
      }
      return fits
    },
    take(rows) {
      const values = collector(rows)
      const bitmap = leaf.definition > 0 ? new Uint8Array((rows + 7) >> 3) : undefined
      let filled = 0
      queue.consume(rows, (page, slots) => {
        // Pages have levels exactly where the column has a bitmap.
        values.append(page, page.definition?.readBits(bitmap as Uint8Array, filled, slots) ?? slots)
        filled += slots
      })
      const data = values.finish(rows, bitmap, row)
      loaded -= rows
      row += rows
      return { data, definitions: NO_LEVELS, repetitions: NO_LEVELS }
    },
  }
}

/** Collects values as Arrow keeps them. */
export function valuesCollector(
  leaf: Leaf,
  rows: number,
  { maxFieldBytes, maxRowBytes }: LeafLimits,
  kernel?: ReadKernel,
): Collector {
  const values = emptyValues(leaf, rows, maxRowBytes)
  let unchecked = false
  return {
    append(page, present) {
      appendValues(leaf, page, present, values)
      unchecked ||= page.dictionary?.checked !== true
    },
    finish(slots, bitmap, firstRow) {
      const validity = spreadNulls(values, slots, bitmap, kernel)
      const check = { needed: unchecked, rowOf: (slot: number) => firstRow + slot, maxFieldBytes }
      return columnData(leaf, values, validity, check, kernel)
    },
  }
}

/** Move dense values to their slots. */
export function spreadNulls(
  values: Values,
  slots: number,
  bitmap: Uint8Array | undefined,
  kernel?: ReadKernel,
): Validity {
  const nulls = slots - values.count
  if (nulls === 0 || bitmap === undefined) return { bitmap: undefined, nulls: 0 }
  spread(values, slots, bitmap, kernel)
  return { bitmap, nulls }
}

export function emptyValues(leaf: Leaf, capacity: number, maxRowBytes: number): Values {
  const { width } = leaf.layout
  return width === 0 ? byteValues(capacity, Math.max(maxRowBytes, 2 * MAX_COLUMN_BYTES)) : fixedValues(width, capacity)
}

/** Append the next `present` values of a page in Arrow's layout. */
export function appendValues(leaf: Leaf, page: DataPage, present: number, into: Values): void {
  if (present === 0) return
  if (leaf.alwaysNull) throw invalid('a column of type null holds a value')
  const { convert, physicalWidth } = leaf.layout
  if (convert === undefined || page.dictionary !== undefined || into.kind === 'bytes') {
    page.values.read(present, into)
    return
  }
  const raw = physicalWidth === 0 ? byteValues(present) : fixedValues(physicalWidth, present)
  page.values.read(present, raw)
  appendConverted(raw, into, convert)
}

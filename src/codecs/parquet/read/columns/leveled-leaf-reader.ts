import type { ByteBudget } from '../bytes/byte-budget.ts'
import type { HybridReader } from '../encodings/hybrid-reader.ts'
import { exceeded, invalid } from '../invalid.ts'
import { bytesPerSlot, pageQueue } from '../pages/page-queue.ts'
import type { PageReader } from '../pages/page-reader.ts'
import type { Leaf } from '../schema/schema-shape.ts'
import { columnData } from './column-data.ts'
import { appendValues, emptyValues } from './flat-leaf-reader.ts'
import { type LeafBatch, type LeafLimits, type LeafReader, MAX_COLUMN_BYTES } from './leaf-reader.ts'
import { spread } from './spread.ts'

const LEVELS = 4096
const MAX_SLOTS = 1 << 20

/** Levels decoded ahead of their rows. */
interface Levels {
  definitions: Uint8Array
  repetitions: Uint8Array
  count: number
  /** Indexes at which rows start; the first `rows` are known. */
  starts: Int32Array
  rows: number
}

/** Reads a column inside lists or structs: levels are decoded ahead, since only they define the ends of rows. */
export function leveledLeafReader(
  leaf: Leaf,
  pages: PageReader,
  firstRow: number,
  limits: LeafLimits,
  held: ByteBudget,
): LeafReader {
  const queue = pageQueue(pages, held)
  const levels: Levels = {
    definitions: new Uint8Array(LEVELS),
    repetitions: new Uint8Array(LEVELS),
    count: 0,
    starts: new Int32Array(LEVELS),
    rows: 0,
  }
  const scratch = new Int32Array(LEVELS)
  /** Slots of the last queued page whose levels have been decoded. */
  let decoded = 0
  let finished = false
  let bytes = 0
  let row = firstRow

  function completeRows(): number {
    return finished ? levels.rows : Math.max(0, levels.rows - 1)
  }

  /** Decode more levels; at the end of the chunk every row is complete. */
  async function more(): Promise<void> {
    let last = queue.pages.at(-1)
    if (last === undefined || decoded === last.page.slots) {
      finished = !(await queue.load())
      if (finished) return
      last = queue.pages.at(-1)
      decoded = 0
    }
    if (last === undefined) return
    const { page } = last
    const take = Math.min(LEVELS, page.slots - decoded)
    grow(levels, take)
    readLevels(page.definition, leaf.definition, take, scratch, levels.definitions, levels.count)
    readLevels(page.repetition, leaf.repetition, take, scratch, levels.repetitions, levels.count)
    for (let i = levels.count; i < levels.count + take; i++) {
      if (levels.repetitions[i] === 0) levels.starts[levels.rows++] = i
    }
    if (levels.rows === 0 || levels.starts[0] !== 0) throw invalid('a column chunk begins in the middle of a row')
    levels.count += take
    decoded += take
    bytes += take * (bytesPerSlot(page, leaf.layout.width) + 2)
  }

  /** Prepare the values of the decoded levels, in pages that are inflated piece by piece. */
  async function holdDecoded(): Promise<void> {
    for (const queued of queue.pages) {
      const { page, left } = queued
      const slots = queued === queue.pages.at(-1) ? left - (page.slots - decoded) : left
      if (slots > 0) await page.hold?.(slots, left, Number.POSITIVE_INFINITY)
    }
  }

  /** Remove and return the levels of the first `rows` rows. */
  function dropLevels(rows: number): Pick<LeafBatch, 'definitions' | 'repetitions'> {
    const end = rows < levels.rows ? (levels.starts[rows] as number) : levels.count
    const definitions = levels.definitions.slice(0, end)
    const repetitions = levels.repetitions.slice(0, end)
    levels.definitions.copyWithin(0, end, levels.count)
    levels.repetitions.copyWithin(0, end, levels.count)
    bytes = levels.count === 0 ? 0 : (bytes * (levels.count - end)) / levels.count
    levels.count -= end
    levels.rows = Math.max(0, levels.rows - rows)
    for (let i = 0; i < levels.rows; i++) levels.starts[i] = (levels.starts[i + rows] as number) - end
    return { definitions, repetitions }
  }

  return {
    async ahead(rows) {
      while (completeRows() < rows && !finished) {
        if (completeRows() > 0 && (levels.count >= MAX_SLOTS || bytes >= MAX_COLUMN_BYTES)) break
        if (levels.count * (leaf.layout.width + 2) > limits.maxRowBytes) {
          throw exceeded(`a row takes more than ${limits.maxRowBytes} bytes (limits.maxRowBytes)`)
        }
        await more()
      }
      if (completeRows() === 0 && rows > 0) throw invalid('a column has fewer rows than its row group')
      await holdDecoded()
      return Math.min(rows, completeRows())
    },
    take(rows) {
      const batch = dropLevels(rows)
      const { definitions } = batch
      const slots = definitions.length
      const values = emptyValues(leaf, 0, limits.maxRowBytes)
      let unchecked = false
      let at = 0
      queue.consume(slots, (page, count) => {
        let present = 0
        for (const end = at + count; at < end; at++) if (definitions[at] === leaf.definition) present++
        appendValues(leaf, page, present, values)
        unchecked ||= page.dictionary?.checked !== true
      })
      const validity = spreadOverSlots(leaf, definitions, values)
      const first = row
      row += rows
      const check = {
        needed: unchecked,
        rowOf: (slot: number) => first + rowOfSlot(leaf, batch, slot),
        maxFieldBytes: limits.maxFieldBytes,
      }
      return { data: columnData(leaf, values, validity, check), ...batch }
    },
  }
}

/** Move values to the existing slots, one for each element of the innermost list, with a value or null. */
function spreadOverSlots(leaf: Leaf, definitions: Uint8Array, values: ReturnType<typeof emptyValues>) {
  const present = values.count
  let slots = 0
  for (let i = 0; i < definitions.length; i++) if ((definitions[i] as number) >= leaf.slotDefinition) slots++
  if (slots === present) return { bitmap: undefined, nulls: 0 }
  const bitmap = new Uint8Array((slots + 7) >> 3)
  let slot = 0
  for (let i = 0; i < definitions.length; i++) {
    const definition = definitions[i] as number
    if (definition < leaf.slotDefinition) continue
    if (definition === leaf.definition) bitmap[slot >> 3] = (bitmap[slot >> 3] as number) | (1 << (slot & 7))
    slot++
  }
  spread(values, slots, bitmap)
  return { bitmap, nulls: slots - present }
}

function rowOfSlot(
  leaf: Leaf,
  { definitions, repetitions }: Pick<LeafBatch, 'definitions' | 'repetitions'>,
  slot: number,
): number {
  let row = -1
  let seen = 0
  for (let i = 0; i < definitions.length && seen <= slot; i++) {
    if (repetitions[i] === 0) row++
    if ((definitions[i] as number) >= leaf.slotDefinition) seen++
  }
  return row
}

function readLevels(
  reader: HybridReader | undefined,
  max: number,
  count: number,
  scratch: Int32Array,
  into: Uint8Array,
  at: number,
): void {
  if (reader === undefined) {
    into.fill(0, at, at + count)
    return
  }
  reader.read(scratch, 0, count)
  for (let i = 0; i < count; i++) {
    const level = scratch[i] as number
    if (level > max) throw invalid('a level is above the highest of its column')
    into[at + i] = level
  }
}

function grow(levels: Levels, count: number): void {
  const needed = levels.count + count
  if (needed <= levels.definitions.length) return
  const definitions = new Uint8Array(Math.max(needed, levels.definitions.length * 2))
  const repetitions = new Uint8Array(definitions.length)
  definitions.set(levels.definitions)
  repetitions.set(levels.repetitions)
  const starts = new Int32Array(definitions.length)
  starts.set(levels.starts.subarray(0, levels.rows))
  levels.starts = starts
  levels.definitions = definitions
  levels.repetitions = repetitions
}

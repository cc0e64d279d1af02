import { type Data, DataType } from 'apache-arrow'
import { type ByteSink, byteSink, reserve } from './byte-sink.ts'
import type { Step, WriteLeaf } from './file-schema.ts'
import { firstGap, nullTest, presentSlots, validityOf } from './validity.ts'
import type { WriteKernel } from './write-kernel.ts'

/** Definition and repetition levels of one leaf in one row group, one byte each. An entry is a value or represents a null. */
export interface Levels {
  readonly definitions: ByteSink
  readonly repetitions: ByteSink
  entries: number
  values: number
  /** Buffer for the slots of one batch. */
  slots: Int32Array
}

/**
 * Positions of the values of a leaf in one batch: in `slots` of `data`, in order, or in all `count` slots if `slots` is
 * undefined. Valid until the next batch.
 */
export interface LeafSlots {
  readonly data: Data
  readonly slots: Int32Array | undefined
  readonly count: number
}

/** Entries between a row and the leaf: the slot in the Arrow data of the current node, -1 once null or empty. */
interface Entries {
  readonly data: Data
  readonly slots: Int32Array
  readonly definitions: Uint8Array
  readonly repetitions: Uint8Array
}

/** Called with the row of the batch, from 0, that has a disallowed null. */
export type OnForbiddenNull = (row: number) => never

export function emptyLevels(): Levels {
  return { definitions: byteSink(), repetitions: byteSink(), entries: 0, values: 0, slots: new Int32Array(0) }
}

export function resetLevels(levels: Levels): void {
  levels.definitions.length = 0
  levels.repetitions.length = 0
  levels.entries = 0
  levels.values = 0
}

/** Append the levels of a leaf in one batch, and return the places of its values. `data` is its top-level column. */
export function appendLevels(
  kernel: WriteKernel,
  levels: Levels,
  leaf: WriteLeaf,
  data: Data,
  onNull: OnForbiddenNull,
): LeafSlots {
  const found =
    leaf.steps.length === 0 ? flatSlots(kernel, levels, leaf, data, onNull) : nestedSlots(levels, leaf, data, onNull)
  levels.values += found.count
  return found
}

function flatSlots(
  kernel: WriteKernel,
  levels: Levels,
  leaf: WriteLeaf,
  data: Data,
  onNull: OnForbiddenNull,
): LeafSlots {
  const count = data.length
  const start = levels.entries
  levels.entries += count
  const definitions = leaf.optional ? reserve(levels.definitions, count) : undefined
  if (leaf.optional) levels.definitions.length += count
  const validity = validityOf(data)
  if (validity === undefined) {
    definitions?.fill(1, start, start + count)
    return { data, slots: undefined, count }
  }
  if (levels.slots.length < count) levels.slots = new Int32Array(count)
  const { slots } = levels
  const values = presentSlots(kernel, validity.bitmap, validity.offset, count, slots, definitions, start)
  if (values < count && !leaf.optional) onNull(firstGap(slots, values))
  return { data, slots: slots.subarray(0, values), count: values }
}

function nestedSlots(levels: Levels, leaf: WriteLeaf, data: Data, onNull: OnForbiddenNull): LeafSlots {
  let entries: Entries = {
    data,
    slots: Int32Array.from({ length: data.length }, (_, i) => i),
    definitions: new Uint8Array(data.length),
    repetitions: new Uint8Array(data.length),
  }
  let depth = 0
  for (const step of leaf.steps) {
    dropNulls(entries, step.optional, onNull)
    if (step.kind === 'list') entries = expandLists(entries, ++depth)
    entries = { ...entries, data: childOf(entries.data, step) }
  }
  dropNulls(entries, leaf.optional, onNull)
  const count = entries.slots.length
  append(levels.definitions, entries.definitions, leaf.maxDefinition)
  append(levels.repetitions, entries.repetitions, leaf.maxRepetition)
  levels.entries += count
  const slots = entries.slots.filter((slot) => slot >= 0)
  return { data: entries.data, slots, count: slots.length }
}

function append(sink: ByteSink, levels: Uint8Array, max: number): void {
  if (max === 0) return
  reserve(sink, levels.length).set(levels, sink.length)
  sink.length += levels.length
}

/** Add one definition level to every entry that is not null here; the others end here. */
function dropNulls(
  { data, slots, definitions, repetitions }: Entries,
  optional: boolean,
  onNull: OnForbiddenNull,
): void {
  const isNull = nullTest(data)
  if (isNull === undefined && !optional) return
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number
    if (slot < 0) continue
    if (isNull?.(slot)) {
      if (!optional) onNull(rowAt(repetitions, i))
      slots[i] = -1
    } else if (optional) definitions[i] = (definitions[i] as number) + 1
  }
}

/** Expand to one entry per item, the first of a list at the level of its list, the others at `depth`; a null or empty list keeps one entry. */
function expandLists({ data, slots, definitions, repetitions }: Entries, depth: number): Entries {
  const range = listRanges(data)
  let total = 0
  for (const slot of slots) total += slot < 0 ? 1 : Math.max(1, range.end(slot) - range.start(slot))
  const out = {
    data,
    slots: new Int32Array(total),
    definitions: new Uint8Array(total),
    repetitions: new Uint8Array(total),
  }
  let at = 0
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number
    const definition = definitions[i] as number
    const start = slot < 0 ? 0 : range.start(slot)
    const end = slot < 0 ? 0 : range.end(slot)
    out.repetitions[at] = repetitions[i] as number
    if (start >= end) {
      out.slots[at] = -1
      out.definitions[at++] = definition
    }
    for (let item = start; item < end; item++) {
      if (item > start) out.repetitions[at] = depth
      out.slots[at] = item
      out.definitions[at++] = definition + 1
    }
  }
  return out
}

function listRanges(data: Data): { start(slot: number): number; end(slot: number): number } {
  if (DataType.isFixedSizeList(data.type)) {
    const { listSize } = data.type
    return { start: (slot) => slot * listSize, end: (slot) => (slot + 1) * listSize }
  }
  const offsets: Int32Array | BigInt64Array = data.valueOffsets
  return { start: (slot) => Number(offsets[slot]), end: (slot) => Number(offsets[slot + 1]) }
}

function childOf(data: Data, { child }: Step): Data {
  return data.children[child] as Data
}

/** The row of a row group, from 0, to which an entry belongs. */
export function rowOfEntry({ repetitions }: Levels, { maxRepetition }: WriteLeaf, entry: number): number {
  return maxRepetition === 0 ? entry : rowAt(repetitions.bytes, entry)
}

function rowAt(repetitions: Uint8Array, entry: number): number {
  let row = -1
  for (let i = 0; i <= entry; i++) if (repetitions[i] === 0) row++
  return row
}

/** The entry that holds a value: the reverse of leaving nulls out. */
export function entryOfValue({ definitions, entries }: Levels, { maxDefinition }: WriteLeaf, value: number): number {
  if (maxDefinition === 0) return value
  let seen = -1
  for (let i = 0; i < entries; i++) {
    if (definitions.bytes[i] === maxDefinition && ++seen === value) return i
  }
  return entries
}

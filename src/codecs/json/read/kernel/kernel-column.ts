import {
  BEFORE,
  BIT,
  BOOL,
  DATE,
  FIRST_SLOT,
  FLOAT64,
  INT64,
  LAST,
  LIST,
  NOTHING,
  OTHER,
  STRUCT,
  TEXT,
  TEXT_BYTES,
  TIMESTAMP_MS,
  TIMESTAMP_NS,
  TIMESTAMP_US,
  USED,
  VALIDITY,
  VALUES,
} from '../../../../../kernels/json-rows/record.ts'
import { MICROSECOND, MILLISECOND } from '../../../../internal/iso8601.ts'
import { ensureBytes, ensureSlots, fillOffsets, type JsonColumn, READ } from '../columns/json-column.ts'
import { type ColumnRecord, type RowKernel, setWord, wordAt } from './row-kernel.ts'

/** A column's part in the memory of the kernel `json-rows`. */
export interface KernelColumn {
  readonly column: JsonColumn
  /** Objects and lists around a value, the row included. */
  readonly depth: number
  /** The slot at which the call begins. */
  readonly base: number
  /** Begin a call at a slot. */
  prepare(slot: number): void
  /**
   * Copy the values of a call into the column.
   *
   * @param growth - about how many times as much the batch may still receive.
   */
  append(slot: number, slots: number, growth: number): void
}

/** A position in the tree of columns. */
interface Place {
  readonly column: JsonColumn
  readonly depth: number
  readonly isItem: boolean
  readonly record: ColumnRecord
  readonly children: KernelColumn[]
}

/** The kernel copies this many bytes at a time, so it may write as many after the text. */
const SPARE_BYTES = 16
/** Bytes reserved for items in advance. */
const MAX_ITEM_MEMORY = 4 * 1024 * 1024
/** Limit of a row's bytes below which lists are read in TypeScript, which watches their memory. */
const MIN_LIST_ROW_BYTES = 64 * 1024 * 1024

/**
 * The kernel's columns for those under the struct that represents the row, in the order of the records: parents before children.
 *
 * @param maxBytes - bytes of text that a call reads: a column's own text is no longer.
 * @returns undefined if there are too many.
 */
export function kernelColumns(
  kernel: RowKernel,
  root: JsonColumn,
  maxBytes: number,
  maxRowBytes: number,
): KernelColumn[] | undefined {
  const readsLists = maxRowBytes >= MIN_LIST_ROW_BYTES && readsAll(root)
  const columns: KernelColumn[] = []
  const places: Place[] = [{ column: root, depth: 0, isItem: false, record: kernel.root, children: [] }]
  for (const parent of places) {
    const { column: struct } = parent
    for (const column of struct.children) {
      const kind = kindOf(column, readsLists)
      const record = kernel.addColumn(parent.record, kind, column.key, column.itemBytes)
      if (record === undefined) return undefined
      const isItem = parent.isItem || struct.readAs === READ.list
      const place = { column, depth: parent.depth + 1, isItem, record, children: [] }
      const part = kernelColumn(kernel, kind, place, maxBytes)
      columns.push(part)
      parent.children.push(part)
      if (kind === STRUCT || kind === LIST) places.push(place)
    }
  }
  return columns
}

/** Test whether every list can be read by the kernel: the items of all lists together fill a batch. */
function readsAll(parent: JsonColumn): boolean {
  return parent.children.every((column) => {
    if (column.readAs === READ.list || column.readAs === READ.struct) return isPlain(column) && readsAll(column)
    return parent.readAs === READ.struct || kindOf(column, true) !== OTHER
  })
}

/** Test whether no field in a column must have a value. */
function isPlain(column: JsonColumn): boolean {
  return column.required.length === 0
}

function kernelColumn(kernel: RowKernel, kind: number, place: Place, maxBytes: number): KernelColumn {
  const { column, depth, isItem, record, children } = place
  const { memory } = kernel
  const room = isItem ? kernel.maxItems : kernel.maxRows
  const bitmapBytes = (room >> 3) + 2
  const width = valueBytes(kind)
  const values = memory.reserve(kind === BOOL ? bitmapBytes : width * (room + 1))
  const hasValidity = width > 0 || kind === BOOL || kind === STRUCT
  const validity = memory.reserve(hasValidity ? bitmapBytes : 0)
  const text = memory.reserve(kind === TEXT ? maxBytes + SPARE_BYTES : 0)
  setWord(memory, record, VALUES, values)
  setWord(memory, record, VALIDITY, validity)
  setWord(memory, record, TEXT_BYTES, text)
  let base = 0

  function appendText(growth: number): void {
    const used = wordAt(memory, record, USED)
    ensureBytes(column, used, growth)
    column.bytes.set(memory.bytes.subarray(text, text + used), column.used)
    column.used += used
  }

  function appendItems(growth: number): void {
    const used = wordAt(memory, record, USED)
    const items = column.children[0] as JsonColumn
    const needed = column.used + used
    ensureSlots(items, needed, Math.min(needed * growth, MAX_ITEM_MEMORY / column.itemBytes))
    for (const child of children) child.append(column.used, used, growth)
    column.used += used
  }

  function appendOffsets(slot: number, slots: number): void {
    const first = (values >> 2) + 1
    fillOffsets(column, slot)
    column.offsets.set(memory.words.subarray(first, first + slots), slot + 1)
    column.filled = slot + slots
  }

  function appendValues(slot: number, slots: number): void {
    const target = bytesOf(kind === FLOAT64 ? column.floats : column.ints)
    target.set(memory.bytes.subarray(values, values + slots * width), slot * width)
    memory.bytes.fill(0, values, values + slots * width)
  }

  return {
    column,
    depth,
    get base() {
      return base
    },
    prepare(slot) {
      base = slot
      setWord(memory, record, BIT, slot & 7)
      setWord(memory, record, BEFORE, column.used)
      for (const child of children) child.prepare(kind === LIST ? column.used : slot)
    },
    append(slot, slots, growth) {
      const last = wordAt(memory, record, LAST)
      if (last < 0) return
      const first = wordAt(memory, record, FIRST_SLOT)
      if (column.last < 0) column.firstSlot = first < 0 ? -1 : slot + first
      column.last = slot + last
      if (kind === STRUCT) for (const child of children) child.append(slot, slots, growth)
      else if (kind === BOOL) moveBits(memory.bytes, values, column.bits, slot, slots)
      else if (kind === TEXT || kind === LIST) {
        appendOffsets(slot, slots)
        if (kind === TEXT) appendText(growth)
        else appendItems(growth)
      } else if (width > 0) appendValues(slot, slots)
      if (hasValidity) moveBits(memory.bytes, validity, column.validity, slot, slots)
    },
  }
}

/** Append the bits of a call, the first of which shares its byte with earlier slots, and clear them. */
function moveBits(from: Uint8Array, start: number, to: Uint8Array, slot: number, rows: number): void {
  const first = slot >> 3
  const end = start + (((slot & 7) + rows + 7) >> 3)
  const shared = (to[first] as number) | (from[start] as number)
  to.set(from.subarray(start, end), first)
  to[first] = shared
  from.fill(0, start, end)
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function kindOf(column: JsonColumn, readsLists: boolean): number {
  switch (column.readAs) {
    case READ.struct:
      return isPlain(column) ? STRUCT : OTHER
    case READ.list:
      return readsLists ? LIST : OTHER
    case READ.nothing:
      return NOTHING
    case READ.string:
      return TEXT
    case READ.int64:
      return INT64
    case READ.float64:
      return FLOAT64
    case READ.bool:
      return BOOL
    case READ.date:
      return DATE
    case READ.timestamp:
      if (column.unit === MILLISECOND) return TIMESTAMP_MS
      return column.unit === MICROSECOND ? TIMESTAMP_US : TIMESTAMP_NS
    default:
      return OTHER
  }
}

/** Bytes of a value in the kernel's memory, or of an offset for text; booleans are bits. */
function valueBytes(kind: number): number {
  switch (kind) {
    case TEXT:
    case LIST:
    case DATE:
      return 4
    case INT64:
    case FLOAT64:
    case TIMESTAMP_MS:
    case TIMESTAMP_US:
    case TIMESTAMP_NS:
      return 8
    default:
      return 0
  }
}

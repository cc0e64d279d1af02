import { type Data, DataType, type Field } from 'apache-arrow'
import { grown } from '../../../../columns/builders/buffers.ts'
import { type ColumnBuilder, columnBuilder } from '../../../../columns/column-builder.ts'

/** The way a column's values are read: the branch of the row reader. */
export const READ = {
  /** No value has been seen yet; any but null is a misfit. */
  nothing: 0,
  bool: 1,
  int32: 2,
  int64: 3,
  float64: 4,
  string: 5,
  /** Values of mixed kinds, each as its JSON text without white space. */
  jsonText: 6,
  date: 7,
  timestamp: 8,
  decimal: 9,
  binary: 10,
  struct: 11,
  list: 12,
  /** Any other Arrow type: converted to a JavaScript value, for a builder of `columns`. */
  value: 13,
} as const

export type ReadAs = (typeof READ)[keyof typeof READ]

/**
 * A column under construction: one shape for every type, so that the row reader meets one hidden class. Buffers that
 * are mostly used become part of the batch when it is finished; others are copied.
 *
 * A slot is a value's index in the column. Slots may be skipped: those never written are null.
 */
export interface JsonColumn {
  readonly field: Field
  readAs: ReadAs
  /** The name, with dots between nested ones. */
  readonly path: string
  /** True if the type was pinned, not inferred. */
  readonly pinned: boolean
  /** The key as the file spells it, and its closing quote. */
  readonly key: Uint8Array
  /** The unit of a timestamp; the words, precision and scale of a decimal. */
  readonly unit: number
  readonly words: number
  readonly precision: number
  readonly scale: number
  readonly children: readonly JsonColumn[]
  readonly byName: ReadonlyMap<string, JsonColumn>
  /** Fields or items that may not be null. */
  readonly required: readonly JsonColumn[]
  readonly builder: ColumnBuilder | undefined
  /** Bytes that an item of a list occupies, independent of its value. */
  readonly itemBytes: number
  /** The column whose key is expected next in an object; of a struct, the first one. */
  next: JsonColumn | undefined
  first: JsonColumn | undefined
  /** The slot written last, -1 at the start of a batch. */
  last: number
  /** The slot written first since the batch began, if any was; -1 for the items of a list. */
  firstSlot: number
  /** The column of a batch in which it has no value: shared by all such batches, since most of many columns are empty in most batches. */
  nulls: Data | undefined
  capacity: number
  /** Slots and bytes of the previous buffers, which became part of a batch. */
  usualSlots: number
  usualBytes: number
  validity: Uint8Array
  /** Booleans as bits. */
  bits: Uint8Array
  /** 32-bit values, or the words of longer ones. */
  ints: Int32Array
  floats: Float64Array
  /** Slots whose end is in `offsets`, and the bytes or items before that end. */
  filled: number
  used: number
  offsets: Int32Array
  bytes: Uint8Array
}

export interface JsonColumnProps {
  readonly field: Field
  readonly readAs: ReadAs
  readonly path: string
  readonly key: Uint8Array
  readonly pinned?: boolean
  readonly unit?: number
  readonly words?: number
  readonly children?: readonly JsonColumn[]
}

export const NO_BYTES = new Uint8Array(0)
export const NO_INTS = new Int32Array(0)
export const NO_FLOATS = new Float64Array(0)

export function jsonColumn({
  field,
  readAs,
  path,
  key,
  pinned = false,
  unit = 0,
  words = 0,
  children = [],
}: JsonColumnProps): JsonColumn {
  const { type } = field
  const byName = new Map<string, JsonColumn>()
  if (readAs === READ.struct) {
    for (const [index, child] of children.entries()) {
      byName.set(child.field.name, child)
      child.next = children[index + 1]
    }
  }
  return {
    field,
    readAs,
    path,
    pinned,
    key,
    unit,
    words,
    precision: DataType.isDecimal(type) ? type.precision : 0,
    scale: DataType.isDecimal(type) ? type.scale : 0,
    children,
    byName,
    required: children.filter((child) => !child.field.nullable),
    builder: readAs === READ.value ? columnBuilder(type) : undefined,
    itemBytes: readAs === READ.list ? children.reduce((sum, child) => sum + slotBytes(child), 0) : 0,
    next: undefined,
    first: readAs === READ.struct ? children[0] : undefined,
    last: -1,
    firstSlot: -1,
    nulls: undefined,
    capacity: 0,
    usualSlots: 0,
    usualBytes: 0,
    validity: NO_BYTES,
    bits: NO_BYTES,
    ints: NO_INTS,
    floats: NO_FLOATS,
    filled: 0,
    used: 0,
    offsets: hasOffsets(readAs) ? new Int32Array(1) : NO_INTS,
    bytes: NO_BYTES,
  }
}

function hasOffsets(readAs: ReadAs): boolean {
  switch (readAs) {
    case READ.nothing:
    case READ.string:
    case READ.jsonText:
    case READ.binary:
    case READ.list:
      return true
    default:
      return false
  }
}

/** Bytes that a slot occupies, independent of its value. */
export function slotBytes(column: JsonColumn): number {
  switch (column.readAs) {
    case READ.struct:
      return column.children.reduce((sum, child) => sum + slotBytes(child), 1 / 8)
    case READ.float64:
    case READ.value:
      return 8
    default:
      return column.words > 0 ? 4 * column.words : 4
  }
}

/** Make all columns without a value, nested ones too, read strings from now on. */
export function acceptStrings(column: JsonColumn): void {
  if (column.readAs === READ.nothing) column.readAs = READ.string
  for (const child of column.children) acceptStrings(child)
}

/** Make room for `slots` slots, in a struct's fields too; `expected` in total, if known. */
export function ensureSlots(column: JsonColumn, slots: number, expected = 0): void {
  if (slots <= column.capacity) return
  const capacity = Math.ceil(roomFor(slots, expected, column.capacity, column.usualSlots))
  column.capacity = capacity
  column.validity = grown(column.validity, (capacity + 7) >> 3)
  if (column.words > 0) column.ints = grown(column.ints, capacity * column.words)
  else if (column.readAs === READ.bool) column.bits = grown(column.bits, (capacity + 7) >> 3)
  else if (column.readAs === READ.float64) column.floats = grown(column.floats, capacity)
  else if (column.readAs === READ.struct) for (const child of column.children) ensureSlots(child, capacity)
  else if (column.offsets.length > 0) column.offsets = grown(column.offsets, capacity + 1)
}

/** Make room for more bytes, if `growth` times the resulting number are expected in total; 0 if unknown. */
export function ensureBytes(column: JsonColumn, length: number, growth = 0): void {
  const needed = column.used + length
  if (needed <= column.bytes.length) return
  const { bytes, used } = column
  column.bytes = unwritten(Math.ceil(roomFor(needed, needed * growth, bytes.length, column.usualBytes)))
  column.bytes.set(bytes.subarray(0, used))
}

/** The initial size of a buffer, or the size to grow it to; never less than needed. @param usual - the size of the previous buffer. */
function roomFor(needed: number, expected: number, size: number, usual: number): number {
  const isFirst = size === 0 && usual >= needed
  if (expected === 0) return Math.max(needed, isFirst ? usual : size * 2, 64)
  // A batch of about the size of the previous one gets exactly that size.
  return isFirst && expected * 4 >= usual * 3 ? usual : Math.max(needed, expected)
}

/** Bytes with arbitrary content: those of a text are all written before they are read. */
function unwritten(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}

/** End every slot before `slot` where the last one ended. */
export function fillOffsets(column: JsonColumn, slot: number): void {
  if (column.filled >= slot) return
  column.offsets.fill(column.used, column.filled + 1, slot + 1)
  column.filled = slot
}

/** Set a bit, of the validity or of booleans. */
export function setValid(bits: Uint8Array, slot: number): void {
  bits[slot >> 3] = (bits[slot >> 3] as number) | (1 << (slot & 7))
}

/** Discard the slots from `from` on: the row was rejected, or is incomplete. */
export function rollback(column: JsonColumn, from: number): void {
  for (let slot = from; slot <= column.last; slot++) {
    const byte = slot >> 3
    const keep = ~(1 << (slot & 7))
    column.validity[byte] = (column.validity[byte] as number) & keep
    if (column.bits.length > 0) column.bits[byte] = (column.bits[byte] as number) & keep
  }
  if (column.last >= from) {
    if (column.floats.length > 0) column.floats.fill(0, from, column.last + 1)
    else column.ints.fill(0, from * column.words, (column.last + 1) * column.words)
  }
  if (column.filled > from) {
    column.filled = from
    column.used = column.offsets[from] as number
  }
  if (column.builder !== undefined && column.builder.length > from) column.builder.truncate(from)
  if (column.last >= from) column.last = column.firstSlot >= from ? -1 : from - 1
  if (column.last < 0) column.filled = 0
  const childFrom = column.readAs === READ.list ? column.used : from
  for (const child of column.children) rollback(child, childFrom)
}

/** The first required field of a struct, or the required item of a list, that has no value in the slot. */
export function missingChild(parent: JsonColumn, slot: number): JsonColumn | undefined {
  for (const child of parent.required) {
    if (((child.validity[slot >> 3] as number) & (1 << (slot & 7))) === 0) return child
  }
  return undefined
}

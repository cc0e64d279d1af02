import { MICROSECOND, MILLISECOND } from '../../internal/iso8601.ts'
import { ensureBytes, fillOffsets, type JsonColumn, READ } from './json-column.ts'
import {
  LAST,
  type RowKernel,
  TAKE,
  type TakeAs,
  TEXT_BEFORE,
  TEXT_BYTES,
  TEXT_USED,
  VALIDITY,
  VALUES,
} from './row-kernel.ts'

/** A column's part in the memory of the kernel `json-rows`. */
export interface KernelColumn {
  /** Begin a run. */
  prepare(): void
  /**
   * Copy what the kernel read of a run into the column, from a slot on.
   *
   * @param growth - how many times as much may come in this batch yet, about.
   */
  append(slot: number, rows: number, growth: number): void
}

/** The kernel copies so many bytes at once, so it may write as many after the text. */
const SPARE_BYTES = 16

/**
 * @param maxBytes - of text that a run reads: a column's own text takes no more.
 * @returns undefined where the kernel cannot have the column.
 */
export function kernelColumn(kernel: RowKernel, column: JsonColumn, maxBytes: number): KernelColumn | undefined {
  const { memory, maxRows } = kernel
  const kind = kindOf(column)
  const added = kernel.addColumn(kind, column.key)
  if (added === undefined) return undefined
  const record = added
  const bitmapBytes = (maxRows >> 3) + 2
  const width = valueBytes(kind)
  const hasValues = width > 0 || kind === TAKE.bool
  const values = hasValues ? memory.reserve(kind === TAKE.bool ? bitmapBytes : width * (maxRows + 1)) : 0
  const validity = hasValues ? memory.reserve(bitmapBytes) : 0
  const text = kind === TAKE.text ? memory.reserve(maxBytes + SPARE_BYTES) : 0
  memory.words[record + VALUES] = values
  memory.words[record + VALIDITY] = validity
  memory.words[record + TEXT_BYTES] = text

  function appendValues(slot: number, rows: number, growth: number): void {
    const { bytes, words } = memory
    if (kind === TAKE.text) {
      const used = words[record + TEXT_USED] as number
      fillOffsets(column, slot)
      ensureBytes(column, used, growth)
      column.bytes.set(bytes.subarray(text, text + used), column.used)
      column.offsets.set(words.subarray((values >> 2) + 1, (values >> 2) + 1 + rows), slot + 1)
      column.used += used
      column.filled = slot + rows
      return
    }
    const target = bytesOf(kind === TAKE.float64 ? column.floats : column.ints)
    target.set(bytes.subarray(values, values + rows * width), slot * width)
    bytes.fill(0, values, values + rows * width)
  }

  return {
    prepare() {
      if (kind === TAKE.text) memory.words[record + TEXT_BEFORE] = column.used
    },
    append(slot, rows, growth) {
      const { bytes, words } = memory
      const last = words[record + LAST] as number
      if (last < 0) return
      column.last = slot + last
      if (!hasValues) return
      if (kind === TAKE.bool) moveBits(bytes, values, column.bits, slot, rows)
      else appendValues(slot, rows, growth)
      moveBits(bytes, validity, column.validity, slot, rows)
    },
  }
}

/** Add the bits of a run, of which the first shares its byte with the slots before, and clear them. */
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

function kindOf({ readAs, unit }: JsonColumn): TakeAs {
  switch (readAs) {
    case READ.nothing:
      return TAKE.nothing
    case READ.string:
      return TAKE.text
    case READ.int64:
      return TAKE.int64
    case READ.float64:
      return TAKE.float64
    case READ.bool:
      return TAKE.bool
    case READ.date:
      return TAKE.date
    case READ.timestamp:
      if (unit === MILLISECOND) return TAKE.milliseconds
      return unit === MICROSECOND ? TAKE.microseconds : TAKE.nanoseconds
    default:
      return TAKE.other
  }
}

/** Bytes of a value in the kernel's memory, of an offset where it is text; booleans are bits. */
function valueBytes(kind: TakeAs): number {
  switch (kind) {
    case TAKE.text:
    case TAKE.date:
      return 4
    case TAKE.int64:
    case TAKE.float64:
    case TAKE.milliseconds:
    case TAKE.microseconds:
    case TAKE.nanoseconds:
      return 8
    default:
      return 0
  }
}

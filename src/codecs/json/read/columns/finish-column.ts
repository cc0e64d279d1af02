import type { Data } from 'apache-arrow'
import { countBits } from '../../../../columns/bits.ts'
import { columnData } from '../../../../columns/builders/buffers.ts'
import type { ColumnBuilder } from '../../../../columns/column-builder.ts'
import { ensureSlots, fillOffsets, type JsonColumn, NO_BYTES, NO_FLOATS, NO_INTS, READ } from './json-column.ts'

/** Finish the column of the first `slots` slots; its buffers can then be reused. */
export function finishColumn(column: JsonColumn, slots: number): Data {
  if (column.last >= 0) return finishWritten(column, slots)
  if (column.nulls?.length !== slots) column.nulls = finishWritten(column, slots)
  return column.nulls
}

function finishWritten(column: JsonColumn, slots: number): Data {
  const { type } = column.field
  ensureSlots(column, slots)
  const validity = finishValidity(column, slots)
  column.last = -1
  switch (column.readAs) {
    case READ.value: {
      const builder = column.builder as ColumnBuilder
      while (builder.length < slots) builder.appendNull()
      return builder.finish()
    }
    case READ.struct:
      reserveAgain(column)
      return columnData(type, slots, { validity, children: column.children.map((child) => finishColumn(child, slots)) })
    case READ.list: {
      const items = column.children[0] as JsonColumn
      const used = column.used
      const valueOffsets = finishOffsets(column, slots)
      return columnData(type, slots, { validity, valueOffsets, children: [finishColumn(items, used)] })
    }
    case READ.bool:
      return columnData(type, slots, { validity, values: movedBytes(column.bits, (slots + 7) >> 3) })
    case READ.float64: {
      const { floats } = column
      if (isMostlyUsed(floats, slots)) column.floats = replaced(column, NO_FLOATS)
      return columnData(type, slots, { validity, values: finishValues(floats, slots) })
    }
    case READ.nothing:
    case READ.string:
    case READ.jsonText:
    case READ.binary: {
      const values = finishText(column)
      return columnData(type, slots, { validity, valueOffsets: finishOffsets(column, slots), values })
    }
    default:
      return columnData(type, slots, { validity, values: finishInts(column, slots) })
  }
}

function finishInts(column: JsonColumn, slots: number): Int32Array | Uint32Array | BigInt64Array {
  const { ints } = column
  const length = slots * column.words
  if (isMostlyUsed(ints, length)) column.ints = replaced(column, NO_INTS)
  const { buffer, byteOffset } = finishValues(ints, length)
  if (column.words === 1) return new Int32Array(buffer, byteOffset, length)
  if (column.words === 2) return new BigInt64Array(buffer, byteOffset, slots)
  return new Uint32Array(buffer, byteOffset, length)
}

function finishText(column: JsonColumn): Uint8Array {
  const { bytes, used } = column
  if (!isMostlyUsed(bytes, used)) return bytes.slice(0, used)
  column.bytes = NO_BYTES
  column.usualBytes = bytes.length
  return bytes.subarray(0, used)
}

function finishOffsets(column: JsonColumn, slots: number): Int32Array {
  fillOffsets(column, slots)
  column.filled = 0
  column.used = 0
  const { offsets } = column
  if (!isMostlyUsed(offsets, slots + 1)) return offsets.slice(0, slots + 1)
  column.offsets = replaced(column, new Int32Array(1))
  return offsets.subarray(0, slots + 1)
}

/** Test whether a buffer becomes part of the batch without a copy, because little of it is wasted. */
function isMostlyUsed({ length }: { readonly length: number }, used: number): boolean {
  return used * 4 >= length * 3
}

/** Replace a buffer that became part of a batch by an empty one, until the column has a slot to fill again. */
function replaced<A>(column: JsonColumn, empty: A): A {
  reserveAgain(column)
  return empty
}

/** Mark a column and its fields so that capacity is reserved again before the next slot is filled. */
export function reserveAgain(column: JsonColumn): void {
  if (column.capacity > 0) column.usualSlots = column.capacity
  column.capacity = 0
}

function finishValues<A extends Int32Array | Float64Array>(values: A, length: number): A {
  if (isMostlyUsed(values, length)) return values.subarray(0, length) as A
  const copy = values.slice(0, length) as A
  values.fill(0, 0, length)
  return copy
}

function movedBytes(bytes: Uint8Array, length: number): Uint8Array {
  const copy = bytes.slice(0, length)
  bytes.fill(0, 0, length)
  return copy
}

function finishValidity(column: JsonColumn, slots: number): { bitmap: Uint8Array; nullCount: number } {
  const bitmap = movedBytes(column.validity, (slots + 7) >> 3)
  const nullCount = slots - countValid(bitmap)
  return nullCount === 0 ? { bitmap: NO_BYTES, nullCount } : { bitmap, nullCount }
}

/** Count set bits; most words are full. */
function countValid(bitmap: Uint8Array): number {
  const words = new Int32Array(bitmap.buffer, 0, bitmap.length >> 2)
  let count = 0
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as number
    count += word === -1 ? 32 : bitsOfWord(word)
  }
  return count + countBits(bitmap.subarray(4 * words.length), 8 * (bitmap.length & 3))
}

/** Adjacent groups of one, two and four bits are added, then all bytes (Warren, "Hacker's Delight", 5-1). */
function bitsOfWord(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

import type { Data } from 'apache-arrow'
import { columnData } from '../../columns/builders/buffers.ts'
import type { ColumnBuilder } from '../../columns/column-builder.ts'
import { ensureSlots, fillOffsets, type JsonColumn, READ } from './json-column.ts'

const NO_BYTES = new Uint8Array(0)

/** The column of the first `slots` slots, whose buffers are then as good as new. */
export function takeColumn(column: JsonColumn, slots: number): Data {
  if (column.last >= 0) return takeWritten(column, slots)
  if (column.nulls?.length !== slots) column.nulls = takeWritten(column, slots)
  return column.nulls
}

function takeWritten(column: JsonColumn, slots: number): Data {
  const { type } = column.field
  ensureSlots(column, slots)
  const validity = takeValidity(column, slots)
  column.last = -1
  switch (column.readAs) {
    case READ.value: {
      const builder = column.builder as ColumnBuilder
      while (builder.length < slots) builder.appendNull()
      return builder.finish()
    }
    case READ.struct:
      return columnData(type, slots, { validity, children: column.children.map((child) => takeColumn(child, slots)) })
    case READ.list: {
      const items = column.children[0] as JsonColumn
      const used = column.used
      const valueOffsets = takeOffsets(column, slots)
      return columnData(type, slots, { validity, valueOffsets, children: [takeColumn(items, used)] })
    }
    case READ.bool:
      return columnData(type, slots, { validity, values: takeBytes(column.bits, (slots + 7) >> 3) })
    case READ.float64: {
      const { floats } = column
      if (isMostlyUsed(floats, slots)) column.floats = new Float64Array(floats.length)
      const values = takeValues(floats, slots)
      return columnData(type, slots, { validity, values })
    }
    case READ.nothing:
    case READ.string:
    case READ.jsonText:
    case READ.binary: {
      const values = takeText(column)
      return columnData(type, slots, { validity, valueOffsets: takeOffsets(column, slots), values })
    }
    default:
      return columnData(type, slots, { validity, values: takeInts(column, slots) })
  }
}

function takeInts(column: JsonColumn, slots: number): Int32Array | Uint32Array | BigInt64Array {
  const { ints } = column
  const length = slots * column.words
  if (isMostlyUsed(ints, length)) column.ints = new Int32Array(ints.length)
  const { buffer, byteOffset } = takeValues(ints, length)
  if (column.words === 1) return new Int32Array(buffer, byteOffset, length)
  if (column.words === 2) return new BigInt64Array(buffer, byteOffset, slots)
  return new Uint32Array(buffer, byteOffset, length)
}

function takeText(column: JsonColumn): Uint8Array {
  const { bytes, used } = column
  if (!isMostlyUsed(bytes, used)) return bytes.slice(0, used)
  column.bytes = new Uint8Array(bytes.length)
  column.bytesView = new DataView(column.bytes.buffer)
  return bytes.subarray(0, used)
}

function takeOffsets(column: JsonColumn, slots: number): Int32Array {
  fillOffsets(column, slots)
  column.filled = 0
  column.used = 0
  const { offsets } = column
  if (!isMostlyUsed(offsets, slots + 1)) return offsets.slice(0, slots + 1)
  column.offsets = new Int32Array(offsets.length)
  return offsets.subarray(0, slots + 1)
}

/** Whether a buffer goes into the batch as it is, and the column gets another: little of it is wasted. */
function isMostlyUsed({ length }: { readonly length: number }, used: number): boolean {
  return used * 4 >= length * 3
}

function takeValues<A extends Int32Array | Float64Array>(values: A, length: number): A {
  if (isMostlyUsed(values, length)) return values.subarray(0, length) as A
  const taken = values.slice(0, length) as A
  values.fill(0, 0, length)
  return taken
}

function takeBytes(bytes: Uint8Array, length: number): Uint8Array {
  const taken = bytes.slice(0, length)
  bytes.fill(0, 0, length)
  return taken
}

function takeValidity(column: JsonColumn, slots: number): { bitmap: Uint8Array; nullCount: number } {
  const bitmap = takeBytes(column.validity, (slots + 7) >> 3)
  let valid = 0
  for (let byte = 0; byte < bitmap.length; byte++) valid += BITS[bitmap[byte] as number] as number
  return valid === slots ? { bitmap: NO_BYTES, nullCount: 0 } : { bitmap, nullCount: slots - valid }
}

const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0
  for (let rest = byte; rest > 0; rest &= rest - 1) count++
  return count
})

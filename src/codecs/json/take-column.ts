import type { Data } from 'apache-arrow'
import { columnData } from '../../columns/builders/buffers.ts'
import type { ColumnBuilder } from '../../columns/column-builder.ts'
import { ensureSlots, fillOffsets, type JsonColumn, READ } from './json-column.ts'

const NO_BYTES = new Uint8Array(0)

/** The column of the first `slots` slots, copied out of the buffers, which are then as good as new. */
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
      const values = column.floats.slice(0, slots)
      column.floats.fill(0, 0, slots)
      return columnData(type, slots, { validity, values })
    }
    case READ.nothing:
    case READ.string:
    case READ.jsonText:
    case READ.binary: {
      const values = column.bytes.slice(0, column.used)
      return columnData(type, slots, { validity, valueOffsets: takeOffsets(column, slots), values })
    }
    default:
      return columnData(type, slots, { validity, values: takeInts(column, slots) })
  }
}

function takeInts(column: JsonColumn, slots: number): Int32Array | Uint32Array | BigInt64Array {
  const ints = column.ints.slice(0, slots * column.words)
  column.ints.fill(0, 0, ints.length)
  if (column.words === 1) return ints
  return column.words === 2 ? new BigInt64Array(ints.buffer) : new Uint32Array(ints.buffer)
}

function takeOffsets(column: JsonColumn, slots: number): Int32Array {
  fillOffsets(column, slots)
  column.filled = 0
  column.used = 0
  return column.offsets.slice(0, slots + 1)
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

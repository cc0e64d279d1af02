import { type Data, DataType, type RecordBatch } from 'apache-arrow'
import { countBits } from './bits.ts'
import { type ColumnParts, columnData, type ValueArray } from './builders/buffers.ts'
import { directGather, type Gather, takeOffsets } from './gather.ts'
import { checkedOffset, itemsOf, layoutOf, offsetsOf, storedOffsets } from './layout.ts'
import { recordBatch } from './record-batch.ts'
import { itemCount, itemRuns, type RowRanges, rowRangesOf, scaledRuns } from './row-ranges.ts'

/**
 * Gather rows by index, in order. If all rows are kept in order, the batch itself is returned.
 *
 * @param indices - row indices from 0; the first `count` are used.
 */
export function gatherRows(batch: RecordBatch, indices: Int32Array, count: number): RecordBatch {
  return gatherRanges(batch, rowRangesOf(indices, count))
}

/**
 * Gather rows by ranges; a single range of all rows returns the batch itself.
 *
 * @param gather - the copy functions.
 */
export function gatherRanges(batch: RecordBatch, runs: RowRanges, gather?: Gather): RecordBatch {
  if (runs.rows === batch.numRows && runs.count <= 1) return batch
  return recordBatch(batch.schema, gatherColumns(batch.data.children, runs, gather), runs.rows)
}

export function gatherColumns(columns: readonly Data[], runs: RowRanges, gather?: Gather): Data[] {
  return columns.map((column) => takeColumn(column, runs, gather))
}

/** Gather one column's values by ranges of rows. Nested columns use the ranges of their children; dictionaries are shared. */
export function takeColumn(data: Data, runs: RowRanges, gather = directGather): Data {
  const validity = takeValidity(data, runs, gather)
  return columnData(data.type, runs.rows, { validity, ...takeParts(data, runs, gather) })
}

function takeParts(data: Data, runs: RowRanges, gather: Gather): ColumnParts {
  const layout = layoutOf(data.type)
  switch (layout) {
    case 'null':
      return { validity: { bitmap: NO_BITS, nullCount: runs.rows } }
    case 'bool':
      return { values: takeBits(data.values, data.offset, runs, gather) }
    case 'fixed':
    case 'view':
      return { values: takeFixed(data.values, data.stride, runs, gather), variadicBuffers: data.variadicBuffers }
    case 'dictionary':
      return {
        values: takeFixed(data.values, 1, runs, gather),
        ...(data.dictionary && { dictionary: data.dictionary }),
      }
    case 'bytes':
      return takeText(data, runs, gather)
    case 'list': {
      const offsets = offsetsOf(data)
      const items = itemRuns(runs, offsets)
      checkedOffset(items.rows)
      const taken = new Int32Array(runs.rows + 1)
      takeOffsets(offsets, runs, taken)
      return { valueOffsets: storedOffsets(data.type, taken), children: [takeColumn(itemsOf(data), items, gather)] }
    }
    case 'fixedList':
      return { children: gatherColumns(data.children, scaledRuns(runs, data.stride), gather) }
    case 'struct':
      return { children: gatherColumns(data.children, runs, gather) }
  }
}

const NO_BITS = new Uint8Array(0)

function takeValidity(data: Data, runs: RowRanges, gather: Gather): { bitmap: Uint8Array; nullCount: number } {
  if (DataType.isNull(data.type) || data.nullCount === 0) return { bitmap: NO_BITS, nullCount: 0 }
  const bitmap = takeBits(data.nullBitmap, data.offset, runs, gather)
  return { bitmap, nullCount: runs.rows - countBits(bitmap, runs.rows) }
}

function takeBits(from: Uint8Array, offset: number, runs: RowRanges, gather: Gather): Uint8Array {
  const bits = new Uint8Array((runs.rows + 7) >> 3)
  gather.bits(from, offset, runs, bits)
  return bits
}

function takeFixed(values: ValueArray, stride: number, runs: RowRanges, gather: Gather): ValueArray {
  const out = new (values.constructor as new (length: number) => ValueArray)(runs.rows * stride)
  gather.fixed(values, stride, runs, out)
  return out
}

function takeText(data: Data, runs: RowRanges, gather: Gather): ColumnParts {
  const offsets = offsetsOf(data)
  const values = new Uint8Array(checkedOffset(itemCount(runs, offsets)))
  const taken = new Int32Array(runs.rows + 1)
  gather.text(data.values, offsets, runs, values, taken)
  return { valueOffsets: storedOffsets(data.type, taken), values }
}

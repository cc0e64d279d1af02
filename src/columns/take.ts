import { type Data, DataType, type RecordBatch } from 'apache-arrow'
import { copyBits, countBits } from './bits.ts'
import { type ColumnParts, columnData, type ValueArray } from './builders/buffers.ts'
import { checkedOffset, itemsOf, layoutOf, offsetsOf, storedOffsets } from './layout.ts'
import { recordBatch } from './record-batch.ts'
import { itemRuns, type Runs, runsOf, scaledRuns } from './runs.ts'

/** Shorter ranges are copied by a loop, since a call to `set` costs as much as some dozen elements. */
const SHORT_RUN = 32

/**
 * The rows of these indices, in their order. A batch of which every row is taken in order is given back as it is.
 *
 * @param indices - rows from 0; the first `count` are used.
 */
export function takeRows(batch: RecordBatch, indices: Int32Array, count: number): RecordBatch {
  return takeRuns(batch, runsOf(indices, count))
}

/** The rows in these ranges; the batch itself where it is one range of all. */
export function takeRuns(batch: RecordBatch, runs: Runs): RecordBatch {
  if (runs.rows === batch.numRows && runs.count <= 1) return batch
  return recordBatch(batch.schema, takeColumns(batch.data.children, runs), runs.rows)
}

export function takeColumns(columns: readonly Data[], runs: Runs): Data[] {
  return columns.map((column) => takeColumn(column, runs))
}

/** One column's values in these ranges of rows. Nested columns take the ranges of their children; dictionaries are shared. */
export function takeColumn(data: Data, runs: Runs): Data {
  return columnData(data.type, runs.rows, { validity: takeValidity(data, runs), ...takeParts(data, runs) })
}

function takeParts(data: Data, runs: Runs): ColumnParts {
  const layout = layoutOf(data.type)
  switch (layout) {
    case 'null':
      return { validity: { bitmap: NO_BITS, nullCount: runs.rows } }
    case 'bool':
      return { values: takeBits(data.values, data.offset, runs) }
    case 'fixed':
    case 'view':
      return { values: takeFixed(data.values, data.stride, runs), variadicBuffers: data.variadicBuffers }
    case 'dictionary':
      return { values: takeFixed(data.values, 1, runs), ...(data.dictionary && { dictionary: data.dictionary }) }
    case 'bytes': {
      const from = offsetsOf(data)
      const offsets = takeOffsets(from, runs)
      return { valueOffsets: storedOffsets(data.type, offsets), values: takeBytes(data.values, from, runs, offsets) }
    }
    case 'list': {
      const from = offsetsOf(data)
      const valueOffsets = storedOffsets(data.type, takeOffsets(from, runs))
      return { valueOffsets, children: [takeColumn(itemsOf(data), itemRuns(runs, from))] }
    }
    case 'fixedList':
      return { children: takeColumns(data.children, scaledRuns(runs, data.stride)) }
    case 'struct':
      return { children: takeColumns(data.children, runs) }
  }
}

const NO_BITS = new Uint8Array(0)

function takeValidity(data: Data, runs: Runs): { bitmap: Uint8Array; nullCount: number } {
  if (DataType.isNull(data.type) || data.nullCount === 0) return { bitmap: NO_BITS, nullCount: 0 }
  const bitmap = takeBits(data.nullBitmap, data.offset, runs)
  return { bitmap, nullCount: runs.rows - countBits(bitmap, runs.rows) }
}

function takeBits(from: Uint8Array, offset: number, runs: Runs): Uint8Array {
  const bits = new Uint8Array((runs.rows + 7) >> 3)
  let at = 0
  for (let run = 0; run < runs.count; run++) {
    const length = runs.lengths[run] as number
    copyBits(from, offset + (runs.starts[run] as number), length, bits, at)
    at += length
  }
  return bits
}

/** `stride` elements a row. Elements of 8 bytes move as two of 4: a NaN keeps its bits, and no bigint is made. */
function takeFixed(values: ValueArray, stride: number, runs: Runs): ValueArray {
  const out = new (values.constructor as new (length: number) => ValueArray)(runs.rows * stride)
  if (values.BYTES_PER_ELEMENT === 8) takeElements(asWords(values), stride * 2, runs, asWords(out))
  else takeElements(values as Int32Array, stride, runs, out as Int32Array)
  return out
}

function asWords({ buffer, byteOffset, byteLength }: ValueArray): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >> 2)
}

function takeElements(values: Int32Array, stride: number, runs: Runs, out: Int32Array): void {
  let at = 0
  for (let run = 0; run < runs.count; run++) {
    const start = (runs.starts[run] as number) * stride
    const length = (runs.lengths[run] as number) * stride
    if (length > SHORT_RUN) out.set(values.subarray(start, start + length), at)
    else for (let index = 0; index < length; index++) out[at + index] = values[start + index] as number
    at += length
  }
}

function takeOffsets(offsets: ArrayLike<number>, runs: Runs): Int32Array {
  const out = new Int32Array(runs.rows + 1)
  let at = 0
  for (let run = 0; run < runs.count; run++) {
    const start = runs.starts[run] as number
    const end = start + (runs.lengths[run] as number)
    const shift = (out[at] as number) - (offsets[start] as number)
    checkedOffset((offsets[end] as number) + shift)
    for (let row = start + 1; row <= end; row++) out[++at] = (offsets[row] as number) + shift
  }
  return out
}

function takeBytes(values: Uint8Array, offsets: ArrayLike<number>, runs: Runs, taken: Int32Array): Uint8Array {
  const out = new Uint8Array(taken[runs.rows] as number)
  let at = 0
  for (let run = 0; run < runs.count; run++) {
    const row = runs.starts[run] as number
    const start = offsets[row] as number
    const length = (offsets[row + (runs.lengths[run] as number)] as number) - start
    if (length > SHORT_RUN) out.set(values.subarray(start, start + length), at)
    else for (let index = 0; index < length; index++) out[at + index] = values[start + index] as number
    at += length
  }
  return out
}

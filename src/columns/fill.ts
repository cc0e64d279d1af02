import { type Data, DataType, type Dictionary } from 'apache-arrow'
import { columnData, type ValueArray } from './builders/buffers.ts'
import { concatColumns, singleChunk } from './concat.ts'
import { checkedOffset, layoutOf, offsetsOf, storedOffsets } from './layout.ts'
import { runsOf } from './runs.ts'
import { takeColumn } from './take.ts'
import { isValid } from './validity.ts'

/** The rows in which a column has no value, NaN counting as none. */
export function missingRows(data: Data): Int32Array {
  const { type, length, nullBitmap, offset, values } = data
  if (DataType.isNull(type)) return Int32Array.from({ length }, (_, row) => row)
  if (DataType.isDictionary(type)) return missingEntries(data, type)
  const hasNulls = data.nullCount > 0
  const isFloat = DataType.isFloat(type) && !(values instanceof Uint16Array)
  if (!hasNulls && !isFloat) return new Int32Array(0)
  const rows = new Int32Array(length)
  let count = 0
  for (let row = 0; row < length; row++) {
    const isMissing = (hasNulls && !isValid(nullBitmap, offset + row)) || (isFloat && Number.isNaN(values[row]))
    if (isMissing) rows[count++] = row
  }
  return rows.subarray(0, count)
}

/** Rows that have no entry of their dictionary, or one that is no value. */
function missingEntries(data: Data, type: Dictionary): Int32Array {
  const { length, nullBitmap, offset, values } = data
  const entries = singleChunk(data.dictionary, type.dictionary)
  const isGone = new Uint8Array(entries.length)
  for (const entry of missingRows(entries)) isGone[entry] = 1
  const hasNulls = data.nullCount > 0
  const rows = new Int32Array(length)
  let count = 0
  for (let row = 0; row < length; row++) {
    const isMissing = (hasNulls && !isValid(nullBitmap, offset + row)) || isGone[Number(values[row])] === 1
    if (isMissing) rows[count++] = row
  }
  return rows.subarray(0, count)
}

/** The column with values in its {@link missingRows}: one for all of them, or one for each, in order. */
export function replaceRows(data: Data, rows: Int32Array, fills: Data): Data {
  if (rows.length === 0) return data
  const step = fills.length === 1 ? 0 : 1
  const layout = layoutOf(data.type)
  if (layout === 'fixed' && fills.nullCount === 0) return replaceFixed(data, rows, fills, step)
  if (layout === 'bytes' && fills.nullCount === 0) return replaceBytes(data, rows, fills, step)
  const indices = new Int32Array(data.length)
  for (let row = 0; row < indices.length; row++) indices[row] = row
  for (let at = 0; at < rows.length; at++) indices[rows[at] as number] = data.length + at * step
  return takeColumn(concatColumns(data.type, [data, fills]), runsOf(indices, indices.length))
}

/** Every missing row gets a value, so what is left has none missing. */
function replaceFixed({ type, values, stride, length }: Data, rows: Int32Array, fills: Data, step: number): Data {
  const out: ValueArray = values.slice(0, length * stride)
  const from: ValueArray = fills.values
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number
    for (let part = 0; part < stride; part++) out[row * stride + part] = from[at * step * stride + part] as never
  }
  return columnData(type, length, { values: out })
}

/** The same for columns with offsets: what lies between two replaced rows is copied in one piece. */
function replaceBytes(data: Data, rows: Int32Array, fills: Data, step: number): Data {
  const from = offsetsOf(data)
  const fillOffsets = offsetsOf(fills)
  const offsets = new Int32Array(data.length + 1)
  let at = 0
  let fill = 0
  for (let row = 0; row < data.length; row++) {
    const isReplaced = row === rows[fill]
    const source = isReplaced ? fillOffsets : from
    const place = isReplaced ? fill++ * step : row
    at += (source[place + 1] as number) - (source[place] as number)
    offsets[row + 1] = at
  }
  const values = new Uint8Array(checkedOffset(at))
  let next = 0
  for (let at = 0; at <= rows.length; at++) {
    const row = rows[at] ?? data.length
    values.set(data.values.subarray(from[next] as number, from[row] as number), offsets[next] as number)
    next = row + 1
    if (row === data.length) break
    const place = at * step
    values.set(
      fills.values.subarray(fillOffsets[place] as number, fillOffsets[place + 1] as number),
      offsets[row] as number,
    )
  }
  return columnData(data.type, data.length, { valueOffsets: storedOffsets(data.type, offsets), values })
}

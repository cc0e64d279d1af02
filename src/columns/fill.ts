import { type Data, DataType, type Dictionary } from 'apache-arrow'
import { columnData, type ValueArray } from './builders/buffers.ts'
import { concatColumns, singleChunk } from './concat.ts'
import { asWords, copyElements } from './gather.ts'
import { takeColumn } from './gather-rows.ts'
import { checkedOffset, layoutOf, offsetsOf, storedOffsets } from './layout.ts'
import { rowRangesOf } from './row-ranges.ts'
import { isValid } from './validity.ts'

/** The rows in which a column has no value; NaN counts as missing. */
export function missingRows(data: Data): Int32Array {
  const { type, length, values } = data
  if (DataType.isNull(type)) return Int32Array.from({ length }, (_, row) => row)
  if (DataType.isDictionary(type)) return missingEntries(data, type)
  // Half floats are stored as integers.
  const isFloat = DataType.isFloat(type) && !(values instanceof Uint16Array)
  return isFloat && hasNaN(values, length) ? nullOrNaNRows(data) : nullRows(data)
}

function hasNaN(values: Float64Array | Float32Array, length: number): boolean {
  for (let row = 0; row < length; row++) if (Number.isNaN(values[row])) return true
  return false
}

function nullOrNaNRows({ length, nullCount, nullBitmap, offset, values }: Data): Int32Array {
  const rows = new Int32Array(length)
  let count = 0
  for (let row = 0; row < length; row++) {
    if ((nullCount > 0 && !isValid(nullBitmap, offset + row)) || Number.isNaN(values[row])) rows[count++] = row
  }
  return rows.slice(0, count)
}

/** Skip bytes of all ones, the most frequent in a bitmap. */
function nullRows(data: Data, room = data.nullCount): Int32Array {
  const { length, nullBitmap, offset } = data
  const rows = new Int32Array(room)
  if (room === 0) return rows
  const shift = offset & 7
  let count = 0
  for (let row = 0, byte = offset >> 3; row < length; row += 8, byte++) {
    const bits = shift === 0 ? (nullBitmap[byte] as number) : twoBytes(nullBitmap, byte) >> shift
    let missing = ~bits & (length - row < 8 ? (1 << (length - row)) - 1 : 0xff)
    for (; missing !== 0; missing &= missing - 1) rows[count++] = row + 31 - Math.clz32(missing & -missing)
  }
  // The bitmap is correct even if its null count is not.
  if (count > room) return nullRows(data, count)
  return count === room ? rows : rows.slice(0, count)
}

function twoBytes(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
}

/** Rows without a dictionary entry, or whose entry is missing. */
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

/** Fill the {@link missingRows} of a column: with one value for all, or one for each, in order. */
export function replaceRows(data: Data, rows: Int32Array, fills: Data): Data {
  if (rows.length === 0) return data
  const step = fills.length === 1 ? 0 : 1
  const layout = layoutOf(data.type)
  if (layout === 'fixed' && fills.nullCount === 0) return replaceFixed(data, rows, fills, step)
  if (layout === 'bytes' && fills.nullCount === 0) return replaceBytes(data, rows, fills, step)
  const indices = new Int32Array(data.length)
  for (let row = 0; row < indices.length; row++) indices[row] = row
  for (let at = 0; at < rows.length; at++) indices[rows[at] as number] = data.length + at * step
  return takeColumn(concatColumns(data.type, [data, fills]), rowRangesOf(indices, indices.length))
}

/** Every missing row gets a value, so the result has none missing. */
function replaceFixed({ type, values, stride, length }: Data, rows: Int32Array, fills: Data, step: number): Data {
  const out: ValueArray = values.slice(0, length * stride)
  if (values.BYTES_PER_ELEMENT === 8) replaceElements(asWords(out), rows, asWords(fills.values), stride * 2, step)
  else replaceElements(out as Int32Array, rows, fills.values, stride, step)
  return columnData(type, length, { values: out })
}

function replaceElements(out: Int32Array, rows: Int32Array, from: Int32Array, width: number, step: number): void {
  for (let index = 0; index < rows.length; index++) {
    const at = (rows[index] as number) * width
    for (let part = 0; part < width; part++) out[at + part] = from[index * step * width + part] as number
  }
}

/** The same for columns with offsets: values between two replaced rows are copied together. */
function replaceBytes(data: Data, rows: Int32Array, fills: Data, step: number): Data {
  const from = offsetsOf(data)
  const fillOffsets = offsetsOf(fills)
  const offsets = new Int32Array(data.length + 1)
  let row = 0
  let end = 0
  for (let index = 0; index <= rows.length; index++) {
    const next = rows[index] ?? data.length
    const shift = end - (from[row] as number)
    for (; row < next; row++) offsets[row + 1] = (from[row + 1] as number) + shift
    end = (from[row] as number) + shift
    if (row === data.length) break
    const place = index * step
    end += (fillOffsets[place + 1] as number) - (fillOffsets[place] as number)
    offsets[++row] = end
  }
  const values = new Uint8Array(checkedOffset(end))
  row = 0
  for (let index = 0; index <= rows.length; index++) {
    const next = rows[index] ?? data.length
    const start = from[row] as number
    copyElements(data.values as Uint8Array, start, (from[next] as number) - start, values, offsets[row] as number)
    if (next === data.length) break
    const fill = fillOffsets[index * step] as number
    const length = (fillOffsets[index * step + 1] as number) - fill
    copyElements(fills.values as Uint8Array, fill, length, values, offsets[next] as number)
    row = next + 1
  }
  return columnData(data.type, data.length, { valueOffsets: storedOffsets(data.type, offsets), values })
}

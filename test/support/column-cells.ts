import { type Data, DataType, type RecordBatch, type Table } from 'apache-arrow'
import type { Cell } from './arbitrary-table.ts'

/** The cells of a column, read bit by bit as Arrow's format says: the other way round than `dataOf` of `arbitrary-table`. */
export function columnCells(data: Data): Cell[] {
  return Array.from({ length: data.length }, (_, row) => cellAt(data, row))
}

/** The cells of some batches, row by row. */
export function rowCells(batches: readonly RecordBatch[]): Cell[][] {
  return batches.flatMap((batch) => {
    const columns = batch.data.children.map(columnCells)
    return Array.from({ length: batch.numRows }, (_, row) => columns.map((cells) => cells[row] as Cell))
  })
}

export function tableCells(table: Table): Cell[][] {
  return rowCells(table.batches)
}

function cellAt(data: Data, row: number): Cell {
  const { type, values, offset, children } = data
  if (DataType.isNull(type)) return null
  if (data.nullCount > 0 && !bitAt(data.nullBitmap, offset + row)) return null
  if (DataType.isBool(type)) return bitAt(values, offset + row)
  if (DataType.isDictionary(type)) return dictionaryCell(data, Number(values[row]))
  if (DataType.isStruct(type)) {
    return Object.fromEntries(type.children.map(({ name }, i) => [name, cellAt(children[i] as Data, row)]))
  }
  if (DataType.isFixedSizeList(type)) return range(children[0] as Data, row * type.listSize, (row + 1) * type.listSize)
  if (DataType.isFixedSizeBinary(type))
    return Uint8Array.from(values.subarray(row * type.byteWidth, (row + 1) * type.byteWidth))
  if (DataType.isDecimal(type)) return decimalCell(values.subarray(row * data.stride, (row + 1) * data.stride))
  if (data.valueOffsets === undefined) return values[row]
  const [start, end] = [Number(data.valueOffsets[row]), Number(data.valueOffsets[row + 1])]
  if (DataType.isUtf8(type)) return Buffer.from(values.subarray(start, end)).toString('utf8')
  if (DataType.isBinary(type)) return Uint8Array.from(values.subarray(start, end))
  const items = range(children[0] as Data, start, end)
  return DataType.isMap(type) ? items.map((entry) => Object.values(entry as object) as Cell[]) : items
}

function dictionaryCell(data: Data, index: number): Cell {
  let rest = index
  for (const chunk of data.dictionary?.data ?? []) {
    if (rest < chunk.length) return cellAt(chunk, rest)
    rest -= chunk.length
  }
  throw new Error(`no dictionary value ${index}`)
}

function range(data: Data, start: number, end: number): Cell[] {
  return Array.from({ length: end - start }, (_, index) => cellAt(data, start + index))
}

function decimalCell(words: Uint32Array): bigint {
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)
  return BigInt.asIntN(words.length * 32, unsigned)
}

function bitAt(bits: Uint8Array, index: number): boolean {
  return (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1
}

import {
  type Data,
  type DataType,
  type Dictionary,
  makeData,
  type RecordBatch,
  type Schema,
  Vector,
} from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import { type ColumnParts, columnData, type ValueArray } from './builders/buffers.ts'
import { checkedOffset, itemsOf, layoutOf, offsetsOf, storedOffsets } from './layout.ts'
import { recordBatch } from './record-batch.ts'
import { isValid } from './validity.ts'

/** Join the rows of all batches in order. A single batch is returned unchanged. */
export function concatBatches(schema: Schema, batches: readonly RecordBatch[]): RecordBatch {
  const [first] = batches
  if (batches.length === 1 && first !== undefined) return first
  const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0)
  const columns = schema.fields.map((field, index) => {
    return concatColumns(
      field.type,
      batches.map(({ data }) => data.children[index] as Data),
    )
  })
  return recordBatch(schema, columns, rows)
}

/**
 * Join the values of all columns.
 *
 * @throws MillraceError `LIMIT_EXCEEDED` if their bytes or dictionaries exceed what the type can address.
 */
export function concatColumns(type: DataType, columns: readonly Data[]): Data {
  const [first] = columns
  if (first === undefined) return makeData({ type: type as never, length: 0 })
  if (columns.length === 1) return first
  const length = columns.reduce((sum, column) => sum + column.length, 0)
  return columnData(type, length, { validity: concatValidity(columns, length), ...concatParts(type, columns, length) })
}

function concatParts(type: DataType, columns: readonly Data[], length: number): ColumnParts {
  switch (layoutOf(type)) {
    case 'null':
      return { validity: { bitmap: new Uint8Array(0), nullCount: length } }
    case 'bool':
      return {
        values: concatBits(
          columns.map((column) => ({ bits: column.values, column })),
          length,
        ),
      }
    case 'fixed':
      return { values: concatArrays(columns.map(({ values, stride, length }) => values.subarray(0, length * stride))) }
    case 'dictionary':
      return concatDictionaries(columns)
    case 'bytes': {
      const values = columns.map(usedBytes)
      checkedOffset(values.reduce((sum, bytes) => sum + bytes.length, 0))
      return { valueOffsets: storedOffsets(type, concatOffsets(columns, length)), values: concatArrays(values) }
    }
    case 'list': {
      const items = columns.map(usedItems)
      checkedOffset(items.reduce((sum, item) => sum + item.length, 0))
      const valueOffsets = storedOffsets(type, concatOffsets(columns, length))
      return { valueOffsets, children: [concatColumns(itemsOf(columns[0] as Data).type, items)] }
    }
    case 'fixedList':
    case 'struct':
      return { children: concatChildren(columns) }
    case 'view':
      throw new MillraceError(
        'UNSUPPORTED_FORMAT',
        'view columns cannot be joined; cast them to string or binary first',
      )
  }
}

function concatChildren(columns: readonly Data[]): Data[] {
  const [first] = columns
  return (first?.children ?? []).map((child, index) => {
    return concatColumns(
      child.type,
      columns.map(({ children }) => children[index] as Data),
    )
  })
}

function concatValidity(columns: readonly Data[], length: number): { bitmap: Uint8Array; nullCount: number } {
  const nullCount = columns.reduce((sum, column) => sum + column.nullCount, 0)
  if (nullCount === 0) return { bitmap: new Uint8Array(0), nullCount }
  const parts = columns.map((column) => ({ bits: column.nullCount === 0 ? undefined : column.nullBitmap, column }))
  return { bitmap: concatBits(parts, length), nullCount }
}

/** Join the bits of all columns; a column without bits counts as all set. */
function concatBits(parts: readonly { bits: Uint8Array | undefined; column: Data }[], length: number): Uint8Array {
  const out = new Uint8Array((length + 7) >> 3)
  let at = 0
  for (const { bits, column } of parts) {
    for (let index = 0; index < column.length; index++, at++) {
      if (bits === undefined || isValid(bits, column.offset + index))
        out[at >> 3] = (out[at >> 3] ?? 0) | (1 << (at & 7))
    }
  }
  return out
}

function concatArrays<A extends ValueArray>(arrays: readonly A[]): A {
  const length = arrays.reduce((sum, array) => sum + array.length, 0)
  const out = new ((arrays[0] as A).constructor as new (length: number) => A)(length)
  let at = 0
  for (const array of arrays) {
    // `set` of a typed array accepts its own kind, which the union of kinds hides from the compiler.
    ;(out as Uint8Array).set(array as Uint8Array, at)
    at += array.length
  }
  return out
}

function concatOffsets(columns: readonly Data[], length: number): Int32Array {
  const out = new Int32Array(length + 1)
  let at = 0
  for (const column of columns) {
    const offsets = offsetsOf(column)
    const shift = (out[at] as number) - (offsets[0] ?? 0)
    for (let row = 1; row <= column.length; row++) out[++at] = (offsets[row] as number) + shift
  }
  return out
}

function usedBytes(column: Data): Uint8Array {
  const offsets = offsetsOf(column)
  return column.values.subarray(offsets[0] ?? 0, offsets[column.length] ?? 0)
}

function usedItems(column: Data): Data {
  const offsets = offsetsOf(column)
  const start = offsets[0] ?? 0
  return itemsOf(column).slice(start, (offsets[column.length] ?? 0) - start)
}

/** Columns with the same dictionary share it; the dictionaries of others are joined, and their indices shifted. */
function concatDictionaries(columns: readonly Data[]): ColumnParts {
  const { type, dictionary, values } = columns[0] as Data<Dictionary>
  const indices = concatArrays<ValueArray>(columns.map((column) => column.values.subarray(0, column.length)))
  if (dictionary !== undefined && columns.every((column) => column.dictionary === dictionary)) {
    return { values: indices, dictionary }
  }
  // Indices of 64 bits are bigints, which no sum of numbers moves.
  if (values.BYTES_PER_ELEMENT > 4) throw outgrown()
  const largest = 2 ** (type.indices.bitWidth - (type.indices.isSigned ? 1 : 0)) - 1
  const chunks: Data[] = []
  const out = indices as Int32Array
  let base = 0
  let at = 0
  for (const column of columns) {
    for (let row = 0; row < column.length; row++, at++) out[at] = (out[at] as number) + base
    chunks.push(...(column.dictionary?.data ?? []))
    base += column.dictionary?.length ?? 0
  }
  if (base - 1 > largest) throw outgrown()
  return { values: indices, dictionary: new Vector([concatColumns(type.dictionary, chunks)]) }
}

function outgrown(): MillraceError {
  return new MillraceError(
    'LIMIT_EXCEEDED',
    'the dictionaries together outgrow their index type; cast the column to its value type',
  )
}

/** A vector's values in one piece. */
export function singleChunk(vector: Vector | undefined, type: DataType): Data {
  return concatColumns(type, vector?.data ?? [])
}

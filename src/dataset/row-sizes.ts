import { type Data, DataType, type RecordBatch } from 'apache-arrow'
import { offsetsOf } from '../columns/layout.ts'
import { isValid } from '../columns/validity.ts'

/**
 * Compute the bytes of each row in Arrow's buffers: only of values, not of validity or of bytes under nulls. So they
 * depend only on a row and its columns' types, not on batch boundaries.
 */
export function rowSizes(batch: RecordBatch): Float64Array {
  const sizes = new Float64Array(batch.numRows)
  for (const column of batch.data.children) addSizes(column, sizes)
  return sizes
}

/** Add a column's bytes in every row. */
function addSizes(data: Data, sizes: Float64Array): void {
  const { type, length, children, nullCount } = data
  if (DataType.isNull(type)) return
  if (DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isLargeUtf8(type) || DataType.isLargeBinary(type)) {
    const offsets = offsetsOf(data)
    if (nullCount === 0) {
      for (let row = 0; row < length; row++)
        add(sizes, row, 4 + (offsets[row + 1] as number) - (offsets[row] as number))
    } else addMasked(data, sizes, (row) => (offsets[row + 1] as number) - (offsets[row] as number), 4)
  } else if (children.length === 0) {
    const size = DataType.isBool(type) ? 1 / 8 : data.stride * (data.values?.BYTES_PER_ELEMENT ?? 0)
    for (let row = 0; row < length; row++) add(sizes, row, size)
  } else addNested(data, sizes)
}

function addNested(data: Data, sizes: Float64Array): void {
  const { type, length, children } = data
  if (DataType.isStruct(type)) {
    const inner = new Float64Array(length)
    for (const child of children) addSizes(child, inner)
    addMasked(data, sizes, (row) => inner[row] as number, 0)
    return
  }
  if (DataType.isFixedSizeList(type)) {
    const ends = endsOf(children[0] as Data)
    const { listSize } = type
    addMasked(data, sizes, (row) => (ends[(row + 1) * listSize] as number) - (ends[row * listSize] as number), 0)
    return
  }
  const offsets = offsetsOf(data)
  const first = offsets[0] ?? 0
  // A slice of a list has all items of the original.
  const ends = endsOf((children[0] as Data).slice(first, (offsets[length] ?? 0) - first))
  const endOf = (row: number): number => ends[(offsets[row] as number) - first] as number
  addMasked(data, sizes, (row) => endOf(row + 1) - endOf(row), 4)
}

/** The bytes of all items before each item, and the total. */
function endsOf(items: Data): Float64Array {
  const sizes = new Float64Array(items.length)
  addSizes(items, sizes)
  const ends = new Float64Array(items.length + 1)
  for (let item = 0; item < items.length; item++) ends[item + 1] = (ends[item] as number) + (sizes[item] as number)
  return ends
}

/** Add the bytes of each non-null row's value, and the fixed bytes of every row. */
function addMasked(data: Data, sizes: Float64Array, sizeOf: (row: number) => number, place: number): void {
  const { length, nullCount, nullBitmap, offset } = data
  for (let row = 0; row < length; row++) {
    const isNull = nullCount > 0 && !isValid(nullBitmap, offset + row)
    add(sizes, row, place + (isNull ? 0 : sizeOf(row)))
  }
}

function add(sizes: Float64Array, row: number, size: number): void {
  sizes[row] = (sizes[row] as number) + size
}

import { type Data, DataType } from 'apache-arrow'
import { MillraceError } from '../errors.ts'

/**
 * The layout of a column's buffers in Arrow, independent of the meaning of its values: gather, concatenation, hashing
 * and equality are based on it.
 *
 * `fixed` columns hold `stride` elements of one typed array per row; `bytes` and `list` columns hold offsets, maps being lists of pairs.
 */
export type Layout = 'null' | 'bool' | 'fixed' | 'view' | 'bytes' | 'list' | 'fixedList' | 'struct' | 'dictionary'

/** @throws MillraceError `UNSUPPORTED_FORMAT` for unions. */
export function layoutOf(type: DataType): Layout {
  if (DataType.isBool(type)) return 'bool'
  if (DataType.isUtf8(type) || DataType.isBinary(type)) return 'bytes'
  if (DataType.isLargeUtf8(type) || DataType.isLargeBinary(type)) return 'bytes'
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type)) return 'list'
  if (DataType.isDictionary(type)) return 'dictionary'
  if (DataType.isStruct(type)) return 'struct'
  if (DataType.isFixedSizeList(type)) return 'fixedList'
  if (DataType.isNull(type)) return 'null'
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) return 'view'
  if (DataType.isUnion(type)) {
    throw new MillraceError(
      'UNSUPPORTED_FORMAT',
      'union columns are not supported; leave the column out or cast it first',
    )
  }
  return 'fixed'
}

/** The offsets of a variable-size column; those of Arrow's large types as doubles, exact for any buffer that fits in memory. */
export function offsetsOf(data: Data): Int32Array | Float64Array {
  const offsets: Int32Array | BigInt64Array = data.valueOffsets
  return offsets instanceof BigInt64Array ? Float64Array.from(offsets, Number) : offsets
}

/** Offsets in the form that the column's type stores. */
export function storedOffsets(type: DataType, offsets: Int32Array): Int32Array | BigInt64Array {
  const isLarge = DataType.isLargeUtf8(type) || DataType.isLargeBinary(type) || DataType.isLargeList(type)
  return isLarge ? BigInt64Array.from(offsets, BigInt) : offsets
}

/** The one child of a list. */
export function itemsOf(data: Data): Data {
  const items = data.children[0]
  if (items === undefined) throw new MillraceError('UNSUPPORTED_FORMAT', 'a list column has no child')
  return items
}

/** The most bytes that 32-bit offsets can address. */
export const MAX_OFFSET = 2 ** 31 - 1

/** @throws MillraceError `LIMIT_EXCEEDED` if 32-bit offsets would overflow. */
export function checkedOffset(offset: number): number {
  if (offset > MAX_OFFSET) {
    throw new MillraceError('LIMIT_EXCEEDED', 'a column of one batch can hold at most 2 GiB; use smaller batches')
  }
  return offset
}

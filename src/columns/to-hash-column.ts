import { Binary, type Data, DataType, Precision, Utf8 } from 'apache-arrow'
import type { ValueArray } from './builders/buffers.ts'
import { columnBuilder } from './column-builder.ts'
import { decodeDictionary } from './decode-dictionary.ts'
import type { HashColumn } from './hash-column.ts'
import { checkedOffset, layoutOf, offsetsOf } from './layout.ts'
import { nestedBytes } from './nested-bytes.ts'
import { valueReader } from './value-reader.ts'

const NO_BYTES = new Uint8Array(0)
const NO_OFFSETS = new Int32Array(0)

/** @throws MillraceError `UNSUPPORTED_FORMAT` for unions. */
export function hashColumnOf(data: Data): HashColumn {
  switch (layoutOf(data.type)) {
    case 'bool':
      return cells(data, 'bits', { bytes: data.values, width: 1 })
    case 'fixed':
      return fixedCells(data)
    case 'bytes':
      return cells(data, 'bytes', { bytes: data.values, offsets: int32Offsets(data) })
    case 'list':
    case 'fixedList':
    case 'struct':
      return cells(data, 'bytes', nestedBytes(data, hashColumnOf))
    case 'dictionary':
      return hashColumnOf(decodeDictionary(data))
    case 'null':
      // All bits of this bitmap are zero, so every row is null.
      return { ...cells(data, 'fixed', {}), nulls: new Uint8Array((data.length + 7) >> 3), bitOffset: 0 }
    case 'view':
      return hashColumnOf(plainBytes(data))
  }
}

function cells(data: Data, kind: HashColumn['kind'], parts: Partial<HashColumn>): HashColumn {
  return {
    kind,
    nulls: data.nullCount > 0 ? data.nullBitmap : NO_BYTES,
    bitOffset: data.offset,
    bytes: parts.bytes ?? NO_BYTES,
    width: parts.width ?? 0,
    offsets: parts.offsets ?? NO_OFFSETS,
  }
}

function fixedCells(data: Data): HashColumn {
  const { type, stride, length } = data
  if (DataType.isFixedSizeBinary(type)) {
    return cells(data, 'bytes', { bytes: data.values, offsets: evenOffsets(length, stride) })
  }
  const isFloat = DataType.isFloat(type)
  const isDouble = isFloat && type.precision === Precision.DOUBLE
  const values: ValueArray = isFloat && !isDouble ? plainSingles(data) : data.values
  const width = values.BYTES_PER_ELEMENT * stride
  const bytes = new Uint8Array(values.buffer, values.byteOffset, length * width)
  return cells(data, isDouble ? 'doubles' : 'fixed', { bytes, width })
}

/** Floats and half floats as floats, with one NaN and no -0. */
function plainSingles(data: Data): ValueArray {
  const read = valueReader(data)
  const singles = new Float32Array(data.length)
  for (let row = 0; row < data.length; row++) {
    const value = Number(read(row) ?? 0)
    singles[row] = value === 0 ? 0 : value
  }
  const words = new Int32Array(singles.buffer)
  for (let row = 0; row < data.length; row++) if (Number.isNaN(singles[row])) words[row] = 0x7fc00000
  return words
}

function int32Offsets(data: Data): Int32Array {
  const offsets = offsetsOf(data)
  if (offsets instanceof Int32Array) return offsets
  checkedOffset(offsets[data.length] ?? 0)
  return Int32Array.from(offsets)
}

function evenOffsets(length: number, size: number): Int32Array {
  const offsets = new Int32Array(length + 1)
  for (let row = 1; row <= length; row++) offsets[row] = row * size
  return offsets
}

/** Convert text and bytes of Arrow's view types to the usual layout. */
export function plainBytes(data: Data): Data {
  const read = valueReader(data)
  const builder = columnBuilder(DataType.isUtf8View(data.type) ? new Utf8() : new Binary())
  for (let row = 0; row < data.length; row++) builder.append(read(row))
  return builder.finish()
}

import { Binary, type Data, DataType, Precision, Utf8 } from 'apache-arrow'
import type { ValueArray } from './builders/buffers.ts'
import { columnBuilder } from './column-builder.ts'
import { decodeDictionary } from './decode-dictionary.ts'
import { checkedOffset, layoutOf, offsetsOf } from './layout.ts'
import { isValid } from './validity.ts'
import { valueReader } from './value-reader.ts'

/**
 * A column in the form that rows are compared in: equal values have equal words or bytes, whatever their column's layout. One -0 and
 * 0, one NaN; dictionaries decoded.
 */
export interface Cells {
  readonly kind: 'words' | 'bytes' | 'list' | 'struct'
  /** Bitmap, empty where nothing is null; its first bit is at `bitOffset`. */
  readonly nulls: Uint8Array
  readonly bitOffset: number
  /** `width` words a row. */
  readonly words: Int32Array
  readonly width: number
  readonly bytes: Uint8Array
  /** Of bytes, or of a list's items. */
  readonly offsets: Int32Array
  readonly children: readonly Cells[]
}

const NO_BYTES = new Uint8Array(0)
const NO_WORDS = new Int32Array(0)

/** @throws MillraceError `UNSUPPORTED_FORMAT` for unions. */
export function cellsOf(data: Data): Cells {
  switch (layoutOf(data.type)) {
    case 'bool':
      return cells(data, 'words', { words: boolWords(data), width: 1 })
    case 'fixed':
      return fixedCells(data)
    case 'bytes':
      return cells(data, 'bytes', { bytes: data.values, offsets: int32Offsets(data) })
    case 'list':
      return cells(data, 'list', { offsets: int32Offsets(data), children: data.children.map(cellsOf) })
    case 'fixedList':
      return cells(data, 'list', {
        offsets: evenOffsets(data.length, data.stride),
        children: data.children.map(cellsOf),
      })
    case 'struct':
      return cells(data, 'struct', { children: data.children.map(cellsOf) })
    case 'dictionary':
      return cellsOf(decodeDictionary(data))
    case 'null':
      // All bits of this bitmap are zero, so every row is null.
      return { ...cells(data, 'words', {}), nulls: new Uint8Array((data.length + 7) >> 3), bitOffset: 0 }
    case 'view':
      return cellsOf(plainBytes(data))
  }
}

function cells(data: Data, kind: Cells['kind'], parts: Partial<Cells>): Cells {
  const nulls = data.nullCount > 0 ? data.nullBitmap : NO_BYTES
  return {
    kind,
    nulls,
    bitOffset: data.offset,
    words: parts.words ?? NO_WORDS,
    width: parts.width ?? 0,
    bytes: parts.bytes ?? NO_BYTES,
    offsets: parts.offsets ?? NO_WORDS,
    children: parts.children ?? [],
  }
}

function fixedCells(data: Data): Cells {
  const { type, stride, length } = data
  const values: ValueArray = data.values
  if (DataType.isFixedSizeBinary(type)) {
    return cells(data, 'bytes', { bytes: data.values, offsets: evenOffsets(length, stride) })
  }
  if (DataType.isFloat(type)) {
    if (type.precision === Precision.DOUBLE) return cells(data, 'words', { words: doubleWords(data), width: 2 })
    return cells(data, 'words', { words: singleWords(data), width: 1 })
  }
  if (values.BYTES_PER_ELEMENT < 4) {
    return cells(data, 'words', { words: Int32Array.from(values as Int8Array), width: 1 })
  }
  const width = (values.BYTES_PER_ELEMENT / 4) * stride
  return cells(data, 'words', { words: new Int32Array(values.buffer, values.byteOffset, length * width), width })
}

function boolWords({ values, offset, length }: Data): Int32Array {
  const words = new Int32Array(length)
  for (let row = 0; row < length; row++) words[row] = isValid(values, offset + row) ? 1 : 0
  return words
}

const SIGN = 1 << 31
const EXPONENT = 0x7ff00000

/** The halves of doubles; copied only if a NaN or -0 has to become the one NaN or 0. */
function doubleWords({ values, length }: Data): Int32Array {
  const doubles = values as Float64Array
  const words = new Int32Array(doubles.buffer, doubles.byteOffset, length * 2)
  let own: Int32Array | undefined
  for (let at = 0; at < words.length; at += 2) {
    const low = words[at] as number
    const high = words[at + 1] as number
    const isNegativeZero = low === 0 && high === SIGN
    const isNotANumber = (high & EXPONENT) === EXPONENT && ((high & 0xfffff) | low) !== 0
    if (!isNegativeZero && !isNotANumber) continue
    own ??= words.slice()
    own[at] = 0
    own[at + 1] = isNotANumber ? EXPONENT | 0x80000 : 0
  }
  return own ?? words
}

/** Floats and half floats as the words of floats, with one NaN and no -0. */
function singleWords(data: Data): Int32Array {
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

function plainBytes(data: Data): Data {
  const read = valueReader(data)
  const builder = columnBuilder(DataType.isUtf8View(data.type) ? new Utf8() : new Binary())
  for (let row = 0; row < data.length; row++) builder.append(read(row))
  return builder.finish()
}

import { type Data, DataType } from 'apache-arrow'
import { MillraceError } from '../../../errors.ts'
import { decimalBytes, isDateMillisecond, isSeconds, type Physical } from './leaf-type.ts'

/** Flat Arrow data seen as Parquet's physical values, slot by slot, nulls still in place. Views if the layouts agree. */
export type PhysicalData =
  | { readonly physical: 'bits'; readonly bits: Uint8Array; readonly offset: number }
  | { readonly physical: 'words'; readonly words: Int32Array; readonly width: 1 | 2 }
  | { readonly physical: 'bytes'; readonly bytes: Uint8Array; readonly offsets: Int32Array }

export const MS_PER_DAY = 86_400_000n

export function physicalData(data: Data, physical: Physical): PhysicalData {
  switch (physical) {
    case 'bits':
      return { physical: 'bits', bits: data.values, offset: data.offset }
    case 'word':
      return { physical: 'words', words: wordsOf(data), width: 1 }
    case 'double-word':
      return { physical: 'words', words: doubleWordsOf(data), width: 2 }
    case 'bytes':
      return { physical: 'bytes', ...byteRanges(data) }
    case 'fixed':
      return { physical: 'bytes', ...fixedRanges(data) }
  }
}

/** The dictionary positions of a column's values, -1 for indexes out of any dictionary's range. */
export function dictionaryCodes({ values }: Data): ArrayLike<number> {
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return values
  return Int32Array.from(values as BigInt64Array, (code) => (code >= 0n && code <= 0x7fffffffn ? Number(code) : -1))
}

function wordsOf(data: Data): Int32Array {
  const { type, length } = data
  if (DataType.isDecimal(type)) return decimalWords(data.values, length, data.stride, 1)
  if (isDateMillisecond(type)) return Int32Array.from(bigints(data), (ms) => Number(ms / MS_PER_DAY))
  const values: Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array =
    data.values
  if (isSeconds(type)) return Int32Array.from(values, (seconds) => seconds * 1000)
  if (values instanceof Int32Array) return values
  if (values instanceof Uint32Array || values instanceof Float32Array) {
    return new Int32Array(values.buffer, values.byteOffset, values.length)
  }
  return Int32Array.from(values.subarray(0, length))
}

function doubleWordsOf(data: Data): Int32Array {
  const { type, length } = data
  if (DataType.isDecimal(type)) return decimalWords(data.values, length, data.stride, 2)
  const values: BigInt64Array | BigUint64Array | Float64Array = isSeconds(type)
    ? BigInt64Array.from(bigints(data), (seconds) => seconds * 1000n)
    : data.values
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2)
}

function bigints(data: Data): BigInt64Array {
  return data.values.subarray(0, data.length)
}

/** The low words of decimals, which are the whole value, since the range was checked. */
function decimalWords(values: Uint32Array, length: number, stride: number, width: 1 | 2): Int32Array {
  const out = new Int32Array(length * width)
  for (let i = 0; i < length; i++) {
    out[i * width] = values[i * stride] as number
    if (width === 2) out[i * 2 + 1] = values[i * stride + 1] as number
  }
  return out
}

function byteRanges(data: Data): { bytes: Uint8Array; offsets: Int32Array } {
  if (DataType.isUtf8View(data.type) || DataType.isBinaryView(data.type)) return viewRanges(data)
  const { values: bytes, valueOffsets } = data
  if (valueOffsets instanceof Int32Array) return { bytes, offsets: valueOffsets }
  if (bytes.length > 0x7fffffff) {
    throw new MillraceError('LIMIT_EXCEEDED', 'a batch exceeds 2 GiB in one column: split it into smaller batches')
  }
  return { bytes, offsets: Int32Array.from(valueOffsets as BigInt64Array, Number) }
}

/** Arrow's view layout: 16 bytes per value, which contain up to 12 bytes inline or refer to the bytes elsewhere. */
function viewRanges({ values, length, variadicBuffers }: Data): { bytes: Uint8Array; offsets: Int32Array } {
  const views = new DataView(values.buffer, values.byteOffset, length * 16)
  const offsets = new Int32Array(length + 1)
  for (let i = 0; i < length; i++) offsets[i + 1] = (offsets[i] as number) + views.getInt32(i * 16, true)
  const bytes = new Uint8Array(offsets[length] as number)
  for (let i = 0; i < length; i++) {
    const size = views.getInt32(i * 16, true)
    const isInline = size <= 12
    const source = isInline ? values : (variadicBuffers[views.getInt32(i * 16 + 8, true)] as Uint8Array)
    const from = isInline ? i * 16 + 4 : views.getInt32(i * 16 + 12, true)
    bytes.set(source.subarray(from, from + size), offsets[i])
  }
  return { bytes, offsets }
}

function fixedRanges(data: Data): { bytes: Uint8Array; offsets: Int32Array } {
  const { type, length, values, stride } = data
  if (DataType.isDecimal(type)) {
    const width = decimalBytes(type.precision)
    return { bytes: bigEndianDecimals(values, length, stride, width), offsets: steps(length, width) }
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return { bytes, offsets: steps(length, DataType.isFixedSizeBinary(type) ? type.byteWidth : 2) }
}

function steps(length: number, width: number): Int32Array {
  const offsets = new Int32Array(length + 1)
  for (let i = 0; i <= length; i++) offsets[i] = i * width
  return offsets
}

function bigEndianDecimals(words: Uint32Array, length: number, stride: number, width: number): Uint8Array {
  const out = new Uint8Array(length * width)
  for (let i = 0; i < length; i++) {
    const end = (i + 1) * width - 1
    for (let byte = 0; byte < width; byte++) {
      out[end - byte] = (words[i * stride + (byte >> 2)] as number) >>> ((byte & 3) * 8)
    }
  }
  return out
}

import {
  DuckDBArrayValue,
  DuckDBBitValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBGeometryValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimeNSValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBUUIDValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import { type Data, DataType, Precision, type RecordBatch, TimeUnit, type Vector } from 'apache-arrow'
import type { FileMetaData, ParquetParsers } from 'hyparquet'

/**
 * Cells in a form in which those of any reader can be compared exactly: integers as digits, times as digits of nanoseconds, decimals as
 * text without trailing zeros, bytes as hexadecimal digits, structs as lists of values, maps as lists of pairs.
 */
export type Cell = null | boolean | string | readonly Cell[]

const NANOS = new Map([
  [TimeUnit.SECOND, 1_000_000_000n],
  [TimeUnit.MILLISECOND, 1_000_000n],
  [TimeUnit.MICROSECOND, 1000n],
  [TimeUnit.NANOSECOND, 1n],
])

export function batchCells(batches: readonly RecordBatch[], column: number): Cell[] {
  return batches.flatMap((batch) => {
    const data = batch.data.children[column] as Data
    return Array.from({ length: batch.numRows }, (_, row) => arrowCell(data, row))
  })
}

export function arrowCell(data: Data, row: number): Cell {
  const { type, offset } = data
  if (DataType.isNull(type) || (data.nullCount > 0 && !bit(data.nullBitmap, offset + row))) return null
  if (DataType.isFixedSizeList(type)) {
    return Array.from({ length: type.listSize }, (_, i) => arrowCell(data.children[0] as Data, row * type.listSize + i))
  }
  if (DataType.isBool(type)) return bit(data.values, offset + row)
  if (DataType.isInt(type)) return String(data.values[row])
  if (DataType.isFloat(type))
    return numberCell(type.precision === Precision.HALF ? half(data.values[row]) : data.values[row])
  if (DataType.isDecimal(type)) return decimalCell(words(data.values, row, type.bitWidth / 32), type.scale)
  if (DataType.isDate(type)) return String(data.values[row])
  if (DataType.isTime(type) || DataType.isTimestamp(type))
    return String(BigInt(data.values[row]) * (NANOS.get(type.unit) ?? 0n))
  if (DataType.isFixedSizeBinary(type))
    return hex(data.values.subarray(row * type.byteWidth, (row + 1) * type.byteWidth))
  if (DataType.isDictionary(type)) return arrowCell((data.dictionary as Vector).data[0] as Data, data.values[row])
  if (DataType.isStruct(type)) return data.children.map((child) => arrowCell(child, row))
  const [start, end] = [data.valueOffsets[row], data.valueOffsets[row + 1]] as [number, number]
  if (DataType.isUtf8(type)) return Buffer.from(data.values.subarray(start, end)).toString('utf8')
  if (DataType.isBinary(type)) return hex(data.values.subarray(start, end))
  if (DataType.isList(type) || DataType.isMap(type)) {
    return Array.from({ length: end - start }, (_, i) => arrowCell(data.children[0] as Data, start + i))
  }
  throw new Error(`no cell for ${type}`)
}

/** A value of DuckDB, read as what our column says it is. */
export function duckdbCell(value: DuckDBValue, type: DataType): Cell {
  if (value === null) return null
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return DataType.isFloat(type) ? numberCell(value) : String(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return value
  if (value instanceof DuckDBDecimalValue) return decimalCell(value.value, value.scale)
  if (value instanceof DuckDBDateValue) return String(value.days)
  if (value instanceof DuckDBTimestampMillisecondsValue) return String(value.millis * 1_000_000n)
  if (value instanceof DuckDBTimestampNanosecondsValue) return String(value.nanos)
  if (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampTZValue ||
    value instanceof DuckDBTimeValue
  ) {
    return String(value.micros * 1000n)
  }
  if (value instanceof DuckDBTimeNSValue) return String(value.nanos)
  if (value instanceof DuckDBBlobValue || value instanceof DuckDBGeometryValue) return hex(value.bytes)
  if (value instanceof DuckDBUUIDValue) return value.toString().replaceAll('-', '')
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map((item) => duckdbCell(item, childType(type, 0)))
  }
  if (value instanceof DuckDBStructValue) {
    return Object.values(value.entries).map((entry, i) => duckdbCell(entry, childType(type, i)))
  }
  if (value instanceof DuckDBMapValue) {
    const entry = childType(type, 0)
    return value.entries.map(({ key, value: held }) => [
      duckdbCell(key, childType(entry, 0)),
      duckdbCell(held, childType(entry, 1)),
    ])
  }
  if (value instanceof DuckDBBitValue) return value.toString()
  throw new Error(`no cell for DuckDB's ${value.constructor.name}`)
}

function childType(type: DataType, index: number): DataType {
  return (type.children[index]?.type ?? type) as DataType
}

export function numberCell(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function decimalCell(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${unscaled < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

function words(values: Uint32Array, row: number, count: number): bigint {
  let value = 0n
  for (let word = count - 1; word >= 0; word--) value = (value << 32n) | BigInt(values[row * count + word] ?? 0)
  return BigInt.asIntN(count * 32, value)
}

function half(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = (bits & 1023) / 1024
  const sign = bits >> 15 ? -1 : 1
  if (exponent === 31) return fraction > 0 ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * 2 ** -14 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction)
}

function bit(bitmap: Uint8Array, row: number): boolean {
  return (((bitmap[row >> 3] ?? 0) >> (row & 7)) & 1) === 1
}

/** Parsers that keep what hyparquet's own round. */
export const hyparquetParsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis) => BigInt(millis) * 1_000_000n,
  timestampFromMicroseconds: (micros) => BigInt(micros) * 1000n,
  timestampFromNanoseconds: (nanos) => BigInt(nanos),
  dateFromDays: (days) => days,
  jsonFromBytes: (bytes) => new TextDecoder().decode(bytes),
  uuidFromBytes: (bytes) => bytes,
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
}

/** hyparquet makes decimals doubles; without the annotation they come as they lie in the file. */
export function withoutDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map(({ converted_type, logical_type, ...element }) => ({
    ...element,
    ...(converted_type === undefined || converted_type === 'DECIMAL' ? {} : { converted_type }),
    ...(logical_type === undefined || logical_type.type === 'DECIMAL' ? {} : { logical_type }),
  }))
  return { ...metadata, schema }
}

/** A value of hyparquet, read with the parsers above, as what our column says it is. Its maps are objects, so keys are text. */
export function hyparquetCell(value: unknown, type: DataType): Cell {
  if (value === null || value === undefined) return null
  if (DataType.isDecimal(type))
    return decimalCell(value instanceof Uint8Array ? bigEndian(value) : BigInt(value as number), type.scale)
  if (DataType.isTime(type)) return String(BigInt(value as number) * (NANOS.get(type.unit) ?? 0n))
  if (DataType.isMap(type)) {
    const entry = childType(type, 0)
    return Object.entries(value).map(([key, held]) => [key, hyparquetCell(held, childType(entry, 1))])
  }
  if (Array.isArray(value)) return value.map((item) => hyparquetCell(item, childType(type, 0)))
  if (value instanceof Uint8Array) return DataType.isUtf8(type) ? Buffer.from(value).toString('utf8') : hex(value)
  if (typeof value === 'object') return Object.values(value).map((held, i) => hyparquetCell(held, childType(type, i)))
  if (typeof value === 'number') return DataType.isFloat(type) ? numberCell(value) : String(value)
  return typeof value === 'boolean' ? value : String(value)
}

function bigEndian(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex(bytes)}`))
}

import { DataType, DateUnit, type Decimal, Precision, TimeUnit } from 'apache-arrow'
import type { LogicalType, SchemaElement } from 'hyparquet'
import { JSON_EXTENSION, UUID_EXTENSION } from '../../../columns/extension-type.ts'

/** Layout of the values of a leaf in a page: bits, little-endian words of 4 or 8 bytes, bytes with or without a length. */
export type Physical = 'bits' | 'word' | 'double-word' | 'bytes' | 'fixed'

/** Order of minimum and maximum. `none`: no order is defined, so no bounds are written. */
export type ValueOrder = 'signed' | 'unsigned' | 'float' | 'decimal' | 'none'

export interface LeafType {
  readonly physical: Physical
  readonly order: ValueOrder
  readonly element: Omit<SchemaElement, 'name' | 'repetition_type'>
}

/** Bytes of a decimal of each precision: 2 ** (8 * bytes - 1) > 10 ** precision. */
export function decimalBytes(precision: number): number {
  return Math.ceil((precision * Math.log2(10) + 1) / 8)
}

/** The Parquet type of a flat Arrow type or its extension; undefined if none represents its values exactly. */
export function leafType(type: DataType, extension?: string): LeafType | undefined {
  if (DataType.isDictionary(type)) return leafType(type.dictionary, extension)
  if (DataType.isNull(type)) return word('signed', undefined, { type: 'NULL' })
  if (DataType.isBool(type)) return { physical: 'bits', order: 'unsigned', element: { type: 'BOOLEAN' } }
  if (DataType.isInt(type)) return integerType(type.bitWidth, type.isSigned)
  if (DataType.isFloat(type)) return floatType(type.precision)
  if (DataType.isDate(type)) {
    return { physical: 'word', order: 'signed', element: annotated('INT32', 'DATE', { type: 'DATE' }) }
  }
  if (DataType.isTime(type)) return timeType(type.unit)
  if (DataType.isTimestamp(type)) return timestampType(type.unit, type.timezone)
  if (DataType.isDecimal(type)) return decimalType(type)
  return bytesType(type, extension)
}

function bytesType(type: DataType, extension: string | undefined): LeafType | undefined {
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) {
    // A truncated bound is not a valid document, which readers expect.
    if (extension === JSON_EXTENSION)
      return { physical: 'bytes', order: 'none', element: annotated('BYTE_ARRAY', 'JSON', { type: 'JSON' }) }
    return { physical: 'bytes', order: 'unsigned', element: annotated('BYTE_ARRAY', 'UTF8', { type: 'STRING' }) }
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type) || DataType.isBinaryView(type)) {
    return { physical: 'bytes', order: 'unsigned', element: { type: 'BYTE_ARRAY' } }
  }
  if (DataType.isFixedSizeBinary(type) && type.byteWidth > 0) {
    const element = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: type.byteWidth } as const
    const isUuid = extension === UUID_EXTENSION && type.byteWidth === 16
    return {
      physical: 'fixed',
      order: 'unsigned',
      element: isUuid ? { ...element, logical_type: { type: 'UUID' } } : element,
    }
  }
  return undefined
}

function annotated(
  type: SchemaElement['type'],
  converted: SchemaElement['converted_type'],
  logical: LogicalType | undefined,
): LeafType['element'] {
  return {
    ...(type === undefined ? {} : { type }),
    ...(converted === undefined ? {} : { converted_type: converted }),
    ...(logical === undefined ? {} : { logical_type: logical }),
  }
}

function word(order: ValueOrder, converted: SchemaElement['converted_type'], logical?: LogicalType): LeafType {
  return { physical: 'word', order, element: annotated('INT32', converted, logical) }
}

function doubleWord(order: ValueOrder, converted: SchemaElement['converted_type'], logical?: LogicalType): LeafType {
  return { physical: 'double-word', order, element: annotated('INT64', converted, logical) }
}

/**
 * Widths come from the converted type only: the format layer writes the bit width of a logical INTEGER as 32 bits
 * instead of 8, which strict readers reject.
 */
function integerType(bitWidth: 8 | 16 | 32 | 64, isSigned: boolean): LeafType {
  if (isSigned && bitWidth === 32) return { physical: 'word', order: 'signed', element: { type: 'INT32' } }
  if (isSigned && bitWidth === 64) return { physical: 'double-word', order: 'signed', element: { type: 'INT64' } }
  const order = isSigned ? 'signed' : 'unsigned'
  if (bitWidth === 64) return doubleWord(order, 'UINT_64')
  return word(order, `${isSigned ? 'INT' : 'UINT'}_${bitWidth}`)
}

function floatType(precision: Precision): LeafType {
  if (precision === Precision.DOUBLE) return { physical: 'double-word', order: 'float', element: { type: 'DOUBLE' } }
  if (precision === Precision.SINGLE) return { physical: 'word', order: 'float', element: { type: 'FLOAT' } }
  const element = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } } as const
  return { physical: 'fixed', order: 'float', element }
}

/**
 * A time of day is local time: Arrow has no zone for it. Seconds are written as milliseconds. The converted types mean
 * instants, yet writers must set them for local time too, for readers that support no other (LogicalTypes.md,
 * "Deprecated time ConvertedType").
 */
function timeType(unit: TimeUnit): LeafType {
  if (unit === TimeUnit.MICROSECOND || unit === TimeUnit.NANOSECOND) {
    const isMicros = unit === TimeUnit.MICROSECOND
    const logical = { type: 'TIME', isAdjustedToUTC: false, unit: isMicros ? 'MICROS' : 'NANOS' } as const
    return doubleWord('signed', isMicros ? 'TIME_MICROS' : undefined, logical)
  }
  return word('signed', 'TIME_MILLIS', { type: 'TIME', isAdjustedToUTC: false, unit: 'MILLIS' })
}

/** With a time zone the value is an instant, for any zone; without one it is local time. */
function timestampType(unit: TimeUnit, timezone: string | null | undefined): LeafType {
  const isAdjustedToUTC = typeof timezone === 'string' && timezone !== ''
  if (unit === TimeUnit.NANOSECOND) {
    return doubleWord('signed', undefined, { type: 'TIMESTAMP', isAdjustedToUTC, unit: 'NANOS' })
  }
  const name = unit === TimeUnit.MICROSECOND ? 'MICROS' : 'MILLIS'
  return doubleWord('signed', `TIMESTAMP_${name}`, { type: 'TIMESTAMP', isAdjustedToUTC, unit: name })
}

function decimalType({ precision, scale }: Decimal): LeafType | undefined {
  if (!(precision >= 1 && precision <= 76 && scale >= 0 && scale <= precision)) return undefined
  const decimal = {
    converted_type: 'DECIMAL',
    precision,
    scale,
    logical_type: { type: 'DECIMAL', precision, scale },
  } as const
  if (precision <= 9) return { physical: 'word', order: 'signed', element: { type: 'INT32', ...decimal } }
  if (precision <= 18) return { physical: 'double-word', order: 'signed', element: { type: 'INT64', ...decimal } }
  const element = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: decimalBytes(precision), ...decimal } as const
  return { physical: 'fixed', order: 'decimal', element }
}

/** Test whether the values of a column must be valid UTF-8. */
export function isText({ converted_type }: Pick<SchemaElement, 'converted_type'>): boolean {
  return converted_type === 'UTF8' || converted_type === 'JSON'
}

/** Test whether dates of this type count milliseconds, for which Parquet has no type. */
export function isDateMillisecond(type: DataType): boolean {
  return DataType.isDate(type) && type.unit === DateUnit.MILLISECOND
}

/** Test whether values of this type are seconds, for which Parquet has no unit: they are written as milliseconds. */
export function isSeconds(type: DataType): boolean {
  return (DataType.isTime(type) || DataType.isTimestamp(type)) && type.unit === TimeUnit.SECOND
}

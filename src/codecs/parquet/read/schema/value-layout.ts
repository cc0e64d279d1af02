import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import type { ParquetType } from 'hyparquet'
import type { SchemaElement } from '../footer/file-metadata.ts'
import type { LogicalType, TimeUnitName } from '../footer/logical-type.ts'
import { exceeded, invalid, unsupported } from '../invalid.ts'
import {
  bytesToDecimal,
  type Conversion,
  fixedToDecimal,
  int96ToTimestamp,
  narrowInts,
  widenInts,
} from './conversions.ts'

/** Layout of a column's values in the file and in Arrow. Widths are bytes per value; 0 means byte strings. */
export interface ValueLayout {
  readonly type: DataType
  readonly physical: ParquetType
  readonly physicalWidth: number
  readonly width: number
  /** Conversion from the file's layout to Arrow's; absent if they are the same. */
  readonly convert?: Conversion
}

/** INT96 timestamps declare no unit: nanoseconds, or microseconds, which cover every year that Spark writes. */
export type Int96Unit = 'ns' | 'us'

const MAX_FIXED_BYTES = 64 * 1024 * 1024

export function valueLayout(element: SchemaElement, int96: Int96Unit): ValueLayout {
  const physical = element.type
  switch (physical) {
    case 'BOOLEAN':
      return { type: new Bool(), physical, physicalWidth: 1, width: 1 }
    case 'INT32':
      return int32Layout(element.logical)
    case 'INT64':
      return int64Layout(element.logical)
    case 'INT96': {
      const type = int96 === 'ns' ? new TimestampNanosecond() : new TimestampMicrosecond()
      return { type, physical, physicalWidth: 12, width: 8, convert: int96ToTimestamp(int96) }
    }
    case 'FLOAT':
      return { type: new Float32(), physical, physicalWidth: 4, width: 4 }
    case 'DOUBLE':
      return { type: new Float64(), physical, physicalWidth: 8, width: 8 }
    case 'BYTE_ARRAY':
      return byteArrayLayout(element.logical)
    case 'FIXED_LEN_BYTE_ARRAY':
      return fixedLayout(element)
    case undefined:
      throw invalid('a column has no type')
  }
}

function int32Layout(logical: LogicalType | undefined): ValueLayout {
  const plain = { physical: 'INT32', physicalWidth: 4, width: 4 } as const
  if (logical?.kind === 'date') return { ...plain, type: new DateDay() }
  if (logical?.kind === 'time' && logical.unit === 'millis') return { ...plain, type: new TimeMillisecond() }
  if (logical?.kind === 'decimal') {
    const type = decimalType(logical)
    return { ...plain, type, width: type.bitWidth / 8, convert: widenInts(1, type.bitWidth / 32) }
  }
  if (logical?.kind === 'integer' && logical.bits === 8) {
    const type = logical.signed ? new Int8() : new Uint8()
    return { ...plain, type, width: 1, convert: narrowInts(8, logical.signed) }
  }
  if (logical?.kind === 'integer' && logical.bits === 16) {
    const type = logical.signed ? new Int16() : new Uint16()
    return { ...plain, type, width: 2, convert: narrowInts(16, logical.signed) }
  }
  if (logical?.kind === 'integer' && logical.bits === 32 && !logical.signed) return { ...plain, type: new Uint32() }
  return { ...plain, type: new Int32() }
}

function int64Layout(logical: LogicalType | undefined): ValueLayout {
  const plain = { physical: 'INT64', physicalWidth: 8, width: 8 } as const
  if (logical?.kind === 'timestamp') return { ...plain, type: timestampType(logical.unit, logical.utc) }
  if (logical?.kind === 'time' && logical.unit === 'micros') return { ...plain, type: new TimeMicrosecond() }
  if (logical?.kind === 'time' && logical.unit === 'nanos') return { ...plain, type: new TimeNanosecond() }
  if (logical?.kind === 'decimal') {
    const type = decimalType(logical)
    return { ...plain, type, width: type.bitWidth / 8, convert: widenInts(2, type.bitWidth / 32) }
  }
  if (logical?.kind === 'integer' && logical.bits === 64 && !logical.signed) return { ...plain, type: new Uint64() }
  return { ...plain, type: new Int64() }
}

function byteArrayLayout(logical: LogicalType | undefined): ValueLayout {
  const plain = { physical: 'BYTE_ARRAY', physicalWidth: 0, width: 0 } as const
  switch (logical?.kind) {
    case 'string':
    case 'enum':
    case 'json':
      return { ...plain, type: new Utf8() }
    case 'decimal': {
      const type = decimalType(logical)
      return { ...plain, type, width: type.bitWidth / 8, convert: bytesToDecimal(type.bitWidth / 8) }
    }
    default:
      return { ...plain, type: new Binary() }
  }
}

function fixedLayout({ logical, typeLength }: SchemaElement): ValueLayout {
  if (typeLength <= 0) throw invalid('a fixed-length column has no length')
  if (typeLength > MAX_FIXED_BYTES) throw exceeded(`values of ${typeLength} bytes, the limit is ${MAX_FIXED_BYTES}`)
  const plain = { physical: 'FIXED_LEN_BYTE_ARRAY', physicalWidth: typeLength, width: typeLength } as const
  if (logical?.kind === 'decimal') {
    const type = decimalType(logical)
    return { ...plain, type, width: type.bitWidth / 8, convert: fixedToDecimal(type.bitWidth / 8) }
  }
  if (logical?.kind === 'float16' && typeLength === 2) return { ...plain, type: new Float16() }
  return { ...plain, type: new FixedSizeBinary(typeLength) }
}

function decimalType({ scale, precision }: { readonly scale: number; readonly precision: number }): Decimal {
  if (precision < 1 || scale < 0 || scale > precision)
    throw invalid(`decimal(${precision},${scale}) is not a valid type`)
  if (precision > 76) throw unsupported(`decimal(${precision},${scale}) has more than the 76 digits that Arrow holds`)
  return new Decimal(scale, precision, precision <= 38 ? 128 : 256)
}

function timestampType(unit: TimeUnitName, utc: boolean): DataType {
  const zone = utc ? 'UTC' : null
  if (unit === 'millis') return new TimestampMillisecond(zone)
  return unit === 'micros' ? new TimestampMicrosecond(zone) : new TimestampNanosecond(zone)
}

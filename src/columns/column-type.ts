import {
  Binary,
  Bool,
  DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Schema,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimeUnit,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import { EXTENSION_KEY, JSON_EXTENSION } from './extension-type.ts'

/** The name of a flat column type, as used in a `schema` option. */
export type ColumnTypeName =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'string'
  | 'json'
  | 'binary'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamp[us]'
  | 'timestamp[ns]'
  | `decimal(${number},${number})`

/** Columns by name, or an Arrow schema. Nested and dictionary columns need Arrow types. */
export type SchemaOption = { readonly [column: string]: ColumnTypeName | DataType } | Schema

/**
 * The Arrow type of a column type's name. Timestamps are in UTC.
 *
 * @throws MillraceError `OPTION_INVALID` for any other name, and for a value that is neither a name nor a type.
 */
export function columnType(type: ColumnTypeName | DataType): DataType {
  if (typeof type !== 'string') return checkedType(type)
  switch (type) {
    case 'bool':
      return new Bool()
    case 'int8':
      return new Int8()
    case 'int16':
      return new Int16()
    case 'uint8':
      return new Uint8()
    case 'uint16':
      return new Uint16()
    case 'uint32':
      return new Uint32()
    case 'uint64':
      return new Uint64()
    case 'float32':
      return new Float32()
    case 'time':
      return new TimeMicrosecond()
    case 'int32':
      return new Int32()
    case 'int64':
      return new Int64()
    case 'float64':
      return new Float64()
    case 'string':
    case 'json':
      return new Utf8()
    case 'binary':
      return new Binary()
    case 'date':
      return new DateDay()
    case 'timestamp':
      return new TimestampMillisecond('UTC')
    case 'timestamp[us]':
      return new TimestampMicrosecond('UTC')
    case 'timestamp[ns]':
      return new TimestampNanosecond('UTC')
  }
  return decimalType(type)
}

/** Fields by column name, in the order of the option. A `Map`, since a column may be called `__proto__`. */
export function schemaFields(option: SchemaOption | undefined): Map<string, Field> {
  const fields = new Map<string, Field>()
  if (option === undefined) return fields
  if (typeof option !== 'object' || option === null) {
    throw new MillraceError('OPTION_INVALID', 'schema must be an object of column names and types, or an Arrow schema')
  }
  if (isSchema(option)) for (const field of option.fields) fields.set(field.name, field)
  else for (const [name, type] of Object.entries(option)) fields.set(name, fieldOf(name, type))
  return fields
}

/** A field of a column type; `json` is text that its metadata marks as Arrow's extension type. */
function fieldOf(name: string, type: ColumnTypeName | DataType): Field {
  const metadata = type === 'json' ? new Map([[EXTENSION_KEY, JSON_EXTENSION]]) : undefined
  return new Field(name, columnType(type), true, metadata)
}

/** The name of a column's type for messages: that of the `schema` option, or Arrow's if there is none. */
export function columnTypeName(type: DataType): string {
  if (DataType.isDictionary(type)) return columnTypeName(type.dictionary)
  if (DataType.isDecimal(type)) return `decimal(${type.precision},${type.scale})`
  if (DataType.isTimestamp(type)) return TIMESTAMP_NAMES[type.unit]
  if (DataType.isDate(type)) return 'date'
  if (DataType.isTime(type) && type.unit === TimeUnit.MICROSECOND) return 'time'
  return String(type)
    .toLowerCase()
    .replace(/^utf8$/, 'string')
}

const TIMESTAMP_NAMES: Readonly<Record<TimeUnit, string>> = {
  [TimeUnit.SECOND]: 'timestamp[s]',
  [TimeUnit.MILLISECOND]: 'timestamp',
  [TimeUnit.MICROSECOND]: 'timestamp[us]',
  [TimeUnit.NANOSECOND]: 'timestamp[ns]',
}

/** Check for an Arrow type, of this or another copy of Arrow. */
function checkedType(type: DataType): DataType {
  if (typeof type === 'object' && type !== null && 'typeId' in type) return type
  throw new MillraceError(
    'OPTION_INVALID',
    'a column type must be a name, such as int64 or decimal(10,2), or an Arrow type',
  )
}

/** Check whether the option is an Arrow schema, of this or another copy of Arrow. */
export function isSchema(option: SchemaOption): option is Schema {
  return option instanceof Schema || (Array.isArray(option['fields']) && option['metadata'] instanceof Map)
}

function decimalType(name: string): DataType {
  const [, precisionText, scaleText] = /^decimal\((\d+),\s*(\d+)\)$/.exec(name) ?? []
  const precision = Number(precisionText)
  const scale = Number(scaleText)
  if (!(precision >= 1 && precision <= 76 && scale <= precision)) {
    throw new MillraceError('OPTION_INVALID', `unknown column type ${JSON.stringify(name)}`)
  }
  return new Decimal(scale, precision, precision <= 38 ? 128 : 256)
}

import { ConvertedTypes } from 'hyparquet/src/constants.js'
import { invalid } from '../invalid.ts'
import { fieldAt, isTrue, optionalInt, optionalStruct, type ThriftStruct } from './thrift-fields.ts'

export type TimeUnitName = 'millis' | 'micros' | 'nanos'

/** The LogicalType union of parquet.thrift; annotations that do not change how bytes are read are `other`. */
export type LogicalType =
  | { readonly kind: 'string' | 'map' | 'list' | 'enum' | 'date' | 'null' | 'json' | 'uuid' | 'float16' | 'other' }
  | { readonly kind: 'decimal'; readonly scale: number; readonly precision: number }
  | { readonly kind: 'time' | 'timestamp'; readonly utc: boolean; readonly unit: TimeUnitName }
  | { readonly kind: 'integer'; readonly bits: number; readonly signed: boolean }

const SIMPLE = new Map<number, 'string' | 'map' | 'list' | 'enum' | 'date' | 'null' | 'json' | 'uuid' | 'float16'>([
  [1, 'string'],
  [2, 'map'],
  [3, 'list'],
  [4, 'enum'],
  [6, 'date'],
  [11, 'null'],
  [12, 'json'],
  [14, 'uuid'],
  [15, 'float16'],
])

/**
 * The annotated type of a schema element: its logical type, or the equivalent of the older converted type if the
 * logical type is absent, not known here, or UNKNOWN, which parquet-java adds to INTERVAL since that has no logical
 * type.
 */
export function annotation(element: ThriftStruct): LogicalType | undefined {
  const logical = logicalType(optionalStruct(element, 10, 'the logical type of a column'))
  const isVague = logical === undefined || logical.kind === 'null' || logical.kind === 'other'
  return isVague ? (convertedType(element) ?? logical) : logical
}

function logicalType(union: ThriftStruct | undefined): LogicalType | undefined {
  if (union === undefined) return undefined
  for (const [field, kind] of SIMPLE) if (fieldAt(union, field) !== undefined) return { kind }
  const decimal = optionalStruct(union, 5, 'a decimal type')
  if (decimal !== undefined) {
    const scale = optionalInt(decimal, 1, 'the scale of a decimal') ?? 0
    return { kind: 'decimal', scale, precision: optionalInt(decimal, 2, 'the precision of a decimal') ?? 0 }
  }
  const time = optionalStruct(union, 7, 'a time type')
  if (time !== undefined) return { kind: 'time', utc: isTrue(time, 1), unit: timeUnit(time) }
  const timestamp = optionalStruct(union, 8, 'a timestamp type')
  if (timestamp !== undefined) return { kind: 'timestamp', utc: isTrue(timestamp, 1), unit: timeUnit(timestamp) }
  const integer = optionalStruct(union, 10, 'an integer type')
  if (integer !== undefined) {
    return {
      kind: 'integer',
      bits: optionalInt(integer, 1, 'the width of an integer') ?? 0,
      signed: isTrue(integer, 2),
    }
  }
  return { kind: 'other' }
}

function timeUnit(struct: ThriftStruct): TimeUnitName {
  const unit = optionalStruct(struct, 2, 'a time unit') ?? {}
  if (fieldAt(unit, 1) !== undefined) return 'millis'
  if (fieldAt(unit, 2) !== undefined) return 'micros'
  if (fieldAt(unit, 3) !== undefined) return 'nanos'
  throw invalid('a time unit is unknown')
}

/** Logical type equivalent to the converted type, scale and precision of a schema element. */
function convertedType(element: ThriftStruct): LogicalType | undefined {
  const code = optionalInt(element, 6, 'the converted type of a column')
  const name = ConvertedTypes[code ?? -1]
  switch (name) {
    case undefined:
      return undefined
    case 'UTF8':
      return { kind: 'string' }
    case 'ENUM':
      return { kind: 'enum' }
    case 'JSON':
      return { kind: 'json' }
    case 'MAP':
    case 'MAP_KEY_VALUE':
      return { kind: 'map' }
    case 'LIST':
      return { kind: 'list' }
    case 'DATE':
      return { kind: 'date' }
    case 'TIME_MILLIS':
      return { kind: 'time', utc: true, unit: 'millis' }
    case 'TIME_MICROS':
      return { kind: 'time', utc: true, unit: 'micros' }
    case 'TIMESTAMP_MILLIS':
      return { kind: 'timestamp', utc: true, unit: 'millis' }
    case 'TIMESTAMP_MICROS':
      return { kind: 'timestamp', utc: true, unit: 'micros' }
    case 'DECIMAL': {
      const scale = optionalInt(element, 7, 'the scale of a decimal') ?? 0
      return { kind: 'decimal', scale, precision: optionalInt(element, 8, 'the precision of a decimal') ?? 0 }
    }
    case 'BSON':
    case 'INTERVAL':
      return { kind: 'other' }
  }
  const [kind, bits] = name.split('_')
  return { kind: 'integer', bits: Number(bits), signed: kind === 'INT' }
}

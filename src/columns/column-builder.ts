import { DataType, type Field } from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import { boolBuilder, nullBuilder } from './builders/bool-builder.ts'
import type { ColumnBuilder } from './builders/builder.ts'
import { binaryBuilder, fixedBinaryBuilder, stringBuilder } from './builders/bytes-builder.ts'
import { decimalBuilder } from './builders/decimal-builder.ts'
import { dictionaryBuilder } from './builders/dictionary-builder.ts'
import { fixedListBuilder, listBuilder, mapBuilder, structBuilder } from './builders/nested-builder.ts'
import { floatBuilder, intBuilder } from './builders/number-builder.ts'
import { dateBuilder, durationBuilder, timeBuilder, timestampBuilder } from './builders/time-builder.ts'

export type { ColumnBuilder } from './builders/builder.ts'

/**
 * Create a builder of one column of a type. Each type accepts these values:
 *
 * | type | values |
 * |---|---|
 * | bool | boolean |
 * | ints of 8 to 32 bits | whole number or bigint in range |
 * | int64, uint64 | bigint in range, safe integer, decimal digits without leading zeros |
 * | float64 | number, bigint that is exactly a double; float32 likewise |
 * | string | string without lone surrogates |
 * | binary | `Uint8Array`; fixed-size binary: of that size |
 * | date | `Date` at midnight UTC, `YYYY-MM-DD` |
 * | timestamp | `Date`, bigint of the unit, ISO 8601 date-time; none finer than the unit |
 * | time | whole number or bigint of the unit, `12:34:56` with digits of a second up to the unit |
 * | duration | whole number or bigint of the unit |
 * | decimal | bigint, decimal text, number of up to 15 digits, all within precision and scale |
 * | list | array, typed array; fixed-size list: of that size |
 * | struct | plain object without further keys; a missing key is null |
 * | map | `Map`, array of `[key, value]` |
 * | dictionary | values of its value type |
 *
 * @throws MillraceError `UNSUPPORTED_FORMAT` for unions, intervals, half floats and view types.
 */
export function columnBuilder(type: DataType): ColumnBuilder {
  if (DataType.isBool(type)) return boolBuilder(type)
  if (DataType.isInt(type)) return intBuilder(type)
  if (DataType.isFloat(type)) return floatBuilder(type)
  if (DataType.isUtf8(type)) return stringBuilder(type)
  if (DataType.isBinary(type)) return binaryBuilder(type)
  if (DataType.isTimestamp(type)) return timestampBuilder(type)
  if (DataType.isDate(type)) return dateBuilder(type)
  if (DataType.isDecimal(type)) return decimalBuilder(type)
  if (DataType.isTime(type)) return timeBuilder(type)
  if (DataType.isDuration(type)) return durationBuilder(type)
  if (DataType.isFixedSizeBinary(type)) return fixedBinaryBuilder(type)
  if (DataType.isList(type)) return listBuilder(type, fieldBuilder)
  if (DataType.isFixedSizeList(type)) return fixedListBuilder(type, fieldBuilder)
  if (DataType.isStruct(type)) return structBuilder(type, fieldBuilder)
  if (DataType.isMap(type)) return mapBuilder(type, fieldBuilder)
  if (DataType.isDictionary(type)) return dictionaryBuilder(type, columnBuilder(type.dictionary))
  if (DataType.isNull(type)) return nullBuilder(type)
  throw new MillraceError(
    'UNSUPPORTED_FORMAT',
    `columns of type ${type} cannot be built; cast the column to another type`,
  )
}

/** A builder that rejects null if the field is required. */
export function fieldBuilder(field: Field): ColumnBuilder {
  const builder = columnBuilder(field.type)
  if (field.nullable) return builder
  const { append } = builder
  return Object.defineProperty(builder, 'append', {
    value: (value: unknown) => value !== null && value !== undefined && append(value),
  })
}

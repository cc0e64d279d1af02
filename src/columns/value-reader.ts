import { type Data, DataType, Precision } from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import { offsetsOf } from './layout.ts'
import { binaryReader, fixedBinaryReader, stringReader, viewReader } from './readers/bytes-reader.ts'
import { decimalReader } from './readers/decimal-reader.ts'
import { dictionaryReader } from './readers/dictionary-reader.ts'
import { fixedListReader, listReader, mapReader, structReader } from './readers/nested-reader.ts'
import type { ValueReader } from './readers/reader.ts'
import { dateReader, timeOfDayReader, timestampReader } from './readers/time-reader.ts'
import { isValid } from './validity.ts'

export type { ValueReader } from './readers/reader.ts'

/**
 * Create the reader of a column, chosen once so that reading a cell needs no decisions.
 *
 * Returns number for ints of up to 32 bits and floats; bigint for 64-bit ints, finer timestamps, and durations;
 * `HH:MM:SS` with all digits of the unit for times of day; decimal text with all digits of the scale; `Date` for dates
 * and timestamps of seconds and milliseconds; string, boolean; a copy of the bytes; array, plain object and `Map` for
 * nested columns.
 *
 * @throws MillraceError `TYPE_MISMATCH` from the reader if a date is beyond the range of `Date`, a time of day outside
 * a day, or a map has a key twice; `UNSUPPORTED_FORMAT` at once for unions.
 */
export function valueReader(data: Data): ValueReader {
  if (DataType.isNull(data.type)) return () => null
  const read = presentReader(data)
  if (data.nullCount === 0) return read
  const { nullBitmap, offset } = data
  return (row) => (isValid(nullBitmap, offset + row) ? read(row) : null)
}

/** Reads cells that are not null. */
function presentReader(data: Data): ValueReader {
  const { type } = data
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return stringReader(data.values, offsetsOf(data))
  if (DataType.isBool(type)) return (row) => isValid(data.values, data.offset + row)
  if (DataType.isTimestamp(type)) return timestampReader(data.values, type.unit)
  if (DataType.isDate(type)) return dateReader(data.values, type.unit)
  if (DataType.isTime(type)) return timeOfDayReader(data.values, type.unit)
  if (DataType.isDecimal(type)) return decimalReader(data.values, type)
  if (DataType.isFloat(type) && type.precision === Precision.HALF) return halfReader(data.values)
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isDuration(type)) {
    const values: ArrayLike<number | bigint> = data.values
    return (row) => values[row]
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return binaryReader(data.values, offsetsOf(data))
  if (DataType.isFixedSizeBinary(type)) return fixedBinaryReader(data.values, type.byteWidth)
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) return viewReader(data, DataType.isUtf8View(type))
  if (DataType.isDictionary(type)) return dictionaryReader(data, valueReader)
  if (DataType.isList(type) || DataType.isLargeList(type)) return listReader(data, offsetsOf(data), valueReader)
  if (DataType.isFixedSizeList(type)) return fixedListReader(data, type.listSize, valueReader)
  if (DataType.isStruct(type)) return structReader(data, valueReader)
  if (DataType.isMap(type)) return mapReader(data, valueReader)
  if (DataType.isInterval(type)) {
    const { values, stride }: { values: Int32Array; stride: number } = data
    return (row) => values.slice(row * stride, (row + 1) * stride)
  }
  throw new MillraceError(
    'UNSUPPORTED_FORMAT',
    `columns of type ${type} cannot be read as values; leave the column out`,
  )
}

/** IEEE 754 half floats. */
function halfReader(values: Uint16Array): ValueReader {
  return (row) => {
    const bits = values[row] ?? 0
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    if (exponent === 0) return sign * fraction * 2 ** -24
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
    return sign * (1024 + fraction) * 2 ** (exponent - 25)
  }
}

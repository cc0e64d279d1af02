import { type Data, DataType, type Float, type Timestamp, TimeUnit } from 'apache-arrow'
import { MillraceError } from '../errors.ts'
import { float64Text, isIntegerText, parseFloat64 } from '../internal/float64.ts'
import { MICROSECOND, MILLISECOND, NANOSECOND } from '../internal/iso8601.ts'
import { DATE_TEXT_BYTES, TIMESTAMP_TEXT_BYTES, writeDate, writeTimestamp } from '../internal/iso8601-text.ts'
import { timeOfDayText } from '../internal/time-of-day.ts'
import { decodeUtf8, isValidUtf8 } from '../internal/utf8.ts'
import { nearestFloat } from './builders/number-builder.ts'
import { UNITS_PER_SECOND } from './builders/time-builder.ts'
import { misfit } from './cell-error.ts'
import { columnBuilder } from './column-builder.ts'
import { columnTypeName } from './column-type.ts'
import { decodeDictionary } from './decode-dictionary.ts'
import { isValid } from './validity.ts'
import { type ValueReader, valueReader } from './value-reader.ts'

/** Converts a cell's value to one that the target's builder accepts; undefined if it would change. */
type Convert = (value: unknown) => unknown

const DAY_MS = 86_400_000
const DAY_SECONDS = 86_400n

/**
 * Convert every value of a column to another type. Nulls stay null.
 *
 * @param column - its name, for errors.
 * @param before - rows of earlier batches, for errors.
 * @throws MillraceError `TYPE_MISMATCH` with row and column at the first value that would change, without a row if no
 * value can be converted between the types.
 */
export function castColumn(data: Data, type: DataType, column: string, before: number): Data {
  if (isSameType(data.type, type)) return data
  if (DataType.isDictionary(data.type)) return castColumn(decodeDictionary(data), type, column, before)
  const target = DataType.isDictionary(type) ? type.dictionary : type
  const convert = conversion(data.type, target)
  if (convert === undefined) {
    const rule = `a column of type ${columnTypeName(data.type)} cannot be cast to ${columnTypeName(type)}`
    throw new MillraceError('TYPE_MISMATCH', rule, { position: { column } })
  }
  const read = rawReader(data)
  const builder = columnBuilder(type)
  for (let row = 0; row < data.length; row++) {
    const value = read(row)
    const converted = value === null ? null : convert(value)
    if (converted === undefined || !builder.append(converted)) {
      throw misfit(value, type, { row: before + row + 1, column })
    }
  }
  return builder.finish()
}

export function isSameType(left: DataType, right: DataType): boolean {
  return left === right || (left.typeId === right.typeId && String(left) === String(right))
}

/** The value to cast: days for dates, the unit for timestamps and times of day, otherwise the JavaScript value. */
function rawReader(data: Data): ValueReader {
  const { type } = data
  if (!DataType.isTimestamp(type) && !DataType.isDate(type) && !DataType.isTime(type)) return valueReader(data)
  const values: ArrayLike<unknown> = data.values
  const { nullCount, nullBitmap, offset } = data
  return (row) => (nullCount > 0 && !isValid(nullBitmap, offset + row) ? null : values[row])
}

const same: Convert = (value) => value

function conversion(from: DataType, to: DataType): Convert | undefined {
  if (DataType.isNull(from)) return same
  if (DataType.isUtf8(from) || DataType.isLargeUtf8(from)) return fromText(to)
  if (DataType.isUtf8(to)) return toText(from)
  if (DataType.isTimestamp(from)) return fromTimestamp(from, to)
  if (DataType.isDate(from)) return fromDate(from.unit === 0 ? 1 : DAY_MS, to)
  if (DataType.isDecimal(from)) return fromDecimal(to)
  if (DataType.isFloat(from)) return fromFloat(to)
  if (DataType.isInt(from)) return fromInt(to)
  if (DataType.isBool(from)) return DataType.isBool(to) ? same : undefined
  if (DataType.isTime(from) || DataType.isDuration(from)) return DataType.isInt(to) ? same : undefined
  const isBytes = DataType.isBinary(from) || DataType.isLargeBinary(from) || DataType.isFixedSizeBinary(from)
  return isBytes && (DataType.isBinary(to) || DataType.isFixedSizeBinary(to)) ? same : undefined
}

function isNumber(type: DataType): boolean {
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type)
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,19})$/
const FLOAT_NAMES: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

function fromText(to: DataType): Convert | undefined {
  if (DataType.isInt(to)) return (text) => (INTEGER.test(text as string) ? BigInt(text as string) : undefined)
  if (DataType.isFloat(to)) return (text) => textToFloat(text as string, to)
  if (DataType.isBool(to)) return (text) => textToBool(text as string)
  if (DataType.isBinary(to)) return (text) => Buffer.from(text as string)
  const takesText = DataType.isDecimal(to) || DataType.isDate(to) || DataType.isTimestamp(to) || DataType.isTime(to)
  return takesText || DataType.isUtf8(to) ? same : undefined
}

/** The nearest float; an integer must be representable exactly. */
function textToFloat(text: string, type: Float): number | undefined {
  const named = FLOAT_NAMES.get(text)
  if (named !== undefined) return named
  const bytes = Buffer.from(text)
  const value = parseFloat64(bytes, 0, bytes.length)
  if (isIntegerText(bytes, 0, bytes.length)) return BigInt(text) === BigInt(value) ? value : undefined
  const nearest = nearestFloat(value, type)
  return Number.isFinite(nearest) ? nearest : undefined
}

function textToBool(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  if (lower === 'true') return true
  return lower === 'false' ? false : undefined
}

function toText(from: DataType): Convert | undefined {
  if (DataType.isInt(from) || DataType.isBool(from) || DataType.isDecimal(from)) return String
  if (DataType.isFloat(from)) return (value) => float64Text(value as number)
  if (DataType.isDate(from)) return (value) => dateText(Number(value) / (from.unit === 0 ? 1 : DAY_MS))
  if (DataType.isTimestamp(from)) return (value) => timestampText(value as bigint, from.unit)
  if (DataType.isTime(from)) {
    const perSecond = UNITS_PER_SECOND[from.unit]
    return (value) => timeOfDayText(BigInt(value as number | bigint), perSecond)
  }
  if (DataType.isBinary(from) || DataType.isLargeBinary(from)) {
    return (value) => (isValidUtf8(value as Uint8Array) ? decodeUtf8(value as Uint8Array) : undefined)
  }
  return undefined
}

function dateText(days: number): string | undefined {
  if (!Number.isInteger(days)) return undefined
  const text = Buffer.alloc(DATE_TEXT_BYTES)
  return text.toString('latin1', 0, writeDate(days, text, 0))
}

function timestampText(units: bigint, unit: TimeUnit): string | undefined {
  const written = unit === TimeUnit.SECOND ? units * 1000n : units
  if (BigInt.asIntN(64, written) !== written) return undefined
  const halves = new Int32Array(new BigInt64Array([written]).buffer)
  const isoUnit = unit === TimeUnit.NANOSECOND ? NANOSECOND : unit === TimeUnit.MICROSECOND ? MICROSECOND : MILLISECOND
  const text = Buffer.alloc(TIMESTAMP_TEXT_BYTES)
  return text.toString('latin1', 0, writeTimestamp(halves[0] as number, halves[1] as number, isoUnit, text, 0))
}

function fromTimestamp({ unit }: Timestamp, to: DataType): Convert | undefined {
  const perSecond = UNITS_PER_SECOND[unit]
  if (DataType.isTimestamp(to)) {
    const target = UNITS_PER_SECOND[to.unit]
    return (value) => exactQuotient((value as bigint) * target, perSecond)
  }
  if (DataType.isDate(to)) {
    return (value) => {
      const days = exactQuotient(value as bigint, perSecond * DAY_SECONDS)
      return days === undefined ? undefined : new Date(Number(days) * DAY_MS)
    }
  }
  return DataType.isInt(to) ? same : undefined
}

function exactQuotient(dividend: bigint, divisor: bigint): bigint | undefined {
  return dividend % divisor === 0n ? dividend / divisor : undefined
}

/** @param unitsPerDay - units of the stored values per day. */
function fromDate(unitsPerDay: number, to: DataType): Convert | undefined {
  const days: Convert = (value) => Number(value) / unitsPerDay
  if (DataType.isInt(to)) return days
  if (DataType.isDate(to)) return (value) => new Date((days(value) as number) * DAY_MS)
  if (!DataType.isTimestamp(to)) return undefined
  const perDay = UNITS_PER_SECOND[to.unit] * DAY_SECONDS
  return (value) => (Number.isInteger(days(value)) ? BigInt(days(value) as number) * perDay : undefined)
}

function fromDecimal(to: DataType): Convert | undefined {
  if (DataType.isDecimal(to)) return same
  if (DataType.isInt(to)) {
    return (value) => {
      const [whole = '', fraction = ''] = String(value).split('.')
      return /^0*$/.test(fraction) ? BigInt(whole) : undefined
    }
  }
  return DataType.isFloat(to) ? (value) => decimalToFloat(String(value)) : undefined
}

/** A double keeps 15 digits of any decimal, so that the cast back returns the same; and integers up to 2**53. */
function decimalToFloat(text: string): number | undefined {
  const [whole = '', fraction = ''] = text.split('.')
  const digits = `${whole}${fraction}`.replace(/^-?0*/, '').replace(/0+$/, '')
  const value = Number(text)
  const isInteger = /^0*$/.test(fraction)
  return digits.length <= 15 || (isInteger && Number.isSafeInteger(value)) ? value : undefined
}

/** Only a float keeps the sign of -0. */
function fromFloat(to: DataType): Convert | undefined {
  if (DataType.isFloat(to)) return same
  if (DataType.isDecimal(to)) return (value) => (Object.is(value, -0) ? undefined : value)
  if (!DataType.isInt(to)) return undefined
  return (value) => (Number.isInteger(value) && !Object.is(value, -0) ? BigInt(value as number) : undefined)
}

function fromInt(to: DataType): Convert | undefined {
  if (DataType.isTimestamp(to) || DataType.isDuration(to)) return (value) => BigInt(value as number | bigint)
  if (DataType.isDate(to)) return (value) => new Date(Number(value) * DAY_MS)
  return isNumber(to) || DataType.isTime(to) ? same : undefined
}

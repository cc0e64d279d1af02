import { type Data, DataType, type DateUnit, makeVector, TimeUnit } from 'apache-arrow'
import { decodeDictionary } from '../../../columns/decode-dictionary.ts'
import { offsetsOf } from '../../../columns/layout.ts'
import { isValid } from '../../../columns/validity.ts'
import { MillraceError } from '../../../errors.ts'
import { decimalText, wordsToBigInt } from '../../../internal/decimal.ts'
import { float64Text } from '../../../internal/float64.ts'
import { INT64_TEXT_BYTES, storeMulAdd, writeInt64 } from '../../../internal/int64.ts'
import { MICROSECOND, MILLISECOND, NANOSECOND } from '../../../internal/iso8601.ts'
import { DATE_TEXT_BYTES, TIMESTAMP_TEXT_BYTES, writeDate, writeTimestamp } from '../../../internal/iso8601-text.ts'
import { timeOfDayText } from '../../../internal/time-of-day.ts'
import { type CellWriter, shortCells, textCells } from './cell-text.ts'
import { writeShortDecimal } from './short-decimal.ts'

/**
 * The text of a column's values, before quoting.
 *
 * @throws MillraceError `TYPE_MISMATCH` for types that cannot be written as CSV.
 */
export function valueCells(name: string, data: Data): CellWriter {
  const { type } = data
  if (DataType.isDictionary(type)) return valueCells(name, decodeDictionary(data))
  const write = flatCells(name, data)
  // A column without values may lack buffers.
  return data.nullCount === data.length ? nullCells : write
}

function flatCells(name: string, data: Data): CellWriter {
  const { type } = data
  if (DataType.isUtf8(type)) return stringCells(data)
  if (DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) {
    const vector = makeVector(data)
    return textCells(data, (index) => String(vector.get(index)))
  }
  if (DataType.isNull(type)) return nullCells
  if (DataType.isBool(type)) return boolCells(data)
  if (DataType.isInt(type)) return type.bitWidth === 64 ? int64Cells(data, type.isSigned) : smallIntCells(data)
  if (DataType.isFloat(type) && type.precision > 0) return floatCells(data)
  if (DataType.isDecimal(type)) {
    const words = type.bitWidth / 32
    const values: Uint32Array = data.values
    return textCells(data, (index) => decimalText(wordsToBigInt(values, index * words, words), type.scale))
  }
  if (DataType.isDate(type)) return dateCells(name, data, type.unit)
  if (DataType.isTimestamp(type)) return timestampCells(name, data, type.unit)
  if (DataType.isTime(type)) {
    const values: Int32Array | BigInt64Array = data.values
    const perSecond = 10n ** BigInt(3 * type.unit)
    return textCells(data, (index) => timeOfDayText(BigInt(values[index] as number | bigint), perSecond))
  }
  const remedy = DataType.isBinary(type)
    ? 'encode it as text first (base64, hex)'
    : 'flatten it, or write JSON or Parquet'
  throw new MillraceError('TYPE_MISMATCH', `a column of type ${type} cannot be written as CSV; ${remedy}`, {
    position: { column: name },
  })
}

/** Strings are referenced, not copied. */
function stringCells(data: Data): CellWriter {
  const { nullBitmap, offset, values } = data
  const offsets = offsetsOf(data)
  const hasNulls = data.nullCount > 0
  return (cells, from, count) => {
    cells.bytes = values
    for (let row = 0; row < count; row++) {
      const isNull = hasNulls && !isValid(nullBitmap, offset + from + row)
      cells.starts[row] = offsets[from + row] as number
      cells.ends[row] = isNull ? -1 : (offsets[from + row + 1] as number)
    }
  }
}

const nullCells: CellWriter = (cells, _from, count) => {
  cells.ends.fill(-1, 0, count)
}

const BOOLS = Buffer.from('truefalse')

function boolCells(data: Data): CellWriter {
  const { nullBitmap, offset } = data
  const values: Uint8Array = data.values
  const hasNulls = data.nullCount > 0
  return (cells, from, count) => {
    cells.bytes = BOOLS
    for (let row = 0; row < count; row++) {
      const isTrue = isValid(values, offset + from + row)
      cells.starts[row] = isTrue ? 0 : 4
      cells.ends[row] = hasNulls && !isValid(nullBitmap, offset + from + row) ? -1 : isTrue ? 4 : 9
    }
  }
}

function int64Cells(data: Data, isSigned: boolean): CellWriter {
  const values: BigInt64Array | BigUint64Array = data.values ?? new BigInt64Array(0)
  if (!isSigned) return textCells(data, (index) => String(values[index]))
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  return shortCells(data, INT64_TEXT_BYTES, (index, out, at) =>
    writeInt64(halves[2 * index] as number, halves[2 * index + 1] as number, out, at),
  )
}

function smallIntCells(data: Data): CellWriter {
  const values: Int32Array = data.values
  return shortCells(data, INT64_TEXT_BYTES, (index, out, at) => {
    const value = values[index] as number
    return writeInt64(value, value < 0 ? -1 : 0, out, at)
  })
}

/** The most bytes of a double's shortest text. */
const FLOAT64_TEXT_BYTES = 32

function floatCells(data: Data): CellWriter {
  const values: Float64Array | Float32Array = data.values
  return shortCells(data, FLOAT64_TEXT_BYTES, (index, out, at) => {
    const value = values[index] as number
    const short = writeShortDecimal(value, out, at)
    if (short !== -1) return short
    const text = float64Text(value)
    for (let place = 0; place < text.length; place++) out[at + place] = text.charCodeAt(place)
    return at + text.length
  })
}

const DAY_MS = 86_400_000n

function dateCells(name: string, data: Data, unit: DateUnit): CellWriter {
  if (unit === 0) {
    const days: Int32Array = data.values
    return shortCells(data, DATE_TEXT_BYTES, (index, out, at) => writeDate(days[index] as number, out, at))
  }
  const milliseconds: BigInt64Array = data.values
  return shortCells(data, DATE_TEXT_BYTES, (index, out, at) => {
    const value = milliseconds[index] as bigint
    if (value % DAY_MS === 0n) return writeDate(Number(value / DAY_MS), out, at)
    throw new MillraceError('TYPE_MISMATCH', 'a date has a time of day; cast the column to timestamp', {
      position: { column: name, row: index + 1 },
    })
  })
}

function timestampCells(name: string, data: Data, unit: TimeUnit): CellWriter {
  const values: BigInt64Array = data.values ?? new BigInt64Array(0)
  if (unit === TimeUnit.SECOND) return secondCells(name, data, values)
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const ours = unit === TimeUnit.MILLISECOND ? MILLISECOND : unit === TimeUnit.MICROSECOND ? MICROSECOND : NANOSECOND
  return shortCells(data, TIMESTAMP_TEXT_BYTES, (index, out, at) =>
    writeTimestamp(halves[2 * index] as number, halves[2 * index + 1] as number, ours, out, at),
  )
}

function secondCells(name: string, data: Data, seconds: BigInt64Array): CellWriter {
  const halves = new Int32Array(2)
  return shortCells(data, TIMESTAMP_TEXT_BYTES, (index, out, at) => {
    if (storeMulAdd(Number(seconds[index]), 1000, 0, halves, 0)) {
      return writeTimestamp(halves[0] as number, halves[1] as number, MILLISECOND, out, at)
    }
    throw new MillraceError('TYPE_MISMATCH', 'a timestamp does not fit 64 bits of milliseconds', {
      position: { column: name, row: index + 1 },
    })
  })
}

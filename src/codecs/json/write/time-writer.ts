import { type Data, DataType, DateUnit, TimeUnit } from 'apache-arrow'
import { MillraceError } from '../../../errors.ts'
import { INT64_TEXT_BYTES, writeInt64 } from '../../../internal/int64.ts'
import { MICROSECOND, MILLISECOND, NANOSECOND, type TimestampUnit } from '../../../internal/iso8601.ts'
import { DATE_TEXT_BYTES, TIMESTAMP_TEXT_BYTES, writeDate, writeTimestamp } from '../../../internal/iso8601-text.ts'
import { timeOfDayText } from '../../../internal/time-of-day.ts'
import { QUOTE } from '../read/rows/grammar.ts'
import { type JsonText, reserve, writeAscii } from './json-text.ts'

/** Writes the value at an index of one column as JSON. */
export type ValueWriter = (text: JsonText, index: number) => void

/** The writer of a column of dates, times or durations as ISO 8601 in their own unit; undefined for other types. `path` is the column's name. */
export function timeWriter(data: Data, path: string): ValueWriter | undefined {
  const { type, values } = data
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) {
    return (text, index) => {
      const out = reserve(text, DATE_TEXT_BYTES + 2)
      out[text.at] = QUOTE
      const at = writeDate(values[index], out, text.at + 1)
      out[at] = QUOTE
      text.at = at + 1
    }
  }
  if (DataType.isDate(type)) return timestampWriter(halvesOf(data), MILLISECOND, true)
  if (DataType.isTimestamp(type)) {
    const isUtc = type.timezone !== null && type.timezone !== undefined && type.timezone !== ''
    const unit = TIMESTAMP_UNITS[type.unit]
    return unit === undefined ? secondsWriter(values, isUtc, path) : timestampWriter(halvesOf(data), unit, isUtc)
  }
  if (DataType.isTime(type)) {
    const perSecond = 10n ** BigInt(3 * type.unit)
    return (text, index) => writeAscii(text, `"${timeOfDayText(BigInt(values[index]), perSecond)}"`)
  }
  if (DataType.isDuration(type)) return int64Writer(halvesOf(data))
  return undefined
}

const TIMESTAMP_UNITS: Readonly<Record<TimeUnit, TimestampUnit | undefined>> = {
  [TimeUnit.SECOND]: undefined,
  [TimeUnit.MILLISECOND]: MILLISECOND,
  [TimeUnit.MICROSECOND]: MICROSECOND,
  [TimeUnit.NANOSECOND]: NANOSECOND,
}

/** A time without zone has no `Z`: it is not an instant. */
function timestampWriter(halves: Int32Array, unit: TimestampUnit, isUtc: boolean): ValueWriter {
  return (text, index) => {
    const out = reserve(text, TIMESTAMP_TEXT_BYTES + 2)
    out[text.at] = QUOTE
    let at = writeTimestamp(halves[2 * index] as number, halves[2 * index + 1] as number, unit, out, text.at + 1)
    if (!isUtc) at--
    out[at] = QUOTE
    text.at = at + 1
  }
}

function secondsWriter(seconds: BigInt64Array, isUtc: boolean, path: string): ValueWriter {
  const milliseconds = new BigInt64Array(1)
  const write = timestampWriter(new Int32Array(milliseconds.buffer), MILLISECOND, isUtc)
  return (text, index) => {
    const written = (seconds[index] as bigint) * 1000n
    milliseconds[0] = written
    if (milliseconds[0] !== written) {
      throw new MillraceError(
        'TYPE_MISMATCH',
        'a time does not fit 64 bits of milliseconds; cast the column to int64',
        {
          position: { row: text.row, column: path },
        },
      )
    }
    write(text, 0)
  }
}

export function int64Writer(halves: Int32Array): ValueWriter {
  return (text, index) => {
    const out = reserve(text, INT64_TEXT_BYTES)
    text.at = writeInt64(halves[2 * index] as number, halves[2 * index + 1] as number, out, text.at)
  }
}

/** 64-bit values as pairs of 32 bits, the low one first. */
export function halvesOf({ values }: Data): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2)
}

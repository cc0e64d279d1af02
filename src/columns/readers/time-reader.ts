import { DateUnit, TimeUnit } from 'apache-arrow'
import { MillraceError } from '../../errors.ts'
import { timeOfDayFullText } from '../../internal/time-of-day.ts'
import type { ValueReader } from './reader.ts'

const DAY_MS = 86_400_000

export function dateReader(values: Int32Array | BigInt64Array, unit: DateUnit): ValueReader {
  const unitMs = unit === DateUnit.DAY ? DAY_MS : 1
  return (row) => toDate(Number(values[row]) * unitMs)
}

/** `Date` for seconds and milliseconds, bigint for the finer units: decided by type, so that all values of a column have one kind. */
export function timestampReader(values: BigInt64Array, unit: TimeUnit): ValueReader {
  if (unit === TimeUnit.MICROSECOND || unit === TimeUnit.NANOSECOND) return (row) => values[row]
  const unitMs = unit === TimeUnit.SECOND ? 1000 : 1
  return (row) => toDate(Number(values[row]) * unitMs)
}

/** Text of a time of day with all digits of the unit, `12:34:56.500000` for microseconds, so that all values of a column have one length. */
export function timeOfDayReader(values: Int32Array | BigInt64Array, unit: TimeUnit): ValueReader {
  const perSecond = 1000n ** BigInt(unit)
  const end = 86_400n * perSecond
  return (row) => {
    const units = BigInt(values[row] as number | bigint)
    if (units >= 0n && units < end) return timeOfDayFullText(units, perSecond)
    throw new MillraceError('TYPE_MISMATCH', 'the time of day is outside a day; cast the column to int64')
  }
}

function toDate(milliseconds: number): Date {
  const date = new Date(milliseconds)
  if (Number.isNaN(date.getTime())) {
    throw new MillraceError(
      'TYPE_MISMATCH',
      'the time is beyond the range of Date; cast the column to timestamp[us] or int64',
    )
  }
  return date
}

import * as types from 'node:util/types'
import { type Date_, DateUnit, type Duration, type Time, type Timestamp, TimeUnit } from 'apache-arrow'
import {
  MICROSECOND,
  MILLISECOND,
  NANOSECOND,
  parseDate,
  parseTimestamp,
  type TimestampUnit,
} from '../../internal/iso8601.ts'
import { parseTimeOfDay } from '../../internal/time-of-day.ts'
import type { ColumnBuilder } from './builder.ts'
import { fixedBuilder } from './fixed-builder.ts'
import { MAX_INT64, MIN_INT64, toBigInt } from './number-builder.ts'

const DAY_MS = 86_400_000
const LONGEST_TEXT = 64

export const UNITS_PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1n,
  [TimeUnit.MILLISECOND]: 1_000n,
  [TimeUnit.MICROSECOND]: 1_000_000n,
  [TimeUnit.NANOSECOND]: 1_000_000_000n,
}

/** Days since 1970-01-01, of a `Date` at midnight UTC or a text like `2024-02-29`. */
export function dateBuilder(type: Date_): ColumnBuilder {
  if (type.unit === DateUnit.DAY) return fixedBuilder(type, Int32Array, toDays)
  return fixedBuilder(type, BigInt64Array, (value) => {
    const days = toDays(value)
    return days === undefined ? undefined : BigInt(days) * BigInt(DAY_MS)
  })
}

export function timestampBuilder(type: Timestamp): ColumnBuilder {
  const { unit } = type
  return fixedBuilder(type, BigInt64Array, (value) => {
    if (typeof value === 'bigint') return toBigInt(value, MIN_INT64, MAX_INT64)
    if (typeof value === 'string') return textToUnits(value, unit)
    return types.isDate(value) ? millisecondsToUnits(value.getTime(), unit) : undefined
  })
}

/** Time of day, as a whole number or bigint of the unit, or a text like `12:34:56.789`. */
export function timeBuilder(type: Time): ColumnBuilder {
  const perSecond = UNITS_PER_SECOND[type.unit]
  const end = 86_400n * perSecond
  const toUnits = (value: unknown): bigint | undefined => {
    if (typeof value !== 'string') return toBigInt(value, 0n, end - 1n)
    return value.length > LONGEST_TEXT ? undefined : parseTimeOfDay(value, perSecond)
  }
  if (type.bitWidth === 64) return fixedBuilder(type, BigInt64Array, toUnits)
  return fixedBuilder(type, Int32Array, (value) => {
    const units = toUnits(value)
    return units === undefined ? undefined : Number(units)
  })
}

/** A length of time, as a whole number or bigint of the unit. */
export function durationBuilder(type: Duration): ColumnBuilder {
  return fixedBuilder(type, BigInt64Array, (value) =>
    typeof value === 'string' ? undefined : toBigInt(value, MIN_INT64, MAX_INT64),
  )
}

function toDays(value: unknown): number | undefined {
  if (types.isDate(value)) {
    const days = value.getTime() / DAY_MS
    return Number.isInteger(days) ? days : undefined
  }
  if (typeof value !== 'string' || value.length > LONGEST_TEXT) return undefined
  const text = Buffer.from(value)
  const out = new Int32Array(1)
  return parseDate(text, 0, text.length, out, 0) ? out[0] : undefined
}

function millisecondsToUnits(milliseconds: number, unit: TimeUnit): bigint | undefined {
  if (Number.isNaN(milliseconds)) return undefined
  if (unit === TimeUnit.SECOND) return milliseconds % 1000 === 0 ? BigInt(milliseconds / 1000) : undefined
  const units = (BigInt(milliseconds) * UNITS_PER_SECOND[unit]) / 1000n
  return units >= MIN_INT64 && units <= MAX_INT64 ? units : undefined
}

const ISO_UNIT: Readonly<Record<TimeUnit, TimestampUnit>> = {
  [TimeUnit.SECOND]: MILLISECOND,
  [TimeUnit.MILLISECOND]: MILLISECOND,
  [TimeUnit.MICROSECOND]: MICROSECOND,
  [TimeUnit.NANOSECOND]: NANOSECOND,
}

function textToUnits(value: string, unit: TimeUnit): bigint | undefined {
  if (value.length > LONGEST_TEXT) return undefined
  const text = Buffer.from(value)
  const halves = new Int32Array(2)
  if (!parseTimestamp(text, 0, text.length, ISO_UNIT[unit], halves, 0)) return undefined
  const units = new BigInt64Array(halves.buffer)[0] as bigint
  if (unit !== TimeUnit.SECOND) return units
  return units % 1000n === 0n ? units / 1000n : undefined
}

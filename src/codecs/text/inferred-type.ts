import { Field } from 'apache-arrow'
import { type ColumnTypeName, columnType } from '../../columns/column-type.ts'
import { emptyColumnField } from '../../columns/empty-column.ts'
import { keepsNumber, parseFloat64 } from '../../internal/float64.ts'
import { isExactDouble, parseInt64 } from '../../internal/int64.ts'
import {
  MICROSECOND,
  MILLISECOND,
  NANOSECOND,
  parseDate,
  parseTimestamp,
  timestampUnitOf,
} from '../../internal/iso8601.ts'

/**
 * The kinds of values seen in a column: a set of these flags, 0 for nulls only. Flags are combined with `|`, in any
 * order and grouping, so a column's type depends only on its values.
 */
export const SEEN = {
  bool: 1,
  /** An integer that fits 64 bits and is exactly a double. */
  int: 2,
  /** An integer that fits 64 bits and is not exactly a double. */
  wideInt: 4,
  /** A number with a fraction or exponent that a double represents. */
  float: 8,
  /** `NaN`, `Infinity` or `-Infinity`: a double only in a column that holds numbers too. */
  nonFinite: 16,
  date: 32,
  /** A date-time to the millisecond. */
  milliseconds: 64,
  microseconds: 128,
  nanoseconds: 256,
  /** A date-time out of range for 64 bits of microseconds, or of nanoseconds. */
  beyondMicroseconds: 512,
  beyondNanoseconds: 1024,
  /** Anything else: no other type represents it exactly. */
  text: 2048,
} as const

/** The types that inference can return. */
export type InferredType = Extract<
  ColumnTypeName,
  'bool' | 'int64' | 'float64' | 'date' | 'timestamp' | 'timestamp[us]' | 'timestamp[ns]' | 'string'
>

const INTEGERS = SEEN.int | SEEN.wideInt
const DOUBLES = SEEN.int | SEEN.float | SEEN.nonFinite
const TIMESTAMPS =
  SEEN.milliseconds | SEEN.microseconds | SEEN.nanoseconds | SEEN.beyondMicroseconds | SEEN.beyondNanoseconds

/** The narrowest type that represents every value seen exactly; undefined if none was seen. */
export function inferredType(seen: number): InferredType | undefined {
  if (seen === 0) return undefined
  if (seen === SEEN.bool) return 'bool'
  if ((seen & ~INTEGERS) === 0) return 'int64'
  if ((seen & ~DOUBLES) === 0 && seen !== SEEN.nonFinite) return 'float64'
  if (seen === SEEN.date) return 'date'
  if ((seen & ~TIMESTAMPS) !== 0) return 'string'
  const beyond = SEEN.beyondNanoseconds | SEEN.beyondMicroseconds
  if ((seen & SEEN.nanoseconds) !== 0) return (seen & beyond) === 0 ? 'timestamp[ns]' : 'string'
  if ((seen & SEEN.microseconds) !== 0) return (seen & SEEN.beyondMicroseconds) === 0 ? 'timestamp[us]' : 'string'
  return 'timestamp'
}

/**
 * Check whether later values can change the column's type although they fit this one: nothing seen yet, or only `NaN`s
 * so far, which need a number to be doubles.
 */
export function isUndecided(seen: number): boolean {
  return seen === 0 || seen === SEEN.nonFinite
}

/** The nullable field of an inferred column; marked if no value was seen. */
export function inferredField(name: string, seen: number): Field {
  const type = inferredType(seen)
  return type === undefined ? emptyColumnField(name) : new Field(name, columnType(type), true)
}

/**
 * The flag of the text in `bytes[start, end)`, as CSV types it. `scratch` has room for one 64-bit integer.
 */
export function seenInText(bytes: Uint8Array, start: number, end: number, scratch: Int32Array): number {
  const first = bytes[start] as number
  if ((first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2b || first === 0x2e) {
    return (
      seenInNumber(bytes, start, end, scratch) ||
      seenInTime(bytes, start, end, scratch) ||
      (nonFiniteNumber(bytes, start, end) === undefined ? SEEN.text : SEEN.nonFinite)
    )
  }
  if (boolOf(bytes, start, end) >= 0) return SEEN.bool
  return nonFiniteNumber(bytes, start, end) === undefined ? SEEN.text : SEEN.nonFinite
}

/** The flag of a number's text, 0 if the text is not a number; integers over 64 bits and decimals that no double represents are `text`. */
export function seenInNumber(bytes: Uint8Array, start: number, end: number, scratch: Int32Array): number {
  if (parseInt64(bytes, start, end, scratch, 0)) {
    return isExactDouble(scratch[0] as number, scratch[1] as number) ? SEEN.int : SEEN.wideInt
  }
  const value = parseFloat64(bytes, start, end)
  if (Number.isNaN(value)) return 0
  return keepsNumber(value, bytes, start, end) ? SEEN.float : SEEN.text
}

/** The flags of an ISO 8601 date or date-time, 0 if the text is neither. */
export function seenInTime(bytes: Uint8Array, start: number, end: number, scratch: Int32Array): number {
  if (parseDate(bytes, start, end, scratch, 0)) return SEEN.date
  const unit = timestampUnitOf(bytes, start, end)
  if (unit === 0) return 0
  // Only a date-time that fits milliseconds can be out of range for a finer unit.
  if (unit === MILLISECOND && !parseTimestamp(bytes, start, end, MILLISECOND, scratch, 0)) return 0
  const fitsNanoseconds = parseTimestamp(bytes, start, end, NANOSECOND, scratch, 0)
  if (unit === NANOSECOND) return fitsNanoseconds ? SEEN.nanoseconds : 0
  const beyond = fitsNanoseconds ? 0 : SEEN.beyondNanoseconds
  const fitsMicroseconds = fitsNanoseconds || parseTimestamp(bytes, start, end, MICROSECOND, scratch, 0)
  if (unit === MICROSECOND) return fitsMicroseconds ? SEEN.microseconds | beyond : 0
  return SEEN.milliseconds | beyond | (fitsMicroseconds ? 0 : SEEN.beyondMicroseconds)
}

/** 1 for `true`, 0 for `false`, in any letter case; -1 otherwise. */
export function boolOf(bytes: Uint8Array, start: number, end: number): -1 | 0 | 1 {
  const length = end - start
  if (length === 4) return isWord(bytes, start, TRUE) ? 1 : -1
  return length === 5 && isWord(bytes, start, FALSE) ? 0 : -1
}

const TRUE = [0x74, 0x72, 0x75, 0x65]
const FALSE = [0x66, 0x61, 0x6c, 0x73, 0x65]

function isWord(bytes: Uint8Array, start: number, word: readonly number[]): boolean {
  for (let at = 0; at < word.length; at++) if (((bytes[start + at] as number) | 0x20) !== word[at]) return false
  return true
}

const NAN = Buffer.from('NaN')
const INFINITY = Buffer.from('Infinity')

/** The double that `NaN`, `Infinity` or `-Infinity` spells, in exactly this letter case; undefined otherwise. */
export function nonFiniteNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  const length = end - start
  if (length === 3) return isExactly(bytes, start, NAN) ? Number.NaN : undefined
  if (length === 8) return isExactly(bytes, start, INFINITY) ? Number.POSITIVE_INFINITY : undefined
  if (length !== 9 || bytes[start] !== 0x2d) return undefined
  return isExactly(bytes, start + 1, INFINITY) ? Number.NEGATIVE_INFINITY : undefined
}

function isExactly(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let at = 0; at < word.length; at++) if (bytes[start + at] !== word[at]) return false
  return true
}

// Records the kinds of values of a column.

import { NOWHERE, takeInt64 } from '../shared/digits'
import { takeDate, takeTimestamp } from '../shared/times'
import { FALS, isEnd, MINUS, OPEN_BRACE, OPEN_BRACKET, PLUS, QUOTE, TRUE, ZERO } from './bytes'
import { deferValue } from './deferred'
import { SEEN, SEEN_BEFORE, SEEN_ROW } from './record'
import { hadEscape, skipString } from './skip'
import { quoted, takeNumber } from './values'

/** Kinds of values: see `SEEN` of `src/codecs/text/inferred-type.ts` and `KIND` of `src/codecs/json/read/types/json-shape.ts`. */
export const SEEN_BOOL: i32 = 1
export const SEEN_INT: i32 = (1 << 16) | 2
export const SEEN_FLOAT: i32 = (1 << 16) | 8
export const SEEN_DATE: i32 = (1 << 17) | 32
export const SEEN_MILLISECONDS: i32 = (1 << 17) | 64
export const SEEN_MICROSECONDS: i32 = (1 << 17) | 128
export const SEEN_NANOSECONDS: i32 = (1 << 17) | 256
export const SEEN_TEXT: i32 = (1 << 17) | 2048
/** Integers up to here are exactly doubles. */
export const MAX_SAFE: i64 = 1 << 53

/** Scratch memory for values that are not kept. */
const scratch: usize = memory.data(16)

/** Record the kind of a value; nested values, and those without a usual form, are left to TypeScript. */
export function surveyValue(column: usize, at: usize, row: i32): usize {
  const byte: u32 = load<u8>(at)
  if (byte === QUOTE) return surveyString(column, at, row)
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return deferValue(column, at, row, row)
  if (load<u32>(at) === TRUE) return mark(column, SEEN_BOOL, at + 4, row)
  if (load<u32>(at) === FALS && load<u8>(at, 4) === 0x65) return mark(column, SEEN_BOOL, at + 5, row)
  let end = takeInt64(at, scratch)
  if (end !== NOWHERE && isEnd(load<u8>(end))) {
    const value = load<i64>(scratch)
    return value <= MAX_SAFE && value >= -MAX_SAFE ? mark(column, SEEN_INT, end, row) : deferValue(column, at, row, row)
  }
  end = takeNumber(at, scratch)
  return end === NOWHERE ? deferValue(column, at, row, row) : mark(column, SEEN_FLOAT, end, row)
}

function surveyString(column: usize, at: usize, row: i32): usize {
  const start = at + 1
  const end = skipString(start)
  if (end === NOWHERE || (load<i32>(column, SEEN) & SEEN_TEXT) === SEEN_TEXT) return end
  if (hadEscape) return deferValue(column, at, row, row)
  const byte: u32 = load<u8>(start)
  const mayBeTime = end - start > 10 && (byte - ZERO <= 9 || byte === PLUS || byte === MINUS)
  if (!mayBeTime) return mark(column, SEEN_TEXT, end, row)
  if (quoted(takeDate(start, scratch)) === end) return mark(column, SEEN_DATE, end, row)
  if (quoted(takeTimestamp(start, scratch, 9)) !== end) return deferValue(column, at, row, row)
  const time = load<i64>(scratch)
  if (time % 1_000 !== 0) return mark(column, SEEN_NANOSECONDS, end, row)
  return mark(column, time % 1_000_000 === 0 ? SEEN_MILLISECONDS : SEEN_MICROSECONDS, end, row)
}

function mark(column: usize, kind: i32, end: usize, row: i32): usize {
  const seen = load<i32>(column, SEEN)
  if ((seen | kind) === seen) return end
  store<i32>(column, seen, SEEN_BEFORE)
  store<i32>(column, row, SEEN_ROW)
  store<i32>(column, seen | kind, SEEN)
  return end
}

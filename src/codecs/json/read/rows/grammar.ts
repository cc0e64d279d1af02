import {
  CONTROL_CHARACTER,
  type Cursor,
  EXPECTED_COLON,
  EXPECTED_COMMA_OR_BRACE,
  EXPECTED_COMMA_OR_BRACKET,
  EXPECTED_KEY,
  EXPECTED_VALUE,
  FIELD_TOO_LONG,
  fail,
  INVALID_ESCAPE,
  INVALID_NUMBER,
  LONE_SURROGATE,
  TOO_DEEP,
} from './cursor.ts'

/**
 * The grammar of RFC 8259, byte by byte and strictly. Each function takes the offset of a token or value and returns
 * the offset after it, or -1 with the cursor's fault set.
 */

export const QUOTE = 0x22
export const BACKSLASH = 0x5c
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const MINUS = 0x2d
export const PLUS = 0x2b
export const POINT = 0x2e
export const ZERO = 0x30
export const SPACE = 0x20
export const NEWLINE = 0x0a
export const RETURN = 0x0d
export const TAB = 0x09
export const LOWER_T = 0x74
export const LOWER_F = 0x66
export const LOWER_N = 0x6e

/** 1 for the bytes that end plain text in a string: quote, backslash and control characters. */
export const ENDS_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < SPACE || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
)

/** Skip white space. A line ends with `\n`, `\r\n` or `\r` alone. */
export function skipSpace(cursor: Cursor, at: number): number {
  const { bytes } = cursor
  for (; ; at++) {
    const byte = bytes[at] as number
    if (byte === SPACE || byte === TAB) continue
    if (byte === NEWLINE) cursor.line++
    else if (byte !== RETURN) return at
    else if (bytes[at + 1] !== NEWLINE) cursor.line++
  }
}

/** Skip spaces and tabs. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  while (isBlank(bytes[at])) at++
  return at
}

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB
}

export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB
}

/** Skip any value. `depth` is the number of objects and arrays around it. */
export function skipValue(cursor: Cursor, at: number, depth: number): number {
  switch (cursor.bytes[at]) {
    case QUOTE:
      return skipString(cursor, at)
    case OPEN_BRACE:
      return depth < cursor.maxDepth ? skipObject(cursor, at, depth + 1) : fail(cursor, TOO_DEEP, at)
    case OPEN_BRACKET:
      return depth < cursor.maxDepth ? skipArray(cursor, at, depth + 1) : fail(cursor, TOO_DEEP, at)
    case LOWER_T:
      return skipWord(cursor, at, TRUE)
    case LOWER_F:
      return skipWord(cursor, at, FALSE)
    case LOWER_N:
      return skipWord(cursor, at, NULL)
    default:
      return skipNumber(cursor, at)
  }
}

function skipObject(cursor: Cursor, at: number, depth: number): number {
  const { bytes } = cursor
  at = skipSpace(cursor, at + 1)
  if (bytes[at] === CLOSE_BRACE) return at + 1
  for (;;) {
    at = skipKey(cursor, at)
    if (at < 0) return at
    at = skipValue(cursor, at, depth)
    if (at < 0) return at
    at = skipSpace(cursor, at)
    const byte = bytes[at]
    if (byte === CLOSE_BRACE) return at + 1
    if (byte !== COMMA) return fail(cursor, EXPECTED_COMMA_OR_BRACE, at)
    at = skipSpace(cursor, at + 1)
  }
}

/** Skip a key and its colon, up to the value. */
export function skipKey(cursor: Cursor, at: number): number {
  if (cursor.bytes[at] !== QUOTE) return fail(cursor, EXPECTED_KEY, at)
  at = skipString(cursor, at)
  return at < 0 ? at : skipColon(cursor, at)
}

export function skipColon(cursor: Cursor, at: number): number {
  at = skipSpace(cursor, at)
  return cursor.bytes[at] === COLON ? skipSpace(cursor, at + 1) : fail(cursor, EXPECTED_COLON, at)
}

function skipArray(cursor: Cursor, at: number, depth: number): number {
  const { bytes } = cursor
  at = skipSpace(cursor, at + 1)
  if (bytes[at] === CLOSE_BRACKET) return at + 1
  for (;;) {
    at = skipValue(cursor, at, depth)
    if (at < 0) return at
    at = skipSpace(cursor, at)
    const byte = bytes[at]
    if (byte === CLOSE_BRACKET) return at + 1
    if (byte !== COMMA) return fail(cursor, EXPECTED_COMMA_OR_BRACKET, at)
    at = skipSpace(cursor, at + 1)
  }
}

/** Skip a string, its quotes included. One that is too long is not examined further: chunks may end anywhere in it. */
export function skipString(cursor: Cursor, at: number): number {
  const { bytes, maxFieldBytes } = cursor
  const start = ++at
  for (;;) {
    while (ENDS_TEXT[bytes[at] as number] === 0) at++
    if (at - start > maxFieldBytes) return fail(cursor, FIELD_TOO_LONG, start)
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    if (byte !== BACKSLASH) return fail(cursor, CONTROL_CHARACTER, at)
    at = skipEscape(cursor, at)
    if (at < 0) return at
  }
}

/** Skip an escape from its backslash on, both halves of a surrogate pair. */
function skipEscape(cursor: Cursor, at: number): number {
  const { bytes } = cursor
  switch (bytes[at + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2
    case 0x75:
      break
    default:
      return fail(cursor, INVALID_ESCAPE, at + 1)
  }
  const unit = hexUnit(cursor, at)
  if (unit < 0) return -1
  if ((unit & 0xf800) !== 0xd800 || cursor.lenient) return at + 6
  if (unit >= 0xdc00) return fail(cursor, LONE_SURROGATE, at)
  if (bytes[at + 6] !== BACKSLASH) return fail(cursor, LONE_SURROGATE, at + 6)
  if (bytes[at + 7] !== 0x75) return fail(cursor, LONE_SURROGATE, at + 7)
  const low = hexUnit(cursor, at + 6)
  if (low < 0) return -1
  return (low & 0xfc00) === 0xdc00 ? at + 12 : fail(cursor, LONE_SURROGATE, at)
}

/** Read the code unit of `\uXXXX`, or -1. */
function hexUnit(cursor: Cursor, at: number): number {
  let unit = 0
  for (let place = at + 2; place < at + 6; place++) {
    const digit = hexDigit(cursor.bytes[place] as number)
    if (digit < 0) return fail(cursor, INVALID_ESCAPE, place)
    unit = unit * 16 + digit
  }
  return unit
}

export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** Skip a number. The caller decides whether it fits a type. */
export function skipNumber(cursor: Cursor, at: number): number {
  const { bytes } = cursor
  const start = at
  if (bytes[at] === MINUS) at++
  if (!isDigit(bytes[at])) return at === start ? fail(cursor, EXPECTED_VALUE, at) : invalidNumber(cursor, start, at)
  if (bytes[at] === ZERO) {
    if (isDigit(bytes[++at])) return invalidNumber(cursor, start, at)
  } else while (isDigit(bytes[at])) at++
  if (bytes[at] === POINT) {
    if (!isDigit(bytes[++at])) return invalidNumber(cursor, start, at)
    while (isDigit(bytes[at])) at++
  }
  if (((bytes[at] as number) | 0x20) === 0x65) {
    at++
    if (bytes[at] === PLUS || bytes[at] === MINUS) at++
    if (!isDigit(bytes[at])) return invalidNumber(cursor, start, at)
    while (isDigit(bytes[at])) at++
  }
  return at - start > cursor.maxFieldBytes ? fail(cursor, FIELD_TOO_LONG, start) : at
}

/** Fail at a byte that no number has there; digits beyond the limit come before it. */
function invalidNumber(cursor: Cursor, start: number, at: number): -1 {
  return at - start > cursor.maxFieldBytes ? fail(cursor, FIELD_TOO_LONG, start) : fail(cursor, INVALID_NUMBER, at)
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

const word = (text: string): Uint8Array => new TextEncoder().encode(text)
export const TRUE = word('true')
export const FALSE = word('false')
export const NULL = word('null')

export function skipWord(cursor: Cursor, at: number, expected: Uint8Array): number {
  for (let place = 0; place < expected.length; place++) {
    if (cursor.bytes[at + place] !== expected[place]) return fail(cursor, EXPECTED_VALUE, at + place)
  }
  return at + expected.length
}

/** Test whether the key and its closing quote are at `at`. The quote is compared first: most keys differ in length. */
export function isKey(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  const last = key.length - 1
  if (bytes[at + last] !== key[last]) return false
  for (let place = 0; place < last; place++) if (bytes[at + place] !== key[place]) return false
  return true
}

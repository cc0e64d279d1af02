import { isValidUtf8 } from '../../../../internal/utf8.ts'
import {
  type Cursor,
  certainAt,
  EXPECTED_COMMA_OR_BRACE,
  EXPECTED_KEY,
  type Fault,
  fail,
  INVALID_UTF8,
  ROW_TOO_LONG,
  syntax,
} from './cursor.ts'
import { FOUND_BYTES } from './found.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  LOWER_N,
  NULL,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  RETURN,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
  skipWord,
} from './grammar.ts'
import { faultError } from './rejected-row.ts'
import { type RowWindow, rowsEnd } from './row-window.ts'
import { keyText } from './unescape.ts'

/** The result of searching for a row: a row at `window.at`, the end of the available bytes, or the end of the file. */
export type Place = 'row' | 'more' | 'done'

const NO_ROWS = syntax('the file is empty or only white space, which is not JSON')
const AFTER_END = syntax('nothing may follow the end of the JSON text')
const BETWEEN_ROWS = syntax('a comma or ] is expected after a row')
const NO_ROW_AFTER_COMMA = syntax('a row is expected after a comma; found ]: a trailing comma')
const NO_KEY_AFTER_COMMA = syntax('a key is expected after a comma; found }: a trailing comma')
const CUT_FILE = syntax('the file is cut off: an array or object is not closed')
const NO_PATH = syntax('the object has no key that the option rows names')
const NOT_IN_AN_OBJECT = syntax('the option rows must lead through objects')
const NO_ARRAY = syntax('the option rows must lead to an array')
const REPEATED_PATH = syntax('a key that the option rows names is repeated')

/** Move to the next row: over white space, and over everything around and between rows. */
export function findRow(window: RowWindow): Place {
  const { cursor } = window
  if (cursor.end < window.retryAt && !window.ended) return 'more'
  for (;;) {
    if (window.stage === 'start' && !skipByteOrderMark(window)) return 'more'
    skipToToken(window)
    if (window.at >= rowsEnd(window)) return window.ended ? endOfFile(window) : 'more'
    const byte = cursor.bytes[window.at] as number
    switch (window.stage) {
      case 'objects':
        return 'row'
      case 'firstRow':
      case 'row':
        if (byte !== CLOSE_BRACKET) return 'row'
        if (window.stage === 'row') throw faultError(window, NO_ROW_AFTER_COMMA, window.at)
        endArray(window)
        break
      case 'afterRow':
        if (byte === CLOSE_BRACKET) endArray(window)
        else if (byte === COMMA) step(window, 'row')
        else if (mayBeCut(window)) return 'more'
        else throw faultError(window, BETWEEN_ROWS, window.at)
        break
      case 'start':
        start(window, byte)
        break
      default:
        if (!stepOnPath(window, byte)) return 'more'
    }
  }
}

function step(window: RowWindow, stage: RowWindow['stage']): void {
  window.at++
  window.stage = stage
}

/** Skip white space, except a carriage return whose line feed may still arrive. */
function skipToToken(window: RowWindow): void {
  const { cursor } = window
  const from = window.at
  window.at = skipSpace(cursor, from)
  if (window.at > from && window.at >= cursor.end && !window.ended && cursor.bytes[window.at - 1] === RETURN) {
    window.at--
    cursor.line--
  }
}

/** Test whether bytes that an error message would describe have not arrived yet. */
function mayBeCut({ cursor, at, ended }: RowWindow): boolean {
  return !ended && cursor.end - at < FOUND_BYTES
}

/** @returns false if more bytes are needed to decide. */
function skipByteOrderMark(window: RowWindow): boolean {
  const { cursor, at, dropped, ended } = window
  if (dropped > 0 || at > 0) return true
  if (cursor.end < 3 && !ended) return false
  if (cursor.bytes[0] === 0xef && cursor.bytes[1] === 0xbb && cursor.bytes[2] === 0xbf) window.at = 3
  return true
}

function start(window: RowWindow, byte: number): void {
  if (window.path.length > 0) window.stage = 'nextObject'
  else if (byte === OPEN_BRACKET) step(window, 'firstRow')
  else window.stage = 'objects'
}

function endArray(window: RowWindow): void {
  window.isPastRows = true
  step(window, window.path.length > 0 ? 'afterValue' : 'end')
}

function endOfFile(window: RowWindow): Place {
  switch (window.stage) {
    case 'start':
      throw faultError(window, NO_ROWS, window.at)
    case 'objects':
    case 'nextObject':
    case 'end':
      return 'done'
    default:
      throw faultError(window, CUT_FILE, window.at)
  }
}

/** Move on outside the array of rows. @returns false if more bytes are needed. */
function stepOnPath(window: RowWindow, byte: number): boolean {
  const { at, stage } = window
  if (stage === 'nextObject' && byte === OPEN_BRACE) {
    window.isPastRows = false
    window.openObjects = 1
    step(window, 'firstKey')
  } else if (byte === CLOSE_BRACE && (stage === 'firstKey' || stage === 'afterValue')) endObject(window)
  else if (byte === COMMA && stage === 'afterValue') step(window, 'key')
  else if (byte === QUOTE && (stage === 'firstKey' || stage === 'key')) return passMember(window)
  else {
    if (mayBeCut(window)) return false
    throw faultError(window, misplaced(stage, byte), at)
  }
  return true
}

function misplaced(stage: RowWindow['stage'], byte: number): Fault {
  if (stage === 'key' && byte === CLOSE_BRACE) return NO_KEY_AFTER_COMMA
  if (stage === 'end') return AFTER_END
  if (stage === 'nextObject') return NOT_IN_AN_OBJECT
  return stage === 'afterValue' ? EXPECTED_COMMA_OR_BRACE : EXPECTED_KEY
}

function endObject(window: RowWindow): void {
  if (!window.isPastRows) throw faultError(window, NO_PATH, window.at, window.path.slice(0, window.openObjects))
  window.openObjects--
  step(window, window.openObjects === 0 ? 'nextObject' : 'afterValue')
}

/** Move past a key on the path to its value, or past any other key and its value. @returns false if more bytes are needed. */
function passMember(window: RowWindow): boolean {
  const { cursor, at, path, openObjects } = window
  const { line } = cursor
  const end = skipMember(window)
  if (end >= 0 && end < cursor.end) {
    if (end - at > cursor.maxRowBytes) throw faultError(window, ROW_TOO_LONG, at)
    if (at < window.invalidUtf8Before && !isValidUtf8(cursor.bytes, at, end)) throw faultError(window, INVALID_UTF8, at)
    window.at = end
    return true
  }
  cursor.line = line
  const faultAt = end >= 0 ? cursor.end : cursor.faultAt
  if ((end >= 0 ? cursor.end : certainAt(cursor)) - at > cursor.maxRowBytes) throw faultError(window, ROW_TOO_LONG, at)
  if (window.ended && faultAt >= cursor.end) throw faultError(window, CUT_FILE, faultAt)
  if (window.ended || faultAt + FOUND_BYTES <= cursor.end)
    throw faultError(window, cursor.fault, faultAt, path.slice(0, openObjects - 1))
  window.retryAt = at + 2 * (cursor.end - at)
  return false
}

/** The offset after the member at `window.at`, or, on the path, after the bracket or brace that begins its value; -1 with the fault set. */
function skipMember(window: RowWindow): number {
  const { cursor, at, path, openObjects } = window
  const keyEnd = skipString(cursor, at)
  if (keyEnd < 0) return keyEnd
  const valueAt = skipColon(cursor, keyEnd)
  if (valueAt < 0) return valueAt
  const isOnPath = keyText(cursor.bytes, at + 1, keyEnd - 1) === path[openObjects - 1]
  if (!isOnPath) {
    const end = skipValue(cursor, valueAt, openObjects)
    if (end >= 0 && end < cursor.end) window.stage = 'afterValue'
    return end
  }
  if (window.isPastRows) return fail(cursor, REPEATED_PATH, at)
  return enterValue(window, cursor, valueAt)
}

/** Enter the object or array at a key on the path; null instead of an array has no rows. */
function enterValue(window: RowWindow, cursor: Cursor, at: number): number {
  const byte = cursor.bytes[at]
  const isLast = window.openObjects === window.path.length
  if (isLast && byte === LOWER_N) {
    const end = skipWord(cursor, at, NULL)
    if (end < 0 || end >= cursor.end) return end
    window.isPastRows = true
    window.stage = 'afterValue'
    return end
  }
  if (byte !== (isLast ? OPEN_BRACKET : OPEN_BRACE)) return fail(cursor, isLast ? NO_ARRAY : NOT_IN_AN_OBJECT, at)
  if (at + 1 >= cursor.end) return at + 1
  if (!isLast) window.openObjects++
  window.stage = isLast ? 'firstRow' : 'firstKey'
  return at + 1
}

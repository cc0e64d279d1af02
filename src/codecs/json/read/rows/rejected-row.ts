import { MillraceError } from '../../../../errors.ts'
import { skipRow } from './broken-rows.ts'
import { AFTER_OBJECT, CUT_OFF, type Fault, fail, INVALID_ESCAPE, NOT_AN_OBJECT, TOO_DEEP } from './cursor.ts'
import { pathTo } from './fault-path.ts'
import { foundAt } from './found.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  isSpace,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  RETURN,
  skipBlanks,
} from './grammar.ts'
import { blanksBefore, endsLine, lineOf, type RowWindow } from './row-window.ts'

/** The rest of a line cannot be read before it is complete. */
const NEEDS_MORE = -2
/** The end of a broken row in an array cannot be determined. */
const UNKNOWN = -1

/** The error of a fault around or between rows. */
export function faultError(
  window: RowWindow,
  fault: Fault,
  at: number,
  path: readonly (string | number)[] = [],
): MillraceError {
  const position = { line: lineOf(window, at), row: window.row + 1, byteOffset: window.dropped + at }
  return new MillraceError(fault.code, described(window, fault, at).reason, { position, path })
}

/** The error of the row at `window.at`, whose fault is in the cursor. */
function rowError(window: RowWindow, fault: Fault): MillraceError {
  const { cursor, at } = window
  const { faultAt, faultColumn } = cursor
  const column = faultColumn === undefined ? {} : { column: faultColumn }
  const position = {
    line: lineOf(window, faultAt),
    row: window.row + 1,
    ...column,
    byteOffset: window.dropped + faultAt,
  }
  const path = cursor.faultPath ?? pathTo(cursor.bytes, at, Math.min(faultAt, cursor.end))
  return new MillraceError(fault.code, fault.reason, { position, path })
}

/**
 * Move past the row at `window.at`, whose fault is in the cursor, and report it to `onInvalidRow`; without that
 * callback, and for a limit, throw it. If the next row of an array cannot be found, do both.
 *
 * @returns false, with nothing reported, if more bytes are needed to find its end.
 */
export function rejectRow(window: RowWindow): boolean {
  const { cursor, at, onInvalidRow } = window
  const fault = faultOfRow(window)
  if (onInvalidRow === undefined || fault.code === 'LIMIT_EXCEEDED') throw rowError(window, fault)
  const { faultAt, faultColumn, faultPath } = cursor
  const end = window.stage === 'objects' ? endOfObject(window) : endOfElement(window)
  if (end === NEEDS_MORE) {
    window.retryAt = at + 2 * (cursor.end - at)
    return false
  }
  const reason = faultColumn === undefined ? fault.reason : `column ${JSON.stringify(faultColumn)}: ${fault.reason}`
  onInvalidRow({ line: cursor.line, row: window.row + 1, reason, code: fault.code })
  if (end === UNKNOWN) {
    fail(cursor, fault, faultAt)
    cursor.faultPath = faultPath
    throw rowError(window, fault)
  }
  const line = lineOf(window, end)
  window.at = end
  cursor.line = line
  return true
}

/** The fault that is reported for a row: see {@link reachOf}. */
function faultOfRow(window: RowWindow): Fault {
  const { cursor, at } = window
  const isOpen = cursor.fault.code === 'JSON_INVALID' && cursor.fault !== AFTER_OBJECT
  if (isOpen || cursor.fault === TOO_DEEP) {
    const reach = reachOf(window, cursor.faultAt)
    if (cursor.bytes[at] === OPEN_BRACKET && isBelow(window, cursor.faultAt)) fail(cursor, NOT_AN_OBJECT, at)
    else if (reach < cursor.faultAt || endsLine(cursor.bytes, cursor.faultAt)) fail(cursor, CUT_OFF, reach)
  }
  if (cursor.fault.code !== 'JSON_INVALID') return cursor.fault
  return cursor.faultAt >= cursor.end ? CUT_OFF : described(window, cursor.fault, cursor.faultAt)
}

/**
 * Find how far a row with a fault reaches. Among consecutive objects, one that is neither closed on its line nor laid
 * out over several lines was cut off there: a fault below belongs to another row. The same holds for nesting that is
 * too deep only below a line that begins with a brace.
 */
export function reachOf(window: RowWindow, faultAt: number): number {
  if (!isNested(window)) return faultAt
  if (!isLaidOut(window, faultAt)) return Math.min(faultAt, lineEnd(window, window.at))
  return window.cursor.fault === TOO_DEEP ? Math.min(faultAt, laidOutEnd(window, faultAt)) : faultAt
}

/** Test whether the row is an object or array among consecutive objects, and may span several lines. */
function isNested({ cursor, stage, at }: RowWindow): boolean {
  return stage === 'objects' && (cursor.bytes[at] === OPEN_BRACE || cursor.bytes[at] === OPEN_BRACKET)
}

/** Test whether a fault is below the first line of a row that may span several. */
export function isBelow(window: RowWindow, faultAt: number): boolean {
  return isNested(window) && faultAt > lineEnd(window, window.at)
}

/**
 * Test whether the object at `window.at` is laid out over lines: its brace is alone on its line, or the next line is
 * indented more, or closes it.
 */
function isLaidOut(window: RowWindow, faultAt: number): boolean {
  const { bytes } = window.cursor
  const end = lineEnd(window, window.at)
  if (faultAt <= end) return false
  if (skipBlanks(bytes, window.at + 1) >= end) return true
  let next = end
  while (isSpace(bytes[next])) next++
  return bytes[next] === CLOSE_BRACE || bytes[next] === CLOSE_BRACKET || blanksBefore(bytes, next) > ownIndent(window)
}

function ownIndent({ cursor, at }: RowWindow): number {
  return blanksBefore(cursor.bytes, at)
}

/** Add to a fault what was found at its offset, if that explains it. */
function described(window: RowWindow, fault: Fault, faultAt: number): Fault {
  const { bytes, end } = window.cursor
  if (fault.code !== 'JSON_INVALID' || fault === NOT_AN_OBJECT || fault === INVALID_ESCAPE) return fault
  const found = foundAt(bytes, window.at, faultAt, end)
  return found === undefined ? fault : { code: fault.code, reason: `${fault.reason}; found ${found}` }
}

/** Find the end of a rejected element of an array. */
function endOfElement(window: RowWindow): number {
  const { cursor } = window
  const end = skipRow(window)
  if (end >= 0 && end < cursor.end) return end
  if (!window.ended && (end >= 0 || cursor.faultAt >= cursor.end)) return NEEDS_MORE
  return UNKNOWN
}

/**
 * Find the end of a rejected object. A valid JSON value ends at its end if the next row may begin there, otherwise at
 * the end of that line; anything else ends with its line. An object that is laid out over lines and broken below the
 * first ends before the next line that begins with a brace.
 */
function endOfObject(window: RowWindow): number {
  const { cursor, at, ended } = window
  const { bytes } = cursor
  const valueEnd = skipRow(window)
  if (!ended && (valueEnd >= cursor.end || (valueEnd < 0 && cursor.faultAt >= cursor.end))) return NEEDS_MORE
  let end: number
  if (valueEnd >= 0) {
    const after = skipBlanks(bytes, valueEnd)
    if (after >= cursor.end && !ended) return NEEDS_MORE
    if (mayFollowRow(window, after)) return valueEnd
    end = lineEnd(window, after)
  } else {
    const isOverLines = isNested(window) && isLaidOut(window, cursor.faultAt)
    end = isOverLines ? laidOutEnd(window, cursor.end) : lineEnd(window, at)
  }
  return end + 1 < cursor.end || ended ? Math.min(end, cursor.end) : NEEDS_MORE
}

/**
 * The end of the line before the next one that begins with a brace, or as the row does, and is indented no more than the row; or of the first line
 * that ends at `limit` or later.
 */
function laidOutEnd(window: RowWindow, limit: number): number {
  const { cursor, at } = window
  const { bytes } = cursor
  const indent = ownIndent(window)
  let end = lineEnd(window, at)
  while (end < limit) {
    const next = skipBlanks(bytes, end + 1)
    const isOpening = bytes[next] === OPEN_BRACE || bytes[next] === bytes[at]
    if (isOpening && blanksBefore(bytes, next) <= indent) break
    end = lineEnd(window, end + 1)
  }
  return end
}

/** Bytes that are searched first for the end of a line, then twice as many. */
const SEARCH_BYTES = 256

/**
 * The offset at which the line of an offset ends, at its `\n` where it has one, or the end of the bytes. Native search
 * over at most twice the line.
 */
function lineEnd({ cursor }: RowWindow, at: number): number {
  const { bytes, end } = cursor
  for (let length = SEARCH_BYTES; at < end; at += length, length *= 2) {
    const part = bytes.subarray(at, Math.min(at + length, end))
    const newline = part.indexOf(NEWLINE)
    const carriageReturn = (newline < 0 ? part : part.subarray(0, newline)).indexOf(RETURN)
    if (carriageReturn >= 0 && bytes[at + carriageReturn + 1] !== NEWLINE) return at + carriageReturn
    if (newline >= 0) return at + newline
  }
  return end
}

/** Test whether a row may end before an offset: the end of the line or of the file, or another object. */
export function mayFollowRow({ cursor }: RowWindow, at: number): boolean {
  const byte = cursor.bytes[at]
  return at >= cursor.end || byte === NEWLINE || byte === RETURN || byte === OPEN_BRACE
}

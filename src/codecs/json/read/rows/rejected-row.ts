import { MillraceError } from '../../../../errors.ts'
import { CUT_OFF, type Fault, fail, LONE_SURROGATE, TOO_DEEP } from './cursor.ts'
import { pathTo } from './fault-path.ts'
import { foundAt } from './found.ts'
import { CLOSE_BRACE, CLOSE_BRACKET, isSpace, NEWLINE, OPEN_BRACE, RETURN, SPACE, skipValue, TAB } from './grammar.ts'
import { endsLine, lineOf, type RowWindow } from './row-window.ts'

/** The rest of a line cannot be read before it is all there. */
const NEEDS_MORE = -2
/** A broken row of an array has no end that could be known. */
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

/** The error of the row at `window.at`, whose fault the cursor holds. */
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
 * Pass the row at `window.at`, whose fault the cursor holds, and report it to `onInvalidRow`; without one, and for a limit, throw it. In an array
 * whose rows cannot be told apart any more, do both.
 *
 * @returns false, with nothing reported, where more bytes are needed to find its end.
 */
export function rejectRow(window: RowWindow): boolean {
  const { cursor, at, onInvalidRow } = window
  const fault = faultOfRow(window)
  if (onInvalidRow === undefined || fault.code === 'LIMIT_EXCEEDED') throw rowError(window, fault)
  const { faultAt, faultColumn, faultPath } = cursor
  const end = window.stage === 'objects' ? endOfObject(window, faultAt) : endOfElement(window)
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

/** The fault that is reported of a row: see {@link reachOf}. */
function faultOfRow(window: RowWindow): Fault {
  const { cursor } = window
  if (cursor.fault.code === 'JSON_INVALID' || cursor.fault === TOO_DEEP || cursor.fault === LONE_SURROGATE) {
    const reach = reachOf(window, cursor.faultAt)
    if (reach < cursor.faultAt || endsLine(cursor.bytes, cursor.faultAt)) fail(cursor, CUT_OFF, reach)
  }
  if (cursor.fault.code !== 'JSON_INVALID') return cursor.fault
  return cursor.faultAt >= cursor.end ? CUT_OFF : described(window, cursor.fault, cursor.faultAt)
}

/**
 * How far a row reaches in which there is a fault. Of objects one after the other, one that is not closed on its line, and is not laid out over
 * lines either, was cut off there: what is wrong below is another row's.
 */
export function reachOf(window: RowWindow, faultAt: number): number {
  const { cursor, stage, at } = window
  const isObject = stage === 'objects' && cursor.bytes[at] === OPEN_BRACE
  return isObject && !isLaidOut(window, faultAt) ? Math.min(faultAt, lineEnd(window, at)) : faultAt
}

/** Whether the object at `window.at` is laid out over lines: its brace is alone on its line, or the next line is indented or closes it. */
function isLaidOut(window: RowWindow, faultAt: number): boolean {
  const { bytes } = window.cursor
  const end = lineEnd(window, window.at)
  if (faultAt <= end) return false
  if (skipBlanks(bytes, window.at + 1) >= end) return true
  let next = end
  while (isSpace(bytes[next])) next++
  return bytes[next] === CLOSE_BRACE || bytes[next] === CLOSE_BRACKET || !endsLine(bytes, next - 1)
}

/** The fault with what was found where it is. */
function described(window: RowWindow, fault: Fault, faultAt: number): Fault {
  const { bytes, end } = window.cursor
  const found = fault.code === 'JSON_INVALID' ? foundAt(bytes, window.at, faultAt, end) : undefined
  return found === undefined ? fault : { code: fault.code, reason: `${fault.reason}; found ${found}` }
}

/** Where a rejected element of an array ends. */
function endOfElement(window: RowWindow): number {
  const { cursor } = window
  const end = skipLenient(window)
  if (end >= 0 && end < cursor.end) return end
  if (!window.ended && (end >= 0 || cursor.faultAt >= cursor.end)) return NEEDS_MORE
  return UNKNOWN
}

/**
 * Where a rejected object ends. What is a JSON value ends where it does, if the next row may begin there; anything else with its line. An
 * object that is laid out over lines and broken below the first ends before the next line that begins with a brace.
 */
function endOfObject(window: RowWindow, faultAt: number): number {
  const { cursor, at, ended } = window
  const { bytes } = cursor
  const valueEnd = skipLenient(window)
  if (!ended && (valueEnd >= cursor.end || (valueEnd < 0 && cursor.faultAt >= cursor.end))) return NEEDS_MORE
  if (valueEnd >= 0) {
    const after = skipBlanks(bytes, valueEnd)
    if (after >= cursor.end && !ended) return NEEDS_MORE
    if (mayFollowRow(window, after)) return valueEnd
  }
  let end = lineEnd(window, at)
  if (bytes[at] === OPEN_BRACE && isLaidOut(window, faultAt)) {
    while (end < cursor.end && bytes[end + 1] !== OPEN_BRACE) end = lineEnd(window, end + 1)
  }
  return end + 1 < cursor.end || ended ? Math.min(end, cursor.end) : NEEDS_MORE
}

/** The offset at which the line of an offset ends, or the end of the bytes. */
function lineEnd({ cursor }: RowWindow, at: number): number {
  const rest = cursor.bytes.subarray(at, cursor.end)
  const newline = rest.indexOf(NEWLINE)
  const line = newline < 0 ? rest : rest.subarray(0, newline)
  const carriageReturn = line.indexOf(RETURN)
  const isLone = carriageReturn >= 0 && carriageReturn + 1 !== newline
  return at + (isLone ? carriageReturn : line.length)
}

/** Skip spaces and tabs. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  while (bytes[at] === SPACE || bytes[at] === TAB) at++
  return at
}

/** Whether a row may be followed by what is at an offset: the end of the line or of the file, or another object. */
export function mayFollowRow({ cursor }: RowWindow, at: number): boolean {
  const byte = cursor.bytes[at]
  return at >= cursor.end || byte === NEWLINE || byte === RETURN || byte === OPEN_BRACE
}

/** Where the value at `window.at` ends if lone surrogates are let pass, or -1. */
function skipLenient({ cursor, at }: RowWindow): number {
  const { line } = cursor
  cursor.lenient = true
  const end = skipValue(cursor, at, 0)
  cursor.lenient = false
  cursor.line = line
  return end
}

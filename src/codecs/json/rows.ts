import { isValidUtf8 } from '../../internal/utf8.ts'
import { CUT_OFF, type Cursor, type Fault, fail, INVALID_UTF8, NOT_AN_OBJECT, ROW_TOO_LONG, syntax } from './cursor.ts'
import { CLOSE_BRACKET, COMMA, NEWLINE, OPEN_BRACE, RETURN, SPACE, skipSpace, skipValue, TAB } from './grammar.ts'
import { findForm } from './row-form.ts'
import { checkRowBytes, lineOf, type RowWalk, rowError } from './row-walk.ts'
import { withoutRepeats } from './without-repeats.ts'

/** What is done with a row: surveyed, or built. */
export interface RowTaker {
  /** Take the object at `at`: the offset after it, or -1 with the cursor's fault set. */
  take(cursor: Cursor, at: number): number
  /** The row was good, and so many bytes long. */
  keep(bytes: number): void
  /** The row was not: forget what of it was taken. */
  undo(): void
  /** Whether to pause before the next row. */
  isFull(): boolean
}

/** Why a walk came to rest: the taker is full, more bytes are needed, or the file is at its end. */
export type Rest = 'full' | 'more' | 'done'

const NOT_ONE_A_LINE = syntax('only one object may stand in a line')
const AFTER_END = syntax('nothing may follow the end of the JSON text')
const BETWEEN_ROWS = syntax('a comma or ] is expected after a row')
const CUT_ARRAY = syntax('the file is cut off before its ]')

/** Give rows to the taker as far as bytes are there. */
export function walkRows(walk: RowWalk, taker: RowTaker): Rest {
  if (!knowsForm(walk)) return 'more'
  if (walk.dataEnd < walk.retryAt && !walk.ended) return needMore(walk)
  return walk.form === 'lines' ? walkLines(walk, taker) : walkArray(walk, taker)
}

/** Whether the form of the rows is known, after a look if it was not. */
export function knowsForm(walk: RowWalk): boolean {
  if (walk.form === undefined) findForm(walk)
  if (walk.form === undefined) checkRowBytes(walk)
  return walk.form !== undefined
}

function needMore(walk: RowWalk): Rest {
  checkRowBytes(walk)
  return 'more'
}

function walkLines(walk: RowWalk, taker: RowTaker): Rest {
  const { cursor } = walk
  while (walk.at < cursor.end) {
    const at = skipBlanks(cursor, walk.at)
    if (cursor.bytes[at] === NEWLINE) {
      walk.at = at + 1
      cursor.line++
      continue
    }
    if (taker.isFull()) return 'full'
    walk.at = at
    let after = takeRow(walk, taker)
    if (after >= 0) {
      after = skipBlanks(cursor, after)
      if (cursor.bytes[after] !== NEWLINE) after = fail(cursor, NOT_ONE_A_LINE, after)
    }
    if (after >= 0) taker.keep(after - at)
    else {
      taker.undo()
      refuse(walk, isCutOff(cursor) ? CUT_OFF : cursor.fault)
      after = cursor.bytes.indexOf(NEWLINE, at)
    }
    walk.at = after + 1
    walk.row++
    cursor.line++
  }
  return walk.ended ? 'done' : needMore(walk)
}

/** Whether a line ended where its object should have gone on. */
function isCutOff(cursor: Cursor): boolean {
  return cursor.fault.code === 'JSON_INVALID' && cursor.bytes[cursor.faultAt] === NEWLINE
}

function skipBlanks(cursor: Cursor, at: number): number {
  const { bytes } = cursor
  while (bytes[at] === SPACE || bytes[at] === RETURN || bytes[at] === TAB) at++
  return at
}

function walkArray(walk: RowWalk, taker: RowTaker): Rest {
  const { cursor } = walk
  for (;;) {
    walk.at = skipSpace(cursor, walk.at)
    if (walk.at >= cursor.end) {
      if (!walk.ended) return needMore(walk)
      if (walk.expected === 'end') return 'done'
      throw rowError(walk, CUT_ARRAY, cursor.line)
    }
    const byte = cursor.bytes[walk.at]
    if (walk.expected === 'end') throw rowError(walk, AFTER_END, cursor.line)
    if (byte === CLOSE_BRACKET && walk.expected !== 'row' && walk.form === 'array') {
      walk.at++
      walk.expected = 'end'
    } else if (walk.expected === 'comma') {
      if (byte !== COMMA) throw rowError(walk, BETWEEN_ROWS, cursor.line)
      walk.at++
      walk.expected = 'row'
    } else {
      if (taker.isFull()) return 'full'
      if (!walkElement(walk, taker)) return needMore(walk)
    }
  }
}

/** One row of an array. False, with nothing taken, where it is not all there. */
function walkElement(walk: RowWalk, taker: RowTaker): boolean {
  const { cursor, at } = walk
  const { line } = cursor
  let after = takeRow(walk, taker)
  if (after >= 0) taker.keep(after - at)
  else {
    taker.undo()
    cursor.line = line
    if (cursor.faultAt >= cursor.end) {
      if (walk.ended) throw rowError(walk, CUT_OFF, lineOf(walk, cursor.end))
      walk.retryAt = at + 2 * (walk.dataEnd - at)
      return false
    }
    const fault = cursor.fault
    refuse(walk, fault)
    after = endOfRefused(cursor, at)
    if (after < 0) throw rowError(walk, fault, line)
  }
  walk.at = after
  walk.expected = walk.form === 'document' ? 'end' : 'comma'
  walk.row++
  return true
}

/** Where a refused element ends; -1 where it is no JSON, so that there is no telling. */
function endOfRefused(cursor: Cursor, at: number): number {
  cursor.lenient = true
  const end = skipValue(cursor, at, 0)
  cursor.lenient = false
  return end
}

/** The row at `walk.at`: the offset after it, or -1. */
function takeRow(walk: RowWalk, taker: RowTaker): number {
  const { cursor, at } = walk
  if (at < walk.suspectUntil || cursor.bytes[at] !== OPEN_BRACE) {
    const end = examine(walk, at)
    if (end < 0) return end
  }
  const { line } = cursor
  const end = taker.take(cursor, at)
  if (end < 0) {
    cursor.line = line
    return takeAgain(walk, taker)
  }
  return end - at > cursor.maxRowBytes ? fail(cursor, ROW_TOO_LONG, at) : end
}

/**
 * A second look at a row that was not taken. That a value does not fit holds only if the row is whole and valid, so that it does not depend on
 * where chunks were cut, and if no later value of the same key takes its place: for that the row is read again from a copy.
 */
function takeAgain(walk: RowWalk, taker: RowTaker): number {
  const { cursor, at } = walk
  const { fault, faultAt, faultColumn, faultPinned } = cursor
  const end = examine(walk, at)
  if (end < 0) return end
  const { line } = cursor
  const bytes = fault.code === 'LIMIT_EXCEEDED' ? undefined : withoutRepeats(cursor, at, end)
  cursor.line = line
  if (bytes === -1) return -1
  if (bytes === undefined) {
    fail(cursor, fault, faultAt)
    cursor.faultColumn = faultColumn
    cursor.faultPinned = faultPinned
    return -1
  }
  taker.undo()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const copy: Cursor = { ...cursor, bytes, view, end: bytes.length - 1 }
  const taken = taker.take(copy, 0)
  cursor.itemBytes = copy.itemBytes
  if (taken >= 0) {
    cursor.line = walk.form === 'lines' ? line : lineOf(walk, end)
    return end
  }
  fail(cursor, copy.fault, at)
  cursor.faultColumn = copy.faultColumn
  cursor.faultPinned = copy.faultPinned
  return -1
}

/** Whether the row at `at` is an object and valid in grammar and encoding: the offset after it, or -1. */
function examine(walk: RowWalk, at: number): number {
  const { cursor } = walk
  const { bytes, line } = cursor
  const end = skipValue(cursor, at, 0)
  cursor.line = line
  if (end < 0) {
    return cursor.faultAt < cursor.end && isMisencoded(walk, at, cursor.faultAt) ? fail(cursor, INVALID_UTF8, at) : end
  }
  if (end >= cursor.end) return fail(cursor, CUT_OFF, cursor.end)
  if (at < walk.suspectUntil && !isValidUtf8(bytes, at, end)) return fail(cursor, INVALID_UTF8, at)
  return bytes[at] === OPEN_BRACE ? end : fail(cursor, NOT_AN_OBJECT, at)
}

/** Whether the bytes before a fault are not UTF-8, or the byte at which it is can stand nowhere in UTF-8 text. */
function isMisencoded(walk: RowWalk, at: number, faultAt: number): boolean {
  const { bytes } = walk.cursor
  const byte = bytes[faultAt] as number
  if ((byte >= 0x80 && byte < 0xc2) || byte > 0xf4) return true
  return at < walk.suspectUntil && !isValidUtf8(bytes, at, faultAt)
}

/** Hand the row to whoever wants to know, or fail. Limits fail always. */
function refuse(walk: RowWalk, fault: Fault): void {
  const { cursor, onInvalidRow } = walk
  const { faultColumn: column, faultPinned } = cursor
  const mustFail = fault.code === 'LIMIT_EXCEEDED' || (walk.mayRetry && !faultPinned)
  if (onInvalidRow === undefined || mustFail) {
    const line = walk.form === 'lines' ? cursor.line : lineOf(walk, Math.min(cursor.faultAt, cursor.end))
    throw rowError(walk, fault, line, column)
  }
  // Rows before a bookmark's return are walked again, and heard of then.
  if (walk.bookmark !== undefined) return
  const reason = column === undefined ? fault.reason : `column ${JSON.stringify(column)}: ${fault.reason}`
  onInvalidRow({ line: cursor.line, row: walk.row + 1, reason, code: fault.code })
}

import { isValidUtf8 } from '../../../../internal/utf8.ts'
import { CUT_OFF, type Cursor, type Fault, fail, INVALID_UTF8, NOT_AN_OBJECT, ROW_TOO_LONG } from './cursor.ts'
import { withoutRepeats } from './drop-repeated-keys.ts'
import { OPEN_BRACE, skipValue } from './grammar.ts'
import { lineOf, type RowWalk, rowError } from './row-window.ts'

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
  /** Take as many rows from the walk's place on as can be taken at once, and move it on. @returns their number, perhaps 0, or `WAIT`. */
  takeRun(walk: RowWalk): number
}

/** The row at `walk.at`: the offset after it, or -1. */
export function takeRow(walk: RowWalk, taker: RowTaker): number {
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
  const copy: Cursor = { ...cursor, bytes, end: bytes.length - 1 }
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

/** Hand the row to whoever wants to know, or fail. */
export function refuse(walk: RowWalk, fault: Fault): void {
  failUnheard(walk, fault)
  report(walk, fault)
}

/** Fail where nobody wants to know of a row that is refused. Limits fail always. */
export function failUnheard(walk: RowWalk, fault: Fault): void {
  const { cursor, onInvalidRow } = walk
  const mustFail = fault.code === 'LIMIT_EXCEEDED' || (walk.mayRetry && !cursor.faultPinned)
  if (onInvalidRow !== undefined && !mustFail) return
  const line = walk.form === 'lines' ? cursor.line : lineOf(walk, Math.min(cursor.faultAt, cursor.end))
  throw rowError(walk, fault, line, cursor.faultColumn)
}

/** Tell of the row that is refused. */
export function report(walk: RowWalk, fault: Fault, column = walk.cursor.faultColumn): void {
  // Rows before a bookmark's return are walked again, and heard of then.
  if (walk.bookmark !== undefined) return
  const reason = column === undefined ? fault.reason : `column ${JSON.stringify(column)}: ${fault.reason}`
  walk.onInvalidRow?.({ line: walk.cursor.line, row: walk.row + 1, reason, code: fault.code })
}

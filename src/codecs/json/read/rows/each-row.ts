import { WAIT } from '../kernel/kernel-run.ts'
import { CUT_OFF, type Cursor, fail, syntax } from './cursor.ts'
import { CLOSE_BRACKET, COMMA, NEWLINE, RETURN, SPACE, skipSpace, skipValue, TAB } from './grammar.ts'
import { failUnheard, type RowTaker, refuse, report, takeRow } from './one-row.ts'
import { findForm } from './row-form.ts'
import { checkRowBytes, lineOf, type RowWalk, rowError } from './row-window.ts'

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
    if (taker.takeRun(walk) > 0) continue
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
      const rows = walk.form === 'array' ? taker.takeRun(walk) : 0
      if (rows === WAIT) return needMore(walk)
      if (rows > 0) walk.expected = 'comma'
      else if (!walkElement(walk, taker)) return needMore(walk)
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
    if (isCut(walk)) return false
    if (cursor.faultAt >= cursor.end) throw rowError(walk, CUT_OFF, lineOf(walk, cursor.end))
    const { fault, faultColumn } = cursor
    failUnheard(walk, fault)
    after = endOfRefused(cursor, at)
    const lineAfter = cursor.line
    cursor.line = line
    if (after < 0 && isCut(walk)) return false
    report(walk, fault, faultColumn)
    if (after < 0) throw rowError(walk, fault, line)
    cursor.line = lineAfter
  }
  walk.at = after
  walk.expected = walk.form === 'document' ? 'end' : 'comma'
  walk.row++
  return true
}

/** Whether a row ended where bytes are still to come; then it waits for as many more. */
function isCut(walk: RowWalk): boolean {
  if (walk.ended || walk.cursor.faultAt < walk.cursor.end) return false
  walk.retryAt = walk.at + 2 * (walk.dataEnd - walk.at)
  return true
}

/** Where a refused element ends; -1 where it is no JSON, so that there is no telling. */
function endOfRefused(cursor: Cursor, at: number): number {
  cursor.lenient = true
  const end = skipValue(cursor, at, 0)
  cursor.lenient = false
  return end
}

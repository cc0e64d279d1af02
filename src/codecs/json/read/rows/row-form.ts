import { OPEN_BRACE, OPEN_BRACKET, skipSpace, skipValue } from './grammar.ts'
import { NO_ROWS, type RowWalk, rowError, startLines } from './row-window.ts'

/**
 * Find out by looking how the rows stand: an array begins with `[`; an object alone in its line is the first of many; an object over
 * several lines that nothing follows is a single row. All else is taken for lines, whose errors say best what is wrong.
 */
export function findForm(walk: RowWalk): void {
  const { cursor } = walk
  if (!walk.begun) {
    if (walk.dataEnd < 3 && !walk.ended) return
    walk.begun = true
    if (hasByteOrderMark(cursor.bytes)) walk.at = 3
  }
  walk.at = skipSpace(cursor, walk.at)
  if (walk.at >= cursor.end) {
    if (walk.ended) throw rowError(walk, NO_ROWS, cursor.line)
    return
  }
  switch (cursor.bytes[walk.at]) {
    case OPEN_BRACKET:
      walk.form = 'array'
      walk.at++
      return
    case OPEN_BRACE:
      findObjectForm(walk)
      return
    default:
      startLines(walk)
  }
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function findObjectForm(walk: RowWalk): void {
  const { cursor, at } = walk
  if (walk.dataEnd < walk.retryAt && !walk.ended) return
  const { line } = cursor
  const end = skipValue(cursor, at, 0)
  const spansLines = cursor.line > line
  const after = end < 0 ? end : skipSpace(cursor, end)
  cursor.line = line
  if (end < 0 ? cursor.faultAt >= cursor.end && !walk.ended : spansLines && after >= cursor.end && !walk.ended) {
    walk.retryAt = at + 2 * (walk.dataEnd - at)
    return
  }
  if (end >= 0 && spansLines && after >= cursor.end) walk.form = 'document'
  else startLines(walk)
}

import {
  type Cursor,
  EXPECTED_COMMA_OR_BRACE,
  EXPECTED_COMMA_OR_BRACKET,
  type Fault,
  fail,
  TOO_DEEP,
} from './cursor.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  isBlank,
  OPEN_BRACE,
  OPEN_BRACKET,
  skipKey,
  skipSpace,
  skipValue,
} from './grammar.ts'
import { type BrokenRow, endsLine, type RowWindow } from './row-window.ts'

/** Limits of one search: of brackets open at the same time, many times the nesting of rows, and of rows found. */
const MAX_OPEN = 8192
const MAX_FOUND = 8192
/** The position of a bracket that is not the first byte on its line, or whose row is already known. */
const NO_ROW = -1

/** The fault of the row at `window.at`, if the search from an earlier row found it. */
export function knownFault(window: RowWindow): BrokenRow | undefined {
  const { brokenRows, dropped } = window
  const at = dropped + window.at
  while ((brokenRows.at(-1)?.at ?? at) < at) brokenRows.pop()
  const next = brokenRows.at(-1)
  return next?.at === at ? next : undefined
}

/** Skip the value at `window.at`, letting lone surrogates pass: the offset after it, or -1 with the cursor's fault set. */
export function skipRow(window: RowWindow): number {
  const { cursor, at, dropped } = window
  const known = knownFault(window)
  if (known !== undefined) return fail(cursor, known.fault, known.faultAt - dropped)
  const { line } = cursor
  cursor.lenient = true
  const end = skipValue(cursor, at, 0)
  cursor.lenient = false
  cursor.line = line
  return end
}

/**
 * Find, from a broken row at `window.at`, the objects and arrays that begin a line below it and are broken too.
 *
 * A row that is cut off continues into the lines below, and so does each of these when it is read as a row: reading
 * them one by one would read every line once per level of nesting. One pass over all of them finds the same: at the
 * fault that ends it, every open bracket belongs to a row with this fault, and a bracket nested too deeply below an
 * open one is the fault of that row.
 */
export function findBrokenRows(window: RowWindow): void {
  const { cursor } = window
  const { line } = cursor
  cursor.lenient = true
  window.brokenRows = brokenRows(window).reverse()
  cursor.lenient = false
  cursor.line = line
}

function brokenRows({ cursor, at: start, dropped, ended }: RowWindow): BrokenRow[] {
  const { bytes, maxDepth } = cursor
  const found: BrokenRow[] = []
  /** The bytes that close the open brackets, and the positions of the brackets that begin a line. */
  const closing: number[] = []
  const rows: number[] = []

  function add(level: number, fault: Fault, faultAt: number): void {
    const at = rows[level] ?? NO_ROW
    if (at === NO_ROW) return
    rows[level] = NO_ROW
    found.push({ at: dropped + at, fault, faultAt: dropped + faultAt })
  }

  for (let at = start; at >= 0; ) {
    const byte = bytes[at]
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      add(closing.length - maxDepth, TOO_DEEP, at)
      if (closing.length === MAX_OPEN || found.length === MAX_FOUND) return found
      rows.push(at === start || beginsLine(bytes, at) ? at : NO_ROW)
      closing.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET)
      at = skipSpace(cursor, at + 1)
      if (bytes[at] !== closing.at(-1)) {
        if (byte === OPEN_BRACE) at = skipKey(cursor, at)
        continue
      }
    } else at = skipValue(cursor, at, 0)
    if (at >= 0) at = nextValue(cursor, at, closing)
    if (closing.length === 0) return found
    rows.length = closing.length
  }
  const { fault, faultAt } = cursor
  if (fault.code === 'LIMIT_EXCEEDED' || (faultAt >= cursor.end && !ended)) return found
  for (let level = 0; level < rows.length; level++) add(level, fault, faultAt)
  return found
}

/** Move from the end of a value to the next one, closing the brackets between them; -1 with the fault set. */
function nextValue(cursor: Cursor, at: number, closing: number[]): number {
  const { bytes } = cursor
  for (;;) {
    at = skipSpace(cursor, at)
    const close = closing.at(-1)
    if (bytes[at] === close) {
      at++
      closing.pop()
      if (closing.length === 0) return at
    } else {
      const isObject = close === CLOSE_BRACE
      if (bytes[at] !== COMMA) return fail(cursor, isObject ? EXPECTED_COMMA_OR_BRACE : EXPECTED_COMMA_OR_BRACKET, at)
      at = skipSpace(cursor, at + 1)
      return isObject ? skipKey(cursor, at) : at
    }
  }
}

/** Test whether only blanks precede an offset on its line. */
function beginsLine(bytes: Uint8Array, at: number): boolean {
  do at--
  while (isBlank(bytes[at]))
  return endsLine(bytes, at)
}

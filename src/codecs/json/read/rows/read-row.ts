import { isValidUtf8 } from '../../../../internal/utf8.ts'
import { findBrokenRows, knownFault, skipRow } from './broken-rows.ts'
import {
  AFTER_OBJECT,
  type Cursor,
  certainAt,
  fail,
  INVALID_UTF8,
  LONE_SURROGATE,
  NOT_AN_OBJECT,
  ROW_TOO_LONG,
} from './cursor.ts'
import { withoutRepeats } from './drop-repeated-keys.ts'
import { pathTo } from './fault-path.ts'
import { FOUND_BYTES } from './found.ts'
import { OPEN_BRACE, skipBlanks, skipValue } from './grammar.ts'
import { isBelow, mayFollowRow, reachOf, rejectRow } from './rejected-row.ts'
import { lineOf, passRows, type RowWindow } from './row-window.ts'

/** A reader of objects: a survey, or the columns of a batch. */
export interface ObjectReader {
  /** Read the object at `at`: the offset after it, or -1 with the cursor's fault set. */
  read(cursor: Cursor, at: number): number
  /** Keep the row that was read, with its number of bytes. */
  keep(bytes: number): void
  /** Discard the part of the row that was read. */
  undo(): void
  /** Called before a row is rejected for a value that does not fit; may throw. */
  misfit(cursor: Cursor): void
}

/** Result while bytes that decide about a row are missing. */
const WAIT = -2

/** Read the row at `window.at`, or reject it. @returns false, with nothing changed, if more bytes are needed. */
export function readRow(window: RowWindow, reader: ObjectReader): boolean {
  const { cursor, at } = window
  const { line } = cursor
  const end = readObject(window, reader)
  if (end >= 0) {
    reader.keep(end - at)
    passRows(window, end, 1)
    window.isDoubtful = false
    return true
  }
  cursor.line = line
  if (end === WAIT) return waitForMore(window)
  if (certainAt(cursor) - at > cursor.maxRowBytes) fail(cursor, ROW_TOO_LONG, at)
  // Bytes of the row, or of those that its message describes, are missing.
  else if (!window.ended && cursor.faultAt + FOUND_BYTES > cursor.end) return waitForMore(window)
  if (cursor.fault.code === 'TYPE_MISMATCH') reader.misfit(cursor)
  const isDoubtful = cursor.fault.code === 'JSON_INVALID'
  if (!rejectRow(window)) return false
  window.isDoubtful = isDoubtful
  passRows(window, window.at, 1)
  return true
}

/** Read the row again once the bytes have doubled. */
function waitForMore(window: RowWindow): false {
  window.retryAt = window.at + 2 * (window.cursor.end - window.at)
  return false
}

function readObject(window: RowWindow, reader: ObjectReader): number {
  const { cursor, at } = window
  const isDoubtful = window.isDoubtful || knownFault(window) !== undefined
  if (isDoubtful || at < window.invalidUtf8Before || cursor.bytes[at] !== OPEN_BRACE) {
    const end = examine(window)
    if (end < 0) return end
  }
  const { line } = cursor
  let end = reader.read(cursor, at)
  if (end < 0) {
    cursor.line = line
    end = readAgain(window, reader)
  } else if (end - at > cursor.maxRowBytes) end = fail(cursor, ROW_TOO_LONG, at)
  else end = checkFollowing(window, end)
  if (end < 0) reader.undo()
  return end
}

/** The end of the row's object, unless something invalid follows it. */
function checkFollowing(window: RowWindow, end: number): number {
  const { cursor, at, stage, ended } = window
  if (stage !== 'objects') return end
  const after = skipBlanks(cursor.bytes, end)
  if (after - end > cursor.maxRowBytes) return fail(cursor, ROW_TOO_LONG, at)
  if (after >= cursor.end && !ended) return WAIT
  return mayFollowRow(window, after) ? end : fail(cursor, AFTER_OBJECT, after)
}

/**
 * Examine a row that was not read. A value counts as misfit only if the row is complete and valid, so that the result
 * does not depend on chunk boundaries, and if no later value of the same key replaces it: to check that, the row is
 * read again from a copy.
 */
function readAgain(window: RowWindow, reader: ObjectReader): number {
  const { cursor, at } = window
  const { fault, faultAt, faultColumn, faultPinned } = cursor
  const end = examine(window)
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
  reader.undo()
  const copy: Cursor = { ...cursor, bytes, end: bytes.length - 1 }
  const copyEnd = reader.read(copy, 0)
  cursor.itemBytes = copy.itemBytes
  if (copyEnd >= 0) {
    cursor.line = lineOf(window, end)
    return end
  }
  fail(cursor, copy.fault, at)
  cursor.faultColumn = copy.faultColumn
  cursor.faultPinned = copy.faultPinned
  cursor.faultPath = pathTo(bytes, 0, copy.faultAt)
  return -1
}

/** Check that the row is an object, valid in grammar and encoding. @returns the offset after it, -1 with the fault set, or {@link WAIT}. */
function examine(window: RowWindow): number {
  const { cursor, at } = window
  const { bytes } = cursor
  const end = checkGrammar(window)
  if (end < 0) {
    if (cursor.faultAt >= cursor.end && !window.ended) return end
    const reach = reachOf(window, cursor.faultAt)
    return reach < cursor.end && isMisencoded(window, reach) ? fail(cursor, INVALID_UTF8, at) : end
  }
  if (end - at > cursor.maxRowBytes) return fail(cursor, ROW_TOO_LONG, at)
  if (end >= cursor.end && bytes[at] !== OPEN_BRACE && !window.ended) return WAIT
  if (at < window.invalidUtf8Before && !isValidUtf8(bytes, at, end)) return fail(cursor, INVALID_UTF8, at)
  return bytes[at] === OPEN_BRACE ? checkFollowing(window, end) : fail(cursor, NOT_AN_OBJECT, at)
}

/** Check the row's grammar; a lone surrogate counts only if nothing else is wrong. @returns the offset after the row, or -1. */
function checkGrammar(window: RowWindow): number {
  const { cursor, at } = window
  const { line } = cursor
  const isKnown = knownFault(window) !== undefined
  const end = isKnown ? skipRow(window) : skipValue(cursor, at, 0)
  cursor.line = line
  if (end >= 0 || isKnown) return end
  const { faultAt } = cursor
  const isSurrogate = cursor.fault === LONE_SURROGATE
  if (isSurrogate && skipRow(window) >= 0) return fail(cursor, LONE_SURROGATE, faultAt)
  if (isBelow(window, cursor.faultAt) && window.onInvalidRow !== undefined) {
    const { fault, faultAt } = cursor
    if (faultAt < cursor.end || window.ended) findBrokenRows(window)
    fail(cursor, fault, faultAt)
  }
  return end
}

/** Test whether the bytes before a fault are not UTF-8, or the byte at it occurs nowhere in UTF-8 text. */
function isMisencoded({ cursor, at, invalidUtf8Before }: RowWindow, faultAt: number): boolean {
  const byte = cursor.bytes[faultAt] as number
  if ((byte >= 0x80 && byte < 0xc2) || byte > 0xf4) return true
  return at < invalidUtf8Before && !isValidUtf8(cursor.bytes, at, faultAt)
}

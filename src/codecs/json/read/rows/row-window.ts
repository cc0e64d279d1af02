import { isValidUtf8 } from '../../../../internal/utf8.ts'
import { type HeadFirst, type TextEncodingChoice, textHead } from '../../../input/text-head.ts'
import type { InvalidRow } from '../../../invalid-row.ts'
import { type Cursor, type Fault, newCursor, type RowLimits } from './cursor.ts'
import { isBlank, NEWLINE, OPEN_BRACE, RETURN } from './grammar.ts'

/** The next thing expected between rows. */
export type Stage =
  /** The first byte of the file. */
  | 'start'
  /** Another object after the previous one, or the end of the file. */
  | 'objects'
  /** A position in the array of rows: before the first row, before a row after a comma, after a row. */
  | 'firstRow'
  | 'row'
  | 'afterRow'
  /** A position in an object on the path to the rows: before its first key, before a key after a comma, after a value. */
  | 'firstKey'
  | 'key'
  | 'afterValue'
  /** Another object on the path, or the end of the file. */
  | 'nextObject'
  /** The end of the file. */
  | 'end'

/** The callback for rejected rows; undefined to throw the first one. */
export type OnInvalidRow = ((row: InvalidRow) => void) | undefined

/** A row whose grammar is known to be broken, and the position. Offsets are from the start of the file. */
export interface BrokenRow {
  readonly at: number
  readonly fault: Fault
  readonly faultAt: number
}

/** The bytes of a file that are in memory, and the position up to which rows have been read. Offsets are into `cursor.bytes`. */
export interface RowWindow {
  readonly cursor: Cursor
  /** The keys that lead to the array of rows; empty if the rows are the file's top-level values. */
  readonly path: readonly string[]
  readonly onInvalidRow: OnInvalidRow
  /** Checks the first bytes: see {@link textHead}. */
  readonly head: HeadFirst
  /** True if an object of another part follows: its brace is added at the end, so that a row cut off there fails as in the whole file. */
  readonly isFollowed: boolean
  stage: Stage
  /** Open objects on the path, and whether their rows have been read. */
  openObjects: number
  isPastRows: boolean
  /** The position up to which rows have been read, and the number of rows before it. */
  at: number
  row: number
  /** Bytes of the file before `cursor.bytes`. */
  dropped: number
  /** True once `cursor.end` is the end of the file. */
  ended: boolean
  /** The end that the bytes must reach before an incomplete row is read again. Keeps the work linear. */
  retryAt: number
  /** UTF-8 has been checked up to here; a row that begins before `invalidUtf8Before` may hold invalid bytes. */
  checked: number
  invalidUtf8Before: number
  /** True after a row that was rejected for its grammar: the next one is examined before its keys become columns. */
  isDoubtful: boolean
  /** Rows from here on known to be broken, last one first: see `findBrokenRows`. */
  brokenRows: BrokenRow[]
}

/** Blanks kept before a row: indentation separates rows from the lines of one row. */
const MAX_INDENT = 256
/** Zeros after the end; a zero occurs in no token. */
const PADDING = 2
export const JSON_ENCODING: TextEncodingChoice = { encoding: 'utf-8', isOption: false }

/**
 * A part of a file whose first bytes have been checked, with line ends at both boundaries. A part other than the last
 * is followed by one that begins with an object.
 */
export interface RowPart {
  readonly isFirst: boolean
  readonly isLast: boolean
}

/** Start at the beginning of a file, or of a part of it. */
export function newRowWindow(
  limits: RowLimits,
  path: readonly string[],
  onInvalidRow: OnInvalidRow,
  part?: RowPart | undefined,
): RowWindow {
  return {
    cursor: newCursor(limits),
    path,
    onInvalidRow,
    head: part !== undefined ? (chunk) => chunk : textHead(JSON_ENCODING),
    isFollowed: part?.isLast === false,
    stage: 'start',
    openObjects: 0,
    isPastRows: false,
    at: 0,
    row: 0,
    dropped: 0,
    ended: false,
    retryAt: 0,
    checked: 0,
    invalidUtf8Before: 0,
    isDoubtful: false,
    brokenRows: [],
  }
}

/** Append the next bytes of the file, undefined after the last. */
export function pushBytes(window: RowWindow, chunk: Uint8Array | undefined): void {
  const bytes = window.head(chunk)
  if (bytes !== undefined) append(window, bytes)
  if (chunk === undefined && window.isFollowed) append(window, FOLLOWING)
  window.ended = chunk === undefined
  checkUtf8(window)
}

const FOLLOWING = Uint8Array.of(OPEN_BRACE)

/** The end of the bytes in which rows may begin. */
export function rowsEnd({ cursor, ended, isFollowed }: RowWindow): number {
  return ended && isFollowed ? cursor.end - FOLLOWING.length : cursor.end
}

function append(window: RowWindow, bytes: Uint8Array): void {
  const { cursor } = window
  // Few bytes to move: memory that stays small stays in the cache.
  const isCheap = window.at > 0 && cursor.end - window.at <= window.at
  if (isCheap || cursor.end + bytes.length + PADDING > cursor.bytes.length) makeRoom(window, bytes.length)
  cursor.bytes.set(bytes, cursor.end)
  cursor.end += bytes.length
  cursor.bytes.fill(0, cursor.end, cursor.end + PADDING)
}

/** Drop the bytes that have been read, except the indentation of the next row; grow if that is not enough. */
function makeRoom(window: RowWindow, length: number): void {
  const { cursor, at } = window
  const from = at - blanksBefore(cursor.bytes, at)
  const kept = cursor.end - from
  const needed = kept + length + PADDING
  const room = kept <= from ? cursor.bytes.length : cursor.bytes.length / 2
  if (needed <= room) cursor.bytes.copyWithin(0, from, cursor.end)
  else {
    const larger = new Uint8Array(needed * 2)
    larger.set(cursor.bytes.subarray(from, cursor.end))
    cursor.bytes = larger
  }
  window.dropped += from
  window.at -= from
  window.retryAt -= from
  window.checked -= from
  window.invalidUtf8Before -= from
  cursor.end -= from
}

/** Check the bytes that arrived since the last check, except an incomplete character. */
function checkUtf8(window: RowWindow): void {
  const { bytes, end: dataEnd } = window.cursor
  let end = dataEnd
  if (!window.ended) {
    for (let back = 1; back <= 4 && dataEnd - back >= window.checked; back++) {
      const byte = bytes[dataEnd - back] as number
      if (byte < 0x80) break
      end = dataEnd - back
      if (byte >= 0xc0) break
    }
  }
  if (end <= window.checked) return
  if (!isValidUtf8(bytes, window.checked, end)) window.invalidUtf8Before = dataEnd
  window.checked = end
}

/** Move past rows that have been read. */
export function passRows(window: RowWindow, at: number, rows: number): void {
  window.at = at
  window.row += rows
  if (window.stage !== 'objects') window.stage = 'afterRow'
}

/** The number of spaces and tabs before an offset, counted up to {@link MAX_INDENT}. */
export function blanksBefore(bytes: Uint8Array, at: number): number {
  let count = 0
  while (count < MAX_INDENT && isBlank(bytes[at - count - 1])) count++
  return count
}

/** The line of an offset at or after `window.at`. */
export function lineOf(window: RowWindow, offset: number): number {
  const { bytes, line } = window.cursor
  let count = line
  for (let at = window.at; at < offset; at++) if (endsLine(bytes, at)) count++
  return count
}

/** Test whether a line ends at an offset: with `\n`, or with `\r` that no `\n` follows. */
export function endsLine(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === NEWLINE || (bytes[at] === RETURN && bytes[at + 1] !== NEWLINE)
}

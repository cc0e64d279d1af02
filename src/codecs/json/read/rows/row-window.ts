import { MillraceError } from '../../../../errors.ts'
import { isValidUtf8 } from '../../../../internal/utf8.ts'
import type { InvalidRow } from '../../../invalid-row.ts'
import { type CodecLimits, DEFAULT_LIMITS } from '../../../limits.ts'
import { type Cursor, type Fault, NO_FAULT, ROW_TOO_LONG, syntax } from './cursor.ts'
import { NEWLINE } from './grammar.ts'

/**
 * Where the rows stand: in one array, one a line, or a single object over several lines. Undefined until enough has been seen.
 */
export type RowForm = 'array' | 'lines' | 'document' | undefined

/** What may come next between the rows of an array or document. */
export type Expected = 'first' | 'row' | 'comma' | 'end'

/** A place between two rows, to come back to. */
export interface Bookmark {
  at: number
  readonly line: number
  readonly row: number
  readonly expected: Expected
}

/** The bytes of a file on their way past, and the walk over the rows in them. Offsets are into `cursor.bytes`. */
export interface RowWalk {
  readonly cursor: Cursor
  readonly onInvalidRow: ((row: InvalidRow) => void) | undefined
  /** Whether the byte order mark has been looked for. */
  begun: boolean
  /** Whether a misfit must fail at once, because the rows will then be read again with other types. */
  mayRetry: boolean
  form: RowForm
  expected: Expected
  /** What has been read up to. */
  at: number
  /** Rows before that place. */
  row: number
  /** The end of the bytes that have come; no more will where `ended`. */
  dataEnd: number
  ended: boolean
  /** A row was not all there: no use in trying again before the bytes reach this far. Keeps the work linear. */
  retryAt: number
  /** Bytes up to `checked` have been looked at for UTF-8; a row that begins before `suspectUntil` may have invalid ones. */
  checked: number
  suspectUntil: number
  /** The start of the rows that are walked twice; bytes after it are kept. */
  bookmark: Bookmark | undefined
}

const FIRST_BYTES = 64 * 1024
/** Room after the end for the control characters that stop every kernel. */
const SENTINELS = 2

export function newRowWalk(limits: CodecLimits, onInvalidRow: RowWalk['onInvalidRow']): RowWalk {
  const bytes = new Uint8Array(FIRST_BYTES)
  const cursor: Cursor = {
    bytes,
    end: 0,
    multiline: true,
    line: 1,
    fault: NO_FAULT,
    faultAt: 0,
    faultColumn: undefined,
    faultPinned: true,
    itemBytes: 0,
    lenient: false,
    maxDepth: Math.min(limits.maxDepth ?? DEFAULT_LIMITS.maxDepth, DEEPEST),
    maxFieldBytes: limits.maxFieldBytes ?? DEFAULT_LIMITS.maxFieldBytes,
    maxRowBytes: limits.maxRowBytes ?? DEFAULT_LIMITS.maxRowBytes,
  }
  return {
    cursor,
    onInvalidRow,
    begun: false,
    mayRetry: false,
    form: undefined,
    expected: 'first',
    at: 0,
    row: 0,
    dataEnd: 0,
    ended: false,
    retryAt: 0,
    checked: 0,
    suspectUntil: 0,
    bookmark: undefined,
  }
}

/** Nesting that the recursion here and in Arrow bears on any stack, whatever the option says. */
const DEEPEST = 500

/** Take the next bytes of the file. */
export function pushBytes(walk: RowWalk, chunk: Uint8Array): void {
  const { cursor } = walk
  const from = walk.bookmark?.at ?? walk.at
  // Little to move: memory that stays small stays in the cache.
  const isCheap = from > 0 && walk.dataEnd - from <= from
  if (isCheap || walk.dataEnd + chunk.length + SENTINELS > cursor.bytes.length) makeRoom(walk, from, chunk.length)
  cursor.bytes.set(chunk, walk.dataEnd)
  const lastNewline = chunk.lastIndexOf(NEWLINE)
  const before = walk.dataEnd
  walk.dataEnd += chunk.length
  if (walk.form !== 'lines') setEnd(walk, walk.dataEnd)
  else if (lastNewline >= 0) cursor.end = before + lastNewline + 1
  checkUtf8(walk)
}

/** No more bytes will come. */
export function endBytes(walk: RowWalk): void {
  walk.ended = true
  checkUtf8(walk)
  if (walk.form === 'lines') endLines(walk)
}

/** From now on every newline ends a row. */
export function startLines(walk: RowWalk): void {
  const { cursor } = walk
  walk.form = 'lines'
  cursor.multiline = false
  cursor.end = cursor.bytes.lastIndexOf(NEWLINE, walk.dataEnd - 1) + 1
  if (walk.ended) endLines(walk)
}

/** The last line needs no newline of its own. */
function endLines(walk: RowWalk): void {
  const { cursor } = walk
  cursor.bytes[walk.dataEnd] = NEWLINE
  cursor.bytes[walk.dataEnd + 1] = 0
  cursor.end = walk.dataEnd + 1
}

function setEnd(walk: RowWalk, end: number): void {
  walk.cursor.end = end
  walk.cursor.bytes[end] = 0
}

/** Drop the bytes before an offset, which have been read; grow where that is not enough. */
function makeRoom(walk: RowWalk, from: number, length: number): void {
  const { cursor } = walk
  const kept = walk.dataEnd - from
  const needed = kept + length + SENTINELS
  const room = kept <= from ? cursor.bytes.length : cursor.bytes.length / 2
  if (needed <= room) cursor.bytes.copyWithin(0, from, walk.dataEnd)
  else {
    const larger = new Uint8Array(needed * 2)
    larger.set(cursor.bytes.subarray(from, walk.dataEnd))
    cursor.bytes = larger
  }
  walk.at -= from
  walk.dataEnd -= from
  walk.retryAt -= from
  walk.checked -= from
  walk.suspectUntil -= from
  cursor.end -= from
  if (walk.bookmark !== undefined) walk.bookmark.at -= from
}

/** Look at the bytes that have come since the last look, but for a character that is not all there. */
function checkUtf8(walk: RowWalk): void {
  const { bytes } = walk.cursor
  let end = walk.dataEnd
  if (!walk.ended) {
    for (let back = 1; back <= 4 && end - back >= walk.checked; back++) {
      const byte = bytes[walk.dataEnd - back] as number
      if (byte < 0x80) break
      end = walk.dataEnd - back
      if (byte >= 0xc0) break
    }
  }
  if (end <= walk.checked) return
  if (!isValidUtf8(bytes, walk.checked, end)) walk.suspectUntil = walk.dataEnd
  walk.checked = end
}

/** Mark this place, so that the rows from here on can be walked again. */
export function setBookmark(walk: RowWalk): void {
  walk.bookmark = { at: walk.at, line: walk.cursor.line, row: walk.row, expected: walk.expected }
}

/** Go back to the bookmark and take it out. */
export function goBack(walk: RowWalk): void {
  const { bookmark } = walk
  if (bookmark === undefined) return
  walk.at = bookmark.at
  walk.cursor.line = bookmark.line
  walk.row = bookmark.row
  walk.expected = bookmark.expected
  walk.retryAt = 0
  walk.bookmark = undefined
}

/** Fail where more bytes would be needed than a row may have. */
export function checkRowBytes(walk: RowWalk): void {
  if (walk.dataEnd - walk.at > walk.cursor.maxRowBytes) throw rowError(walk, ROW_TOO_LONG, walk.cursor.line)
}

/** The error of a fault in the row in hand, or after it. */
export function rowError(walk: RowWalk, fault: Fault, line: number, column?: string): MillraceError {
  const position = { line, row: walk.row + 1, ...(column === undefined ? {} : { column }) }
  return new MillraceError(fault.code, fault.reason, { position })
}

/** The line of an offset in the row that begins at `walk.at`. */
export function lineOf(walk: RowWalk, offset: number): number {
  const { bytes, line } = walk.cursor
  let count = line
  for (let at = walk.at; at < offset; at++) if (bytes[at] === NEWLINE) count++
  return count
}

export const NO_ROWS = syntax('the file holds no JSON, only white space or nothing at all')

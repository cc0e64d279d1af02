import { LF, type RowFault } from './row-index.ts'

/** Modes of a scan: in an unquoted field or before one, in quotes, after a closing quote, in an already rejected row, or in a comment. */
export const PLAIN = 0
export const QUOTED = 1
export const CLOSED = 2
export const REJECTED = 3
export const COMMENT = 4
export type ScanMode = typeof PLAIN | typeof QUOTED | typeof CLOSED | typeof REJECTED | typeof COMMENT

/** Bytes searched for structural bytes at a time. */
export const WINDOW_BYTES = 8 * 1024
/** Bytes after the text, so that a word read at its last byte, or a value expected after it, is in the buffer. */
export const PADDING = 64
/** The byte of the padding: one that UTF-8 never contains, so that it matches no mark. */
const FILLER = 0xff

/** The state of a scan between two calls. Offsets are into `bytes`, which hold the row cut by the end of a chunk, and the next chunk. */
export interface RowScan {
  bytes: Uint8Array
  words: Int32Array
  view: DataView
  end: number
  isLast: boolean
  mode: ScanMode
  at: number
  /** The physical line at `at`, and the one on which the row begins. */
  line: number
  rowLine: number
  rowStart: number
  fieldStart: number
  /** The end of a quoted field, in mode CLOSED. */
  fieldEnd: number
  isEscaped: boolean
  /** The fault of the row, in mode REJECTED. */
  reason: string
  /** See `RowBlock`. Fields beyond its capacity are counted, but not stored. */
  bounds: Int32Array
  /** Index in `bounds` of the next field, and of the row's first one. */
  next: number
  rowNext: number
  /** Fields per row, 0 until known. */
  width: number
  faults: RowFault[]
  /** Offsets of structural bytes up to `searchedTo`; those from `nextOffset` on have not been processed. */
  readonly offsets: Int32Array
  nextOffset: number
  offsetCount: number
  searchedTo: number
}

/** @param line - the physical line on which the bytes begin. */
export function newScan(line: number): RowScan {
  return {
    ...buffer(0),
    end: 0,
    isLast: false,
    mode: PLAIN,
    at: 0,
    line,
    rowLine: line,
    rowStart: 0,
    fieldStart: 0,
    fieldEnd: 0,
    isEscaped: false,
    reason: '',
    bounds: new Int32Array(1024),
    next: 0,
    rowNext: 0,
    width: 0,
    faults: [],
    offsets: new Int32Array(WINDOW_BYTES + 8),
    nextOffset: 0,
    offsetCount: 0,
    searchedTo: 0,
  }
}

/** Return to the start of the current row. */
export function rewindRow(scan: RowScan): void {
  scan.at = scan.rowStart
  dropOffsets(scan)
  scan.line = scan.rowLine
  scan.fieldStart = scan.rowStart
  scan.mode = PLAIN
  scan.next = 0
  scan.rowNext = 0
}

/** Move the fields of the current row to the front of the index. */
export function rebaseRow(scan: RowScan): void {
  if (scan.rowNext === 0) return
  scan.bounds.copyWithin(0, scan.rowNext, scan.next)
  scan.next -= scan.rowNext
  scan.rowNext = 0
}

/** Test whether no byte of the next row has been read. */
export function isAtRowStart(scan: RowScan): boolean {
  return scan.at === scan.rowStart && scan.next === scan.rowNext
}

/** Resume after rows that were read without this scan, which is at the start of a row. */
export function skipRows(scan: RowScan, lines: number, at: number): void {
  scan.at = at
  dropOffsets(scan)
  scan.line += lines
  scan.rowLine = scan.line
  scan.rowStart = at
  scan.fieldStart = at
}

/** Add the next bytes, which are copied. */
export function pushChunk(scan: RowScan, chunk: Uint8Array): void {
  makeRoom(scan, chunk.length)
  scan.bytes.set(chunk, scan.end)
  endAt(scan, scan.end + chunk.length)
}

/** Search again from the scan's position. */
function dropOffsets(scan: RowScan): void {
  scan.nextOffset = 0
  scan.offsetCount = 0
  scan.searchedTo = scan.at
}

/** End the input: a last row without a line break gets one. */
export function pushEnd(scan: RowScan): void {
  scan.isLast = true
  if (scan.rowStart === scan.end) return
  makeRoom(scan, 1)
  scan.bytes[scan.end] = LF
  endAt(scan, scan.end + 1)
}

function endAt(scan: RowScan, end: number): void {
  scan.end = end
  dropOffsets(scan)
  scan.bytes.fill(FILLER, end, end + PADDING)
}

/**
 * Make room for `more` bytes after the current row, moving the row to the front if as much has been consumed. The
 * buffer doubles, so that a row costs O(its bytes), however many chunks it spans.
 */
function makeRoom(scan: RowScan, more: number): void {
  const { bytes, rowStart, end } = scan
  const rest = end - rowStart
  const fits = end + more + PADDING <= bytes.length
  if (fits && rest >= rowStart && rowStart > 0) return
  if (rest + more + PADDING > bytes.length) {
    Object.assign(scan, buffer(Math.max(rest + more + PADDING, bytes.length * 2)))
    scan.bytes.set(bytes.subarray(rowStart, end))
  } else if (rowStart > 0) bytes.copyWithin(0, rowStart, end)
  shiftOffsets(scan, rowStart)
}

function buffer(size: number): Pick<RowScan, 'bytes' | 'words' | 'view'> {
  const words = new Int32Array((size + PADDING) >> 2)
  return { words, bytes: new Uint8Array(words.buffer), view: new DataView(words.buffer) }
}

function shiftOffsets(scan: RowScan, by: number): void {
  const { bounds, next } = scan
  for (let index = scan.rowNext; index < next && index < bounds.length; index += 2) {
    const start = bounds[index] as number
    bounds[index] = start < 0 ? ~(~start - by) : start - by
    bounds[index + 1] = (bounds[index + 1] as number) - by
  }
  scan.end -= by
  scan.at -= by
  scan.rowStart -= by
  scan.fieldStart -= by
  scan.fieldEnd -= by
}

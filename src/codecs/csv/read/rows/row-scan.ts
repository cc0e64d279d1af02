import { LF, type RowFault } from './row-index.ts'

/** Where a scan stands: in an unquoted field or before one, in quotes, after the closing quote, or in a row that is refused already. */
export const PLAIN = 0
export const QUOTED = 1
export const CLOSED = 2
export const REFUSED = 3
export type ScanMode = typeof PLAIN | typeof QUOTED | typeof CLOSED | typeof REFUSED

/** Bytes whose marks are held at once. */
export const WINDOW_BYTES = 8 * 1024
/** Bytes after the text, so that a word read at its last byte, or a value expected after it, lies in the buffer. */
export const PADDING = 64
/** What stands in the padding: a byte that means nothing. */
const FILLER = 0x41

/** The state of a scan between two calls. Offsets are into `bytes`, which hold the row cut by the end of a chunk and the chunk after it. */
export interface ScanState {
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
  /** What is wrong with the row, in mode REFUSED. */
  reason: string
  /** See `RowBlock`. What a row has beyond the room left is counted, but not stored. */
  bounds: Int32Array
  /** Where the next field goes in `bounds`, and where the row's first one went. */
  next: number
  rowNext: number
  /** Fields of a row, 0 until that is known. */
  width: number
  faults: RowFault[]
  /** Where bytes that may mean something stand, up to `markedTo`; those from `nextMark` on are still to come. */
  readonly marks: Int32Array
  nextMark: number
  markCount: number
  markedTo: number
}

export function newScan(): ScanState {
  return {
    ...buffer(0),
    end: 0,
    isLast: false,
    mode: PLAIN,
    at: 0,
    line: 1,
    rowLine: 1,
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
    marks: new Int32Array(WINDOW_BYTES + 8),
    nextMark: 0,
    markCount: 0,
    markedTo: 0,
  }
}

/** Go back to where the row in hand begins. */
export function rewindRow(scan: ScanState): void {
  scan.at = scan.rowStart
  dropMarks(scan)
  scan.line = scan.rowLine
  scan.fieldStart = scan.rowStart
  scan.mode = PLAIN
  scan.next = 0
  scan.rowNext = 0
}

/** Move what is known of the row in hand to the front of the index. */
export function rebaseRow(scan: ScanState): void {
  if (scan.rowNext === 0) return
  scan.bounds.copyWithin(0, scan.rowNext, scan.next)
  scan.next -= scan.rowNext
  scan.rowNext = 0
}

/** Whether no byte of the next row has been looked at. */
export function isAtRowStart(scan: ScanState): boolean {
  return scan.at === scan.rowStart && scan.next === scan.rowNext
}

/** Go on after rows that were read without this scan, which stands at the start of a row. */
export function skipRows(scan: ScanState, lines: number, at: number): void {
  scan.at = at
  dropMarks(scan)
  scan.line += lines
  scan.rowLine = scan.line
  scan.rowStart = at
  scan.fieldStart = at
}

/** Go on with the next bytes, which are copied. */
export function pushChunk(scan: ScanState, chunk: Uint8Array): void {
  makeRoom(scan, chunk.length)
  scan.bytes.set(chunk, scan.end)
  endAt(scan, scan.end + chunk.length)
}

/** Mark anew from where the scan stands. */
function dropMarks(scan: ScanState): void {
  scan.nextMark = 0
  scan.markCount = 0
  scan.markedTo = scan.at
}

/** There are no more bytes: a last row without a line break is given one. */
export function pushEnd(scan: ScanState): void {
  scan.isLast = true
  if (scan.rowStart === scan.end) return
  makeRoom(scan, 1)
  scan.bytes[scan.end] = LF
  endAt(scan, scan.end + 1)
}

function endAt(scan: ScanState, end: number): void {
  scan.end = end
  dropMarks(scan)
  scan.bytes.fill(FILLER, end, end + PADDING)
}

/**
 * Make room for `more` bytes after the row in hand, and bring that to the front where as much has been used up. The buffer grows
 * twofold, so that a row of any length costs O(its bytes), however many chunks it spans.
 */
function makeRoom(scan: ScanState, more: number): void {
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

function buffer(size: number): Pick<ScanState, 'bytes' | 'words' | 'view'> {
  const words = new Int32Array((size + PADDING) >> 2)
  return { words, bytes: new Uint8Array(words.buffer), view: new DataView(words.buffer) }
}

function shiftOffsets(scan: ScanState, by: number): void {
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

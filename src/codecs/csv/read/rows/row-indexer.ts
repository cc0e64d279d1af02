import { MillraceError } from '../../../../errors.ts'
import { decodeUtf8, isValidUtf8 } from '../../../../internal/utf8.ts'
import type { CsvDialect, CsvLayout, CsvLimits } from '../../csv-options.ts'
import { indexRows } from './index-rows.ts'
import { type Marks, marksOf } from './marks.ts'
import {
  fieldTooLong,
  isNullField,
  lineCounter,
  type RowBlock,
  rowTooLong,
  tooManyColumns,
  unescapedText,
  wronglyEncoded,
} from './row-index.ts'
import {
  COMMENT,
  isAtRowStart,
  newScan,
  pushChunk,
  pushEnd,
  REJECTED,
  type RowScan,
  rebaseRow,
  rewindRow,
  skipRows,
} from './row-scan.ts'

/** Fields that a block indexes: its bytes and its index then stay in the processor's cache while the columns read them. */
const BLOCK_FIELDS = 8192
/** Rows that a block of a wide table may have, to spread the work per column and block over several rows. */
const MIN_BLOCK_ROWS = 16
/** Space in the index for excess fields of a row. */
const SPARE_BOUNDS = 64

/** Indexes rows of bytes that arrive in pieces. Synchronous: push bytes, call `next` until there is no block, push more. */
export interface RowIndexer {
  /** The most rows of a block, once the width is known. */
  readonly blockRows: number
  /** Push the next bytes, or undefined after the last. */
  push(chunk: Uint8Array | undefined): void
  /** The first row's fields as text, to be called once, before `next`; undefined if more bytes are needed or the file has ended. */
  first(): FirstRow | undefined
  /** Set the number of fields. `keepFirst`: the first row is data, which `next` returns again. */
  start(width: number, keepFirst: boolean): void
  /** Rows until `maxRows`, `maxBytes` or the end of the bytes pushed; undefined if there are none. A row over `maxBytes` forms its own block. */
  next(maxRows: number, maxBytes: number): RowBlock | undefined
  /** The bytes from the next row on, for another reader; undefined if part of that row has been indexed. */
  unread(): UnreadBytes | undefined
  /** Resume after rows that another reader has read. */
  skip(rows: ReadRows): void
}

/** Bytes `[start, end)` of `bytes`, beginning with a row. */
export interface UnreadBytes {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** Data rows read earlier. */
  readonly rowsRead: number
  /** True if no bytes follow. */
  readonly isLast: boolean
}

export interface ReadRows {
  readonly rows: number
  /** Physical lines of the rows. */
  readonly lines: number
  /** Start of the row after them. */
  readonly at: number
}

export interface FirstRow {
  readonly fields: readonly string[]
  readonly line: number
}

/** The exact reader of CSV in UTF-8: every dialect, every rule. @param line - physical line on which the bytes begin. */
export function rowIndexer(layout: CsvLayout, line: number): RowIndexer {
  const { dialect, limits } = layout
  const marks = marksOf(dialect)
  const scan = newScan(line)
  let dataRows = 0
  let blockRows = 1
  /** The error of the row after the last block. */
  let limitError: MillraceError | undefined

  return {
    get blockRows() {
      return blockRows
    },
    push(chunk) {
      if (chunk === undefined) pushEnd(scan)
      else pushChunk(scan, chunk)
    },
    first() {
      return firstRow(scan, marks, layout)
    },
    start(width, keepFirst) {
      if (keepFirst) rewindRow(scan)
      else endFirstRow(scan)
      blockRows = Math.max(MIN_BLOCK_ROWS, Math.floor(BLOCK_FIELDS / width))
      scan.width = width
      scan.bounds = new Int32Array(blockRows * width * 2 + SPARE_BOUNDS)
    },
    next(maxRows, maxBytes) {
      if (limitError !== undefined) throw limitError
      const found = nextBlock(scan, dialect, marks, Math.min(maxRows, blockRows), maxBytes, dataRows + 1)
      const { block, error } = withinLimits(scan, found, limits)
      limitError = error
      if (error !== undefined && block === undefined) throw error
      if (block !== undefined) dataRows += block.rows + block.faults.length
      return block
    },
    unread() {
      if (limitError !== undefined || !isAtRowStart(scan)) return undefined
      return { bytes: scan.bytes, start: scan.rowStart, end: scan.end, rowsRead: dataRows, isLast: scan.isLast }
    },
    skip({ rows, lines, at }) {
      dataRows += rows
      skipRows(scan, lines, at)
    },
  }
}

function nextBlock(
  scan: RowScan,
  dialect: CsvDialect,
  marks: Marks,
  maxRows: number,
  maxBytes: number,
  firstRow: number,
): RowBlock | undefined {
  rebaseRow(scan)
  const { rowStart: start, rowLine, bounds, width } = scan
  const faults: RowScan['faults'] = []
  scan.faults = faults
  indexRows(scan, dialect, marks, maxRows, maxBytes)
  if (scan.rowStart === start) return undefined
  const { bytes, view } = scan
  const rows = scan.rowNext / 2 / width
  const lineAt = lineCounter(bytes, start, rowLine)
  const lineOf = (row: number): number => {
    const field = bounds[row * width * 2] as number
    return lineAt(field < 0 ? ~field : field)
  }
  return { bytes, view, bounds, marks, width, rows, start, end: scan.rowStart, firstRow, faults, lineOf }
}

/** The first row that is neither blank nor a comment, which remains the current row. */
function firstRow(scan: RowScan, marks: Marks, { dialect, limits, encoding }: CsvLayout): FirstRow | undefined {
  for (;;) {
    indexRows(scan, dialect, marks, 1, Number.POSITIVE_INFINITY)
    const fields = scan.next / 2
    if (fields > limits.maxColumns) throw tooManyColumns(limits.maxColumns, scan.rowLine)
    if (scan.next <= scan.bounds.length) break
    scan.bounds = new Int32Array(scan.next * 2)
    rewindRow(scan)
  }
  const [fault] = scan.faults
  if (fault !== undefined) throw new MillraceError(fault.code, fault.reason, { position: { line: fault.line } })
  const error = errorInHand(scan, limits)
  if (error !== undefined) throw error
  if (scan.rowNext === 0) return undefined
  const { bytes, view, bounds, rowStart, rowLine, faults } = scan
  if (!isValidUtf8(bytes, rowStart, scan.at)) {
    throw new MillraceError('ENCODING_INVALID', wronglyEncoded(encoding, 'first row'), { position: { line: rowLine } })
  }
  let width = scan.rowNext / 2
  const block = {
    bytes,
    view,
    bounds,
    marks,
    width,
    rows: 1,
    start: rowStart,
    end: scan.at,
    firstRow: 1,
    faults,
    lineOf: () => rowLine,
  }
  const isLastEmpty = isNullField(block, bounds[2 * width - 2] as number, bounds[2 * width - 1] as number, true)
  if (dialect.ignoresTrailingDelimiter && width > 1 && isLastEmpty) width--
  return { fields: Array.from({ length: width }, (_, field) => fieldText(block, 2 * field)), line: rowLine }
}

function endFirstRow(scan: RowScan): void {
  scan.next = 0
  scan.rowNext = 0
  scan.rowStart = scan.at
  scan.rowLine = scan.line
}

function fieldText(block: RowBlock, index: number): string {
  const start = block.bounds[index] as number
  const end = block.bounds[index + 1] as number
  return start < 0 ? decodeUtf8(unescapedText(block, ~start, end)) : decodeUtf8(block.bytes, start, end)
}

/** A block up to the first row that is over a limit, and the error of that row. */
function withinLimits(
  scan: RowScan,
  block: RowBlock | undefined,
  limits: CsvLimits,
): { block: RowBlock | undefined; error?: MillraceError | undefined } {
  const { maxFieldBytes, maxRowBytes } = limits
  const error = errorInHand(scan, limits)
  if (block === undefined || block.end - block.start <= Math.min(maxFieldBytes, maxRowBytes)) return { block, error }
  for (let row = 0; row < block.rows; row++) {
    const error = errorOfRow(block, row, limits)
    if (error === undefined) continue
    const faults = block.faults.filter(({ before }) => before <= row)
    return { block: row === 0 && faults.length === 0 ? undefined : { ...block, rows: row, faults }, error }
  }
  return { block, error }
}

function errorOfRow(block: RowBlock, row: number, { maxFieldBytes, maxRowBytes }: CsvLimits) {
  const { bounds, width } = block
  let rowBytes = width
  for (let index = row * width * 2; index < (row + 1) * width * 2; index += 2) {
    const start = bounds[index] as number
    const fieldBytes = Math.max(0, (bounds[index + 1] as number) - (start < 0 ? ~start : start))
    if (fieldBytes > maxFieldBytes) return fieldTooLong(maxFieldBytes, block.lineOf(row))
    rowBytes += fieldBytes
  }
  return rowBytes > maxRowBytes ? rowTooLong(maxRowBytes, block.lineOf(row)) : undefined
}

function errorInHand(scan: RowScan, { maxFieldBytes, maxRowBytes }: CsvLimits): MillraceError | undefined {
  if (scan.at - scan.rowStart > maxRowBytes) return rowTooLong(maxRowBytes, scan.rowLine)
  const isInField = scan.mode !== REJECTED && scan.mode !== COMMENT
  return isInField && scan.at - scan.fieldStart > maxFieldBytes ? fieldTooLong(maxFieldBytes, scan.rowLine) : undefined
}

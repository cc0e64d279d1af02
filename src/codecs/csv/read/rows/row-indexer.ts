import { MillraceError } from '../../../../errors.ts'
import { decodeUtf8, isValidUtf8 } from '../../../../internal/utf8.ts'
import type { CsvSettings } from '../../csv-options.ts'
import { directReader } from '../kernel/kernel-reader.ts'
import { scanRows } from './index-rows.ts'
import {
  countLines,
  fieldTooLong,
  type RowBlock,
  rowTooLong,
  tooManyColumns,
  unescapeQuotes,
  wronglyEncoded,
} from './row-index.ts'
import type { FirstRow, RowReader } from './row-reader.ts'
import { isAtRowStart, newScan, pushChunk, pushEnd, REFUSED, rebaseRow, rewindRow, type ScanState } from './row-scan.ts'

/** Fields that a block indexes: its bytes and its index then stay in the processor's cache while the columns read them. */
const BLOCK_FIELDS = 8192
/** Rows that a block of a wide table may have, so that the work per column and block is spread over some rows. */
const MIN_BLOCK_ROWS = 16
/** Rows read straight into their columns that make up for having tried. */
const GOOD_RUN_ROWS = 64
/** Below both, a kernel is not worth its making. */
const FEW_ROWS = 64
const FEW_BYTES = 8192
/** Room in the index for fields that a row has too many. */
const SPARE_BOUNDS = 64

/** The byte-level reader of RFC 4180 text: any ASCII delimiter, `"` as quote and escape. */
export function rowScanner(settings: CsvSettings): RowReader {
  const delimiter = settings.delimiter.charCodeAt(0)
  const scan = newScan()
  let dataRows = 0
  let blockRows = 1
  let indexRows = Number.POSITIVE_INFINITY
  const takeDirect = directReader(scan, settings)

  return {
    push(chunk) {
      if (chunk === undefined) pushEnd(scan)
      else pushChunk(scan, chunk)
    },
    first() {
      return firstRow(scan, delimiter, settings)
    },
    start(width, keepFirst) {
      if (keepFirst) rewindRow(scan)
      else endFirstRow(scan)
      blockRows = Math.max(MIN_BLOCK_ROWS, Math.floor(BLOCK_FIELDS / width))
      scan.width = width
      scan.bounds = new Int32Array(blockRows * width * 2 + SPARE_BOUNDS)
    },
    take(columns, maxRows, maxBytes) {
      if (takeDirect === undefined || !isAtRowStart(scan)) return undefined
      if (dataRows < FEW_ROWS && scan.end - scan.rowStart < FEW_BYTES) return undefined
      const taken = takeDirect(columns, maxRows, maxBytes)
      dataRows += taken.rows
      // Where rows that are not for this way come thick, each of its tries is followed by twice as many rows of the other.
      if (taken.rows >= GOOD_RUN_ROWS || indexRows === Number.POSITIVE_INFINITY) indexRows = 1
      else if (taken.isStopped) indexRows = Math.min(indexRows * 2, blockRows)
      return taken.rows === 0 ? undefined : taken
    },
    next(maxRows, maxBytes) {
      const block = nextBlock(scan, delimiter, Math.min(maxRows, blockRows, indexRows), maxBytes, dataRows + 1)
      checkLimits(scan, block, settings)
      if (block !== undefined) dataRows += block.rows + block.faults.length
      return block
    },
  }
}

function nextBlock(
  scan: ScanState,
  delimiter: number,
  maxRows: number,
  maxBytes: number,
  firstRow: number,
): RowBlock | undefined {
  rebaseRow(scan)
  const { rowStart: start, rowLine, bounds, width } = scan
  const faults: ScanState['faults'] = []
  scan.faults = faults
  scanRows(scan, delimiter, maxRows, maxBytes)
  if (scan.rowStart === start) return undefined
  const { bytes, view } = scan
  const rows = scan.rowNext / 2 / width
  const lineOf = (row: number): number => {
    const field = bounds[row * width * 2] as number
    return rowLine + countLines(bytes, start, field < 0 ? ~field : field)
  }
  return { bytes, view, bounds, width, rows, start, end: scan.rowStart, firstRow, faults, lineOf }
}

/** The first row that is not blank, which stays in hand. */
function firstRow(scan: ScanState, delimiter: number, settings: CsvSettings): FirstRow | undefined {
  for (;;) {
    scanRows(scan, delimiter, 1, Number.POSITIVE_INFINITY)
    const fields = scan.next / 2
    if (fields > settings.maxColumns) throw tooManyColumns(settings.maxColumns, scan.rowLine)
    if (scan.next <= scan.bounds.length) break
    scan.bounds = new Int32Array(scan.next * 2)
    rewindRow(scan)
  }
  const [fault] = scan.faults
  if (fault !== undefined) throw new MillraceError(fault.code, fault.reason, { position: { line: fault.line } })
  checkRowInHand(scan, settings)
  if (scan.rowNext === 0) return undefined
  const { bytes, bounds } = scan
  const position = { line: scan.rowLine }
  if (!isValidUtf8(bytes, scan.rowStart, scan.at)) {
    throw new MillraceError('ENCODING_INVALID', wronglyEncoded(settings.encoding, 'first row'), { position })
  }
  const fields = Array.from({ length: scan.rowNext / 2 }, (_, field) => fieldText(bytes, bounds, 2 * field))
  return { fields, line: scan.rowLine }
}

function endFirstRow(scan: ScanState): void {
  scan.next = 0
  scan.rowNext = 0
  scan.rowStart = scan.at
  scan.rowLine = scan.line
}

function fieldText(bytes: Uint8Array, bounds: Int32Array, index: number): string {
  const start = bounds[index] as number
  const end = bounds[index + 1] as number
  if (start >= 0) return decodeUtf8(bytes, start, end)
  const text = new Uint8Array(end - ~start)
  return decodeUtf8(text, 0, unescapeQuotes(bytes, ~start, end, text, 0))
}

function checkLimits(scan: ScanState, block: RowBlock | undefined, settings: CsvSettings): void {
  const { maxFieldBytes, maxRowBytes } = settings
  checkRowInHand(scan, settings)
  if (block === undefined || block.end - block.start <= Math.min(maxFieldBytes, maxRowBytes)) return
  const { bounds, width } = block
  for (let row = 0; row < block.rows; row++) {
    let rowBytes = width
    for (let index = row * width * 2; index < (row + 1) * width * 2; index += 2) {
      const start = bounds[index] as number
      const fieldBytes = (bounds[index + 1] as number) - (start < 0 ? ~start : start)
      if (fieldBytes > maxFieldBytes) throw fieldTooLong(maxFieldBytes, block.lineOf(row))
      rowBytes += fieldBytes
    }
    if (rowBytes > maxRowBytes) throw rowTooLong(maxRowBytes, block.lineOf(row))
  }
}

function checkRowInHand(scan: ScanState, { maxFieldBytes, maxRowBytes }: CsvSettings): void {
  if (scan.at - scan.rowStart > maxRowBytes) throw rowTooLong(maxRowBytes, scan.rowLine)
  if (scan.mode !== REFUSED && scan.at - scan.fieldStart > maxFieldBytes) {
    throw fieldTooLong(maxFieldBytes, scan.rowLine)
  }
}

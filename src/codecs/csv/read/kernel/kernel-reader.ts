import { isValidUtf8 } from '../../../../internal/utf8.ts'
import type { CsvSettings } from '../../csv-options.ts'
import { TEXT } from '../columns/cell-buffer.ts'
import type { TextColumn } from '../columns/csv-column.ts'
import { LF } from '../rows/row-index.ts'
import type { TakenRows } from '../rows/row-reader.ts'
import { isAtRowStart, type ScanState, skipRows } from '../rows/row-scan.ts'
import { type DirectRun, directRows, type TakenRun } from './kernel-rows.ts'

/** Bytes that are read at once: they stay in the processor's cache between the check of their encoding and their reading. */
const RUN_BYTES = 128 * 1024
/** Address space for the text of all columns, of which a run uses as much as it reads: with many columns that is less. */
const TEXT_ROOM_BYTES = 32 * 1024 * 1024
/** Bytes beyond the last row of a batch that room is made for. */
const SPARE_BYTES = 4096

/** Takes rows as `RowReader.take` does, always for the same columns. */
export type DirectReader = (columns: readonly TextColumn[], maxRows: number, maxBytes: number) => DirectTaken

export interface DirectTaken extends TakenRows {
  /** Whether a row stopped it, rather than the end of the bytes or a limit. */
  readonly isStopped: boolean
}

const NONE: DirectTaken = { rows: 0, bytes: 0, isStopped: false }

/** The reader of rows straight into columns; undefined for dialects in which a value could hold a delimiter, or a null be any text. */
export function directReader(scan: ScanState, settings: CsvSettings): DirectReader | undefined {
  const { delimiter, nullValues, maxFieldBytes, maxRowBytes } = settings
  if (!',;\t|'.includes(delimiter) || nullValues.length !== 1 || nullValues[0] !== '') return undefined
  let takeRows: ((run: DirectRun) => TakenRun) | undefined
  let texts: number | undefined

  /** One run. */
  function takeRun(columns: readonly TextColumn[], maxRows: number, maxBytes: number): DirectTaken {
    const { bytes, rowStart: start } = scan
    texts ??= columns.filter(({ cells }) => cells.kind === TEXT).length
    const longest = Math.floor(Math.min(RUN_BYTES, TEXT_ROOM_BYTES / texts, maxFieldBytes, maxRowBytes))
    const size = Math.min(longest, maxBytes + SPARE_BYTES)
    const end = start + bytes.subarray(start, Math.min(start + size, scan.end)).lastIndexOf(LF) + 1
    if (end === start) return { ...NONE, isStopped: scan.end - start > size }
    if (!isValidUtf8(bytes, start, end)) return { ...NONE, isStopped: true }
    const stopAt = Math.min(start + maxBytes, end)
    takeRows ??= directRows(columns, delimiter.charCodeAt(0), longest)
    const { rows, at, lines } = takeRows({ bytes, start, end, stopAt, maxRows })
    skipRows(scan, lines, at)
    return { rows, bytes: at - start, isStopped: rows < maxRows && at < stopAt }
  }

  return (columns, maxRows, maxBytes) => {
    let rows = 0
    let bytes = 0
    while (isAtRowStart(scan) && rows < maxRows && bytes < maxBytes) {
      const run = takeRun(columns, maxRows - rows, maxBytes - bytes)
      rows += run.rows
      bytes += run.bytes
      if (run.rows === 0 || run.isStopped) return { rows, bytes, isStopped: run.isStopped }
    }
    return { rows, bytes, isStopped: false }
  }
}

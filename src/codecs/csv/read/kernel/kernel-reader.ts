import { isValidUtf8 } from '../../../../internal/utf8.ts'
import { CALL_BYTES, callBytes, isTooLittleForKernel } from '../../../text/kernel-limits.ts'
import type { CsvDialect, CsvLimits } from '../../csv-options.ts'
import type { TextColumn } from '../columns/csv-column.ts'
import { LF } from '../rows/row-index.ts'
import type { RowIndexer, UnreadBytes } from '../rows/row-indexer.ts'
import { kernelMarks } from './kernel-marks.ts'
import { type KernelRows, kernelRows } from './kernel-rows.ts'

/** Extra bytes allocated beyond the last row of a batch. */
const SPARE_BYTES = 4096
/** Bytes of the shortest call. */
const MIN_SPAN = 2048

/**
 * Reads rows into their columns, until `maxRows`, `maxBytes` or a row that the exact reader has to read.
 *
 * @param expectedBytes - how many of `maxBytes` are expected, to allocate for them; 0 if unknown.
 */
export interface KernelReader {
  read(rows: RowIndexer, maxRows: number, maxBytes: number, expectedBytes: number): KernelRead
  /** Release the kernel for other runs, after the last row. */
  leave(): void
}

export interface KernelRead {
  readonly rows: number
  readonly bytes: number
  /** True if a row stopped it, rather than the end of the bytes or a limit. */
  readonly isStopped: boolean
  /** True if the rows that follow are better read with more bytes than there are yet. */
  readonly waits: boolean
}

const NOTHING: KernelRead = { rows: 0, bytes: 0, isStopped: false, waits: false }

/** Create the kernel's reader of a dialect; undefined if its marks or nulls cannot be identified by one byte. */
export function kernelReader(
  columns: readonly TextColumn[],
  dialect: CsvDialect,
  nullValues: readonly string[],
  { maxFieldBytes, maxRowBytes }: CsvLimits,
): KernelReader | undefined {
  const marks = kernelMarks(dialect)
  if (marks === undefined || nullValues.length !== 1 || nullValues[0] !== '') return undefined
  const longest = Math.floor(Math.min(callBytes(columns.length), maxFieldBytes, maxRowBytes))
  /** Bytes that a call waits for: of a wide table, they are more than a source yields at once. */
  const enough = longest > CALL_BYTES ? longest / 2 : 0
  let kernel: KernelRows | undefined
  /** Bytes of the next call: about twice what the last one read if a row stopped it, so that few bytes are copied and checked in vain. */
  let span = longest

  /** One call of the kernel. */
  function readOnce(
    unread: UnreadBytes,
    rows: RowIndexer,
    maxRows: number,
    maxBytes: number,
    expectedBytes: number,
  ): KernelRead {
    const { bytes, start } = unread
    const size = Math.min(span, maxBytes + SPARE_BYTES)
    const end = start + bytes.subarray(start, Math.min(start + size, unread.end)).lastIndexOf(LF) + 1
    if (end === start && span < longest) {
      span = longest
      return readOnce(unread, rows, maxRows, maxBytes, expectedBytes)
    }
    if (end === start) return { ...NOTHING, isStopped: unread.end - start > size }
    if (!isValidUtf8(bytes, start, end)) return { ...NOTHING, isStopped: true }
    const stopAt = Math.min(start + maxBytes, end)
    kernel ??= kernelRows(columns, marks as NonNullable<typeof marks>, longest)
    const output = kernel.read({ bytes, start, end, stopAt, maxRows, expectedBytes })
    rows.skip(output)
    const isStopped = output.rows < maxRows && output.at < stopAt
    const length = output.at - start
    if (output.isCut) {
      // The row that is not whole is read with the bytes after it, if there are any.
      const isShort = output.rows === 0 && span < longest
      span = longest
      if (isShort) return readOnce(unread, rows, maxRows, maxBytes, expectedBytes)
      const isStopped = output.rows === 0 && unread.end - start > size
      return { ...NOTHING, rows: output.rows, bytes: length, isStopped }
    }
    span = Math.min(longest, isStopped ? Math.max(MIN_SPAN, 2 * length) : 2 * span)
    return { ...NOTHING, rows: output.rows, bytes: length, isStopped }
  }

  function read(indexer: RowIndexer, maxRows: number, maxBytes: number, expectedBytes: number): KernelRead {
    let rows = 0
    let bytes = 0
    while (rows < maxRows && bytes < maxBytes) {
      const unread = indexer.unread()
      if (unread === undefined || isTooLittleForKernel(unread.rowsRead, unread.end - unread.start)) break
      if (!unread.isLast && unread.end - unread.start < enough) return { ...NOTHING, rows, bytes, waits: true }
      const expected = Math.max(0, expectedBytes - bytes)
      const part = readOnce(unread, indexer, maxRows - rows, maxBytes - bytes, expected)
      rows += part.rows
      bytes += part.bytes
      if (part.rows === 0 || part.isStopped) return { ...part, rows, bytes }
    }
    return { ...NOTHING, rows, bytes }
  }

  return {
    read,
    leave() {
      kernel?.leave()
      kernel = undefined
    },
  }
}

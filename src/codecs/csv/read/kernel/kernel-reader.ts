import { TEXT } from '../../../../../kernels/csv-rows/record.ts'
import { isValidUtf8 } from '../../../../internal/utf8.ts'
import { CALL_BYTES, isTooLittleForKernel, TEXT_ROOM_BYTES } from '../../../text/kernel-limits.ts'
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
}

const NOTHING: KernelRead = { rows: 0, bytes: 0, isStopped: false }

/** Create the kernel's reader of a dialect; undefined if its marks or nulls cannot be identified by one byte. */
export function kernelReader(
  columns: readonly TextColumn[],
  dialect: CsvDialect,
  nullValues: readonly string[],
  { maxFieldBytes, maxRowBytes }: CsvLimits,
): KernelReader | undefined {
  const marks = kernelMarks(dialect)
  if (marks === undefined || nullValues.length !== 1 || nullValues[0] !== '') return undefined
  const texts = columns.filter(({ cells }) => cells.kind === TEXT).length
  const longest = Math.floor(Math.min(CALL_BYTES, TEXT_ROOM_BYTES / texts, maxFieldBytes, maxRowBytes))
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
    span = Math.min(longest, isStopped ? Math.max(MIN_SPAN, 2 * length) : 2 * span)
    return { rows: output.rows, bytes: length, isStopped }
  }

  function read(indexer: RowIndexer, maxRows: number, maxBytes: number, expectedBytes: number): KernelRead {
    let rows = 0
    let bytes = 0
    while (rows < maxRows && bytes < maxBytes) {
      const unread = indexer.unread()
      if (unread === undefined || isTooLittleForKernel(unread.rowsRead, unread.end - unread.start)) break
      const expected = Math.max(0, expectedBytes - bytes)
      const part = readOnce(unread, indexer, maxRows - rows, maxBytes - bytes, expected)
      rows += part.rows
      bytes += part.bytes
      if (part.rows === 0 || part.isStopped) return { rows, bytes, isStopped: part.isStopped }
    }
    return { rows, bytes, isStopped: false }
  }

  return {
    read,
    leave() {
      kernel?.leave()
      kernel = undefined
    },
  }
}

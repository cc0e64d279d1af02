import type { RecordBatch } from 'apache-arrow'
import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from '../../batch-limits.ts'
import type { InvalidRow } from '../../invalid-row.ts'
import type { TypedReader } from '../../text/settle-types.ts'
import type { CsvLayout, CsvTyping } from '../csv-options.ts'
import { batchBuilder, type OnMisfit } from './columns/batch-builder.ts'
import type { TablePlan } from './columns/column-plan.ts'
import { type KernelRead, kernelReader } from './kernel/kernel-reader.ts'
import { dataRows, emptyFile } from './rows/data-rows.ts'
import type { RowIndexer } from './rows/row-indexer.ts'

/** Rows read by the kernel that pay for the attempt. */
const GOOD_READ_ROWS = 64

/**
 * The reader of a file of known columns: the kernel reads its rows into the columns, and where it stops the exact
 * reader reads them one by one or in blocks.
 *
 * @param unsureRows - see {@link TypedFormat.read}.
 * @param bytes - size of the file, if known: buffers are allocated for the rows to come.
 */
export function csvBatches(
  plan: TablePlan,
  layout: CsvLayout,
  typing: CsvTyping,
  unsureRows: number,
  onInvalidRow: ((row: InvalidRow) => void) | undefined,
  bytes = 0,
): TypedReader {
  if (!plan.isInferred.includes(true)) unsureRows = 0
  const { nullValues } = typing
  const source = dataRows(layout)
  const builder = batchBuilder(plan, typing, layout.encoding, onInvalidRow)
  let kernel = kernelReader(builder.columns, layout.dialect, nullValues, layout.limits)
  /** Rows that the exact reader reads before the kernel is tried again. */
  let exactRows = Number.POSITIVE_INFINITY
  let isOpen = false
  let batchBytes = 0
  let bytesBefore = 0
  let batches = 0
  let seenRows = 0
  let typedRows = 0

  const isSure = (): boolean => typedRows >= unsureRows
  const onMisfit = (): OnMisfit => (isSure() ? 'reject' : 'infer-again')
  const maxRows = (): number =>
    Math.min(MAX_BATCH_ROWS - builder.rows, isSure() ? MAX_BATCH_ROWS : unsureRows - typedRows)
  const isFull = (): boolean => builder.rows >= MAX_BATCH_ROWS || batchBytes >= MAX_BATCH_BYTES

  /** Read more rows, at most to the end of a batch or of the rows used for inference. @returns whether there were any. */
  function readRows(rows: RowIndexer): boolean {
    const read = readKernelRows(rows)
    if (read?.waits) return false
    if (read !== undefined && read.rows > 0 && isFull()) return true
    const block = rows.next(Math.min(maxRows(), exactRows), MAX_BATCH_BYTES - batchBytes)
    if (block === undefined) return false
    // Rows of the block that are used for inference, counted before any is rejected.
    const { rows: count } = block
    seenRows += count + block.faults.length
    batchBytes += block.end - block.start
    builder.add(block, onMisfit())
    typedRows += count
    return true
  }

  function readKernelRows(rows: RowIndexer): KernelRead | undefined {
    const maxBytes = MAX_BATCH_BYTES - batchBytes
    const expectedBytes = Math.min(maxBytes, Math.max(0, bytes - bytesBefore - batchBytes))
    const read = kernel?.read(rows, maxRows(), maxBytes, expectedBytes)
    if (read === undefined) return undefined
    // Where the kernel keeps stopping, back off exponentially.
    if (read.rows >= GOOD_READ_ROWS || (exactRows === Number.POSITIVE_INFINITY && read.rows > 0)) exactRows = 1
    else if (read.isStopped) exactRows = Math.min(exactRows * 2, rows.blockRows)
    seenRows += read.rows
    typedRows += read.rows
    batchBytes += read.bytes
    builder.addRead(read.rows, onMisfit())
    return read
  }

  function finish(): RecordBatch {
    bytesBefore += batchBytes
    batchBytes = 0
    batches++
    return builder.finish()
  }

  return {
    get isSure() {
      return isSure()
    },
    *push(chunk) {
      const table = source.push(chunk)
      if (table === undefined) return
      if (!isOpen) {
        isOpen = true
        // The kernel may not support a delimiter that the file names.
        if (table.dialect !== layout.dialect) {
          kernel = kernelReader(builder.columns, table.dialect, nullValues, layout.limits)
        }
      }
      while (readRows(table.rows)) if (isFull()) yield finish()
      if (chunk !== undefined) return
      if (seenRows === 0 && Array.isArray(layout.header) && layout.part === undefined) throw emptyFile()
      kernel?.leave()
      if (builder.rows > 0 || batches === 0) yield finish()
    },
  }
}

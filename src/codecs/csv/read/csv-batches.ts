import type { RecordBatch } from 'apache-arrow'
import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from '../../batch-limits.ts'
import type { TypedReader } from '../../text/settle-types.ts'
import type { CsvSettings } from '../csv-options.ts'
import { batchBuilder, type OnMisfit } from './columns/batch-builder.ts'
import type { TablePlan } from './columns/column-plan.ts'
import { emptyFile, tableRows } from './rows/data-rows.ts'

/** The reader of a file of known columns. See {@link TypedFormat.read} for `unsureRows`. */
export function csvBatches(plan: TablePlan, settings: CsvSettings, unsureRows: number): TypedReader {
  if (!plan.isInferred.includes(true)) unsureRows = 0
  const rows = tableRows(settings)
  const { reader } = rows
  const builder = batchBuilder(plan, settings, settings.onInvalidRow)
  let batchBytes = 0
  let batches = 0
  let seenRows = 0
  let typedRows = 0

  const isSure = (): boolean => typedRows >= unsureRows
  const onMisfit = (): OnMisfit => (isSure() ? 'reject' : 'infer-again')
  const maxRows = (): number =>
    Math.min(MAX_BATCH_ROWS - builder.rows, isSure() ? MAX_BATCH_ROWS : unsureRows - typedRows)
  const isFull = (): boolean => builder.rows >= MAX_BATCH_ROWS || batchBytes >= MAX_BATCH_BYTES

  /** Read on, at most to the end of a batch or of the rows that take part in inference. @returns whether there was anything. */
  function readRows(): boolean {
    const taken = builder.takeFrom(reader, maxRows(), MAX_BATCH_BYTES - batchBytes, onMisfit())
    if (taken !== undefined) {
      seenRows += taken.rows
      typedRows += taken.rows
      batchBytes += taken.bytes
      if (isFull()) return true
    }
    const block = reader.next(maxRows(), MAX_BATCH_BYTES - batchBytes)
    if (block === undefined) return false
    // Rows of the block that take part in inference, counted before any is rejected.
    const { rows: count } = block
    seenRows += count + block.faults.length
    batchBytes += block.end - block.start
    builder.add(block, onMisfit())
    typedRows += count
    return true
  }

  function finish(): RecordBatch {
    batchBytes = 0
    batches++
    return builder.finish()
  }

  return {
    get isSure() {
      return isSure()
    },
    *push(chunk) {
      rows.push(chunk)
      if (rows.names === undefined) return
      while (readRows()) if (isFull()) yield finish()
      if (chunk !== undefined) return
      if (seenRows === 0 && Array.isArray(settings.header)) throw emptyFile()
      if (builder.rows > 0 || batches === 0) yield finish()
    },
  }
}

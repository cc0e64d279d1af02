import type { RecordBatch } from 'apache-arrow'
import type { InvalidRow } from '../../invalid-row.ts'
import type { CsvSettings } from '../csv-options.ts'
import {
  batchBuilder,
  MAX_BATCH_BYTES,
  MAX_BATCH_ROWS,
  type OnMisfit,
  TypesTooNarrow,
} from './columns/batch-builder.ts'
import type { TablePlan } from './columns/column-plan.ts'
import { emptyFile, tableRows } from './rows/data-rows.ts'
import type { RowBlock } from './rows/row-index.ts'

/** Batches of a stream that are held back until its types are sure: rows that make more are better surveyed first. */
const MAX_HELD_BATCHES = 4

/** Turns a file of known columns into batches. */
export interface BuildRun {
  /** Whether the types are sure. */
  readonly isSure: boolean
  /** Give it chunks, and undefined at the end; it gives the batches that are full, and at the end the last one. */
  push(chunk: Uint8Array | undefined): Generator<RecordBatch>
}

/**
 * @param unsureRows - so many rows take part in telling the types. One of them that does not fit the plan makes it throw
 *   `TypesTooNarrow`, and until all of them did, batches and refused rows are held back.
 */
export function buildRun(plan: TablePlan, settings: CsvSettings, unsureRows: number): BuildRun {
  const { onInvalidRow } = settings
  if (!plan.isInferred.includes(true)) unsureRows = 0
  const rows = tableRows(settings)
  const { reader } = rows
  const heldRows: InvalidRow[] = []
  const heldBatches: RecordBatch[] = []
  const builder = batchBuilder(plan, settings, onInvalidRow && refuse)
  let batchBytes = 0
  let batches = 0
  let seenRows = 0
  let typedRows = 0

  const isSure = (): boolean => typedRows >= unsureRows
  const onMisfit = (): OnMisfit => (isSure() ? 'refuse' : 'anew')
  const maxRows = (): number =>
    Math.min(MAX_BATCH_ROWS - builder.rows, isSure() ? MAX_BATCH_ROWS : unsureRows - typedRows)
  const isFull = (): boolean => builder.rows >= MAX_BATCH_ROWS || batchBytes >= MAX_BATCH_BYTES

  function refuse(row: InvalidRow): void {
    heldRows.push(row)
    if (isSure()) tellHeldRows()
  }

  function tellHeldRows(): void {
    for (const row of heldRows.splice(0)) onInvalidRow?.(row)
  }

  /** Read on, at the most to the end of a batch or of the rows that tell the types. @returns whether there was anything. */
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
    seenRows += block.rows + block.faults.length
    batchBytes += block.end - block.start
    typedRows += add(block)
    return true
  }

  /** @returns the rows that tell types: those of the block, before any is refused. */
  function add(block: RowBlock): number {
    const { rows: count } = block
    builder.add(block, onMisfit())
    return count
  }

  function* finish(): Generator<RecordBatch> {
    batchBytes = 0
    batches++
    heldBatches.push(builder.finish())
    if (isSure()) yield* release()
    else if (heldBatches.length > MAX_HELD_BATCHES && Number.isFinite(unsureRows)) throw new TypesTooNarrow()
  }

  function* release(): Generator<RecordBatch> {
    tellHeldRows()
    yield* heldBatches.splice(0)
  }

  return {
    get isSure() {
      return isSure()
    },
    *push(chunk) {
      rows.push(chunk)
      if (rows.names === undefined) return
      while (readRows()) if (isFull()) yield* finish()
      if (isSure()) yield* release()
      if (chunk !== undefined) return
      if (seenRows === 0 && Array.isArray(settings.header)) throw emptyFile()
      typedRows = Number.POSITIVE_INFINITY
      if (builder.rows > 0 || batches === 0) yield* finish()
      yield* release()
    },
  }
}

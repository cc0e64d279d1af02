import type { Field, RecordBatch, Schema } from 'apache-arrow'
import { recordBatch, schemaOf } from '../../../columns/record-batch.ts'
import { MillraceError } from '../../../errors.ts'
import { MAX_BATCH_BYTES, MAX_BATCH_ROWS } from '../../batch-limits.ts'
import type { CodecLimits } from '../../limits.ts'
import { isTooLittleForKernel } from '../../text/kernel-limits.ts'
import { type TypedReader, TypesTooNarrow } from '../../text/settle-types.ts'
import { finishColumn, reserveAgain } from './columns/finish-column.ts'
import { acceptStrings, ensureSlots, type JsonColumn, rollback, slotBytes } from './columns/json-column.ts'
import { planColumns } from './columns/plan-columns.ts'
import { readObject } from './columns/read-object.ts'
import type { RowRoom } from './kernel/call-target.ts'
import { type KernelRows, kernelRows } from './kernel/kernel-rows.ts'
import { type RowReader, readRows } from './read-rows.ts'
import type { Cursor } from './rows/cursor.ts'
import { newRowWindow, type OnInvalidRow, pushBytes, type RowPart } from './rows/row-window.ts'
import { type JsonPlan, MAX_INFER_BYTES } from './types/json-plan.ts'

interface BatchOptions {
  readonly limits: CodecLimits
  readonly path: readonly string[]
  readonly onInvalidRow: OnInvalidRow
  /** The part of the file that holds the rows, if the file is split: a pinned column may be in another part. */
  readonly part?: RowPart
  /** Bytes of the rows, if known: buffers are allocated for the rows to come. */
  readonly bytes?: number
}

/** The reader of a file of known columns. See {@link TypedFormat.read} for `unsureRows`. */
export function jsonBatches(
  plan: JsonPlan,
  pins: ReadonlyMap<string, Field>,
  unsureRows: number,
  { limits, path, onInvalidRow, part, bytes: allBytes = Number.POSITIVE_INFINITY }: BatchOptions,
): TypedReader {
  const window = newRowWindow(limits, path, onInvalidRow, part)
  const isWhole = part === undefined || (part.isFirst && part.isLast)
  const inference = inferenceOf(unsureRows)
  const root = planColumns(plan.shape, pins)
  const builder = batchBuilder(root, window.cursor, inference, onInvalidRow !== undefined, allBytes)
  if (!plan.hasAllRows) inference.whenSure(builder.acceptStrings)
  let batches = 0
  return {
    get isSure() {
      return inference.isSure
    },
    *push(bytes) {
      pushBytes(window, bytes)
      let pause = readRows(window, builder)
      for (; pause === 'full'; pause = readRows(window, builder)) {
        batches++
        yield builder.finish()
      }
      if (pause !== 'done') return
      builder.leaveKernel()
      if (isWhole) builder.checkPins()
      if (builder.rows > 0 || batches === 0) yield builder.finish()
    },
  }
}

/** Progress through the rows used for inference. */
interface Inference {
  /** True once all of them have been read. */
  readonly isSure: boolean
  /** Rows and bytes of them that remain; any number once none do. */
  readonly rowsLeft: number
  readonly bytesLeft: number
  add(rows: number, bytes: number): void
  /** Call a function once all of them have been read. */
  whenSure(call: () => void): void
}

function inferenceOf(unsureRows: number): Inference {
  const maxBytes = unsureRows === Number.POSITIVE_INFINITY ? unsureRows : MAX_INFER_BYTES
  let rows = 0
  let bytes = 0
  let onSure: (() => void) | undefined
  const isSure = (): boolean => rows >= unsureRows || bytes >= maxBytes

  function notify(): void {
    if (!isSure()) return
    onSure?.()
    onSure = undefined
  }

  return {
    get isSure() {
      return isSure()
    },
    get rowsLeft() {
      return isSure() ? Number.POSITIVE_INFINITY : unsureRows - rows
    },
    get bytesLeft() {
      return isSure() ? Number.POSITIVE_INFINITY : maxBytes - bytes
    },
    add(moreRows, moreBytes) {
      rows += moreRows
      bytes += moreBytes
      notify()
    },
    whenSure(call) {
      onSure = call
      notify()
    },
  }
}

interface BatchBuilder extends RowReader {
  /** Rows of the batch so far. */
  readonly rows: number
  finish(): RecordBatch
  /** Fail if a pinned column is in no row. */
  checkPins(): void
  /** Make columns without a value accept strings from now on. */
  acceptStrings(): void
}

function batchBuilder(
  root: JsonColumn,
  cursor: Cursor,
  inference: Inference,
  reportsRows: boolean,
  allBytes: number,
): BatchBuilder {
  const schema = schemaOf(root.children.map((column) => column.field))
  const rowBytes = slotBytes(root)
  const missingPins = new Set(root.children.filter((column) => column.pinned))
  let rows = 0
  let bytes = 0
  let allRows = 0
  let readBytes = 0
  let itemBytes = 0
  let kernel: KernelRows | undefined

  const room = (): RowRoom => ({
    rows: Math.min(MAX_BATCH_ROWS - rows, inference.rowsLeft),
    bytes: Math.min(MAX_BATCH_BYTES - bytes, inference.bytesLeft),
    memory: MAX_BATCH_BYTES - cursor.itemBytes - rows * rowBytes,
    rowMemory: rowBytes,
  })

  function add(moreRows: number, moreBytes: number): void {
    rows += moreRows
    bytes += moreBytes
    readBytes += moreBytes
    inference.add(moreRows, moreBytes)
  }

  function leaveKernel(): void {
    kernel?.leave()
    kernel = undefined
  }

  return {
    get rows() {
      return rows
    },
    read(from, at) {
      if (rows >= root.capacity) ensureSlots(root, rows + 1)
      itemBytes = cursor.itemBytes
      root.last = rows
      return readObject(from, root, rows, at, 1)
    },
    keep: (length) => add(1, length),
    undo() {
      rollback(root, rows)
      cursor.itemBytes = itemBytes
    },
    misfit({ faultPinned }) {
      // A row rejected for a pinned column was not compared with the types of the other columns.
      if (!inference.isSure && (reportsRows || !faultPinned)) throw new TypesTooNarrow()
    },
    isFull() {
      return rows >= MAX_BATCH_ROWS || bytes >= MAX_BATCH_BYTES || room().memory <= 0
    },
    readByKernel(window) {
      if (kernel === undefined && isTooLittleForKernel(window.row, cursor.end - window.at)) return 0
      kernel ??= kernelRows(root, cursor, {
        room,
        add,
        expectedBytes: () => allBytes - readBytes,
        rows: () => rows,
        bytes: () => bytes,
      })
      return kernel.read(window)
    },
    leaveKernel,
    finish() {
      for (const column of missingPins) if (column.last >= 0) missingPins.delete(column)
      const batch = finishBatch(root, schema, rows)
      allRows += rows
      rows = 0
      bytes = 0
      cursor.itemBytes = 0
      return batch
    },
    checkPins() {
      for (const column of missingPins) if (allRows + rows > 0 && column.last < 0) throw unknownColumn(column)
    },
    acceptStrings() {
      acceptStrings(root)
      leaveKernel()
    },
  }
}

function finishBatch(root: JsonColumn, schema: Schema, rows: number): RecordBatch {
  root.last = -1
  reserveAgain(root)
  const columns = root.children.map((column) => finishColumn(column, rows))
  return recordBatch(schema, columns, rows)
}

function unknownColumn(column: JsonColumn): MillraceError {
  return new MillraceError('COLUMN_UNKNOWN', 'schema names a column that no row has', {
    position: { column: column.path },
  })
}

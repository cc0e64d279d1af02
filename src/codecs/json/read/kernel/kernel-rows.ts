import { TEXT_ROOM_BYTES } from '../../../text/kernel-limits.ts'
import { ensureSlots, type JsonColumn, missingChild, rollback } from '../columns/json-column.ts'
import { readValue } from '../columns/read-object.ts'
import type { Cursor } from '../rows/cursor.ts'
import type { RowWindow } from '../rows/row-window.ts'
import type { CallTarget, RowRoom } from './call-target.ts'
import { type KernelColumn, kernelColumns } from './kernel-column.ts'
import { callBytes, rowKernel } from './row-kernel.ts'

/** The batch that rows are read into. */
export interface BatchRows {
  /** Rows so far, and their bytes. */
  rows(): number
  bytes(): number
  room(): RowRoom
  /** Bytes of rows still expected, in this batch or later ones. */
  expectedBytes(): number
  add(rows: number, bytes: number): void
}

export interface KernelRows {
  /** Read rows from `window.at` on. @returns their number, 0 if the row there is unusual. */
  read(window: RowWindow): number
  /** Release the kernel for other runs, after the last row. */
  leave(): void
}

/** The largest factor by which a batch is allocated in advance from the needs of few rows, and how many are few. */
const MAX_GROWTH = 32
const FEW_ROWS = 64
/** Slightly more than expected. */
const SPARE = 17 / 16

/** Read rows with the kernel into the columns of the struct that represents the row. */
export function kernelRows(root: JsonColumn, own: Cursor, batch: BatchRows): KernelRows {
  const maxBytes = Math.min(callBytes(own), Math.floor(TEXT_ROOM_BYTES / countColumns(root)))
  const kernel = rowKernel(maxBytes, own.maxDepth)
  const columns = kernelColumns(kernel, root, maxBytes, own.maxRowBytes)
  if (columns === undefined) return { read: () => 0, leave: kernel.leave }
  const fields = columns.filter(({ depth }) => depth === 1)
  let itemBytes = 0
  const target: CallTarget = {
    room: batch.room,
    prepare() {
      itemBytes = own.itemBytes
      for (const field of fields) field.prepare(batch.rows())
    },
    append(rows, bytes) {
      const slot = batch.rows()
      const room = batch.room()
      const most = batch.bytes() + Math.min(room.bytes, Math.max(bytes, batch.expectedBytes()))
      const maxGrowth = slot + rows < FEW_ROWS ? MAX_GROWTH : most
      const growth = SPARE * Math.min(maxGrowth, most / (batch.bytes() + bytes + 1))
      const mostRows = Math.min(room.rows, room.memory / (room.rowMemory + 1)) + rows
      ensureSlots(root, slot + rows, Math.min((slot + rows) * growth, slot + mostRows))
      for (const field of fields) field.append(slot, rows, growth)
    },
    readDeferred(cursor, index, slot, at) {
      const { column, base, depth } = columns[index] as KernelColumn
      return readValue(cursor, column, base + slot, at, depth)
    },
    completeRows(rows) {
      if (root.required.length === 0) return rows
      for (let row = 0; row < rows; row++) if (missingChild(root, batch.rows() + row) !== undefined) return row
      return rows
    },
    undo() {
      rollback(root, batch.rows())
      own.itemBytes = itemBytes
    },
    keep(call) {
      batch.add(call.rows, call.bytes)
      own.itemBytes += call.itemBytes
    },
  }
  return { read: (window) => kernel.readRows(window, target), leave: kernel.leave }
}

function countColumns({ children }: JsonColumn): number {
  return children.reduce((sum, child) => sum + 1 + countColumns(child), 0)
}

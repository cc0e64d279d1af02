import { ensureSlots, type JsonColumn, missingChild, rollback } from '../columns/json-column.ts'
import { readValue } from '../columns/read-row.ts'
import type { Cursor } from '../rows/cursor.ts'
import type { RowWalk } from '../rows/row-window.ts'
import { type KernelColumn, kernelColumns } from './kernel-column.ts'
import { type RunRoom, type RunTarget, rowKernel, runBytes } from './kernel-run.ts'

/** A batch in the making. */
export interface BatchProgress {
  /** Rows taken so far, and their bytes. */
  rows: number
  bytes: number
  readonly room: RunRoom
}

/** Address space for the text of all columns, of which a run uses as much as it reads: with many columns that is less. */
const TEXT_BYTES = 32 * 1024 * 1024
/** Of a column's buffers, whose size is told in advance by the rows of the batch so far. */
const MAX_GROWTH = 32

/**
 * Take runs of rows straight into the columns of a struct that stands for the row.
 *
 * @returns the number of rows taken, 0 where the row at the walk's place is not like most rows.
 */
export function directRows(root: JsonColumn, own: Cursor, progress: BatchProgress): (walk: RowWalk) => number {
  const maxBytes = Math.min(runBytes(own), Math.floor(TEXT_BYTES / countColumns(root)))
  const kernel = rowKernel(maxBytes, own.maxDepth)
  const columns = kernelColumns(kernel, root, maxBytes, own.maxRowBytes)
  if (columns === undefined) return () => 0
  const fields = columns.filter(({ depth }) => depth === 1)
  let itemBytes = 0
  const target: RunTarget = {
    get room() {
      return progress.room
    },
    prepare() {
      itemBytes = own.itemBytes
      for (const field of fields) field.prepare(progress.rows)
    },
    append(rows, bytes) {
      const { rows: slot, room } = progress
      const growth = Math.min(MAX_GROWTH, (progress.bytes + room.bytes) / (progress.bytes + bytes + 1))
      const mostRows = Math.min(room.rows, room.memory / (room.rowMemory + 1)) + rows
      ensureSlots(root, slot + rows, Math.min((slot + rows) * growth, slot + mostRows))
      for (const field of fields) field.append(slot, rows, growth)
    },
    takeLeft(cursor, index, slot, at) {
      const { column, base, depth } = columns[index] as KernelColumn
      return readValue(cursor, column, base + slot, at, depth)
    },
    complete(rows) {
      if (root.required.length === 0) return rows
      for (let row = 0; row < rows; row++) if (missingChild(root, progress.rows + row) !== undefined) return row
      return rows
    },
    takeBack() {
      rollback(root, progress.rows)
      own.itemBytes = itemBytes
    },
    keep(run) {
      progress.rows += run.rows
      progress.bytes += run.bytes
      own.itemBytes += run.itemBytes
    },
  }
  return (walk) => kernel.take(walk, target)
}

function countColumns({ children }: JsonColumn): number {
  return children.reduce((sum, child) => sum + 1 + countColumns(child), 0)
}

import type { Cursor } from './cursor.ts'
import { ensureSlots, type JsonColumn, missingChild, rollback } from './json-column.ts'
import { type KernelColumn, kernelColumn } from './kernel-column.ts'
import { readValue } from './read-row.ts'
import { type RowKernel, type RunTarget, rowKernel, runBytes } from './row-kernel.ts'
import type { RowWalk } from './row-walk.ts'

/** A batch in the making. */
export interface BatchProgress {
  /** Rows taken so far, and their bytes. */
  rows: number
  bytes: number
  /** Rows and bytes for which there is room yet. */
  readonly roomRows: number
  readonly roomBytes: number
}

/** Text of all columns in the kernel's memory, about: of many columns each has less. */
const TEXT_BYTES = 2 * 1024 * 1024
const MIN_RUN_BYTES = 16 * 1024
/** Of a column's buffers, whose size is told in advance by the rows of the batch so far. */
const MAX_GROWTH = 32

/**
 * Take runs of rows straight into the columns of a struct that stands for the row.
 *
 * @returns the number of rows taken, 0 where the row at the walk's place is not like most rows.
 */
export function directRows(root: JsonColumn, own: Cursor, progress: BatchProgress): (walk: RowWalk) => number {
  const bytesOfColumns = Math.max(MIN_RUN_BYTES, Math.floor(TEXT_BYTES / root.children.length))
  const maxBytes = Math.min(runBytes(own), bytesOfColumns)
  const kernel = rowKernel(maxBytes)
  const parts = columnsOf(kernel, root, maxBytes)
  if (parts === undefined) return () => 0
  let itemBytes = 0
  const target: RunTarget = {
    get firstBit() {
      return progress.rows & 7
    },
    get roomRows() {
      return progress.roomRows
    },
    get roomBytes() {
      return progress.roomBytes
    },
    prepare() {
      itemBytes = own.itemBytes
      for (const part of parts) part.prepare()
    },
    append(rows, bytes) {
      const { rows: slot } = progress
      const growth = Math.min(MAX_GROWTH, (progress.bytes + progress.roomBytes) / (progress.bytes + bytes + 1))
      ensureSlots(root, slot + rows, Math.min((slot + rows) * growth, slot + progress.roomRows))
      for (const part of parts) part.append(slot, rows, growth)
    },
    takeLeft(cursor, index, row, at) {
      const column = root.children[index] as JsonColumn
      return readValue(cursor, column, progress.rows + row, at, 1)
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
    keep(rows, bytes) {
      progress.rows += rows
      progress.bytes += bytes
    },
  }
  return (walk) => kernel.take(walk, target)
}

/** Undefined where the kernel cannot have all columns. */
function columnsOf(kernel: RowKernel, root: JsonColumn, maxBytes: number): KernelColumn[] | undefined {
  const parts: KernelColumn[] = []
  for (const column of root.children) {
    const part = kernelColumn(kernel, column, maxBytes)
    if (part === undefined) return undefined
    parts.push(part)
  }
  return parts
}

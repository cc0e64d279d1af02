import type { Cursor } from '../rows/cursor.ts'

/** Capacity for rows in a batch, or in a survey. */
export interface RowRoom {
  readonly rows: number
  /** Bytes of rows after which no more are read. */
  readonly bytes: number
  /** Bytes of memory after which no more rows are read, and the fixed bytes of a row. */
  readonly memory: number
  readonly rowMemory: number
}

/** Totals of one call of the kernel. */
export interface KernelCall {
  readonly rows: number
  readonly bytes: number
  /** Bytes of memory that the items of lists occupy, if the kernel read them. */
  readonly itemBytes: number
}

/** The store of the rows that a call reads. */
export interface CallTarget {
  room(): RowRoom
  /** Begin a call. */
  prepare(): void
  /** Copy the rows that the kernel read, with their number of bytes. */
  append(rows: number, bytes: number): void
  /** Read a value that the kernel deferred: the offset after it, or -1. */
  readDeferred(cursor: Cursor, column: number, slot: number, at: number): number
  /** Count the rows before the first that lacks a required value. */
  completeRows(rows: number): number
  /** Undo the whole call. */
  undo(): void
  /** Keep the rows of the call. */
  keep(call: KernelCall): void
}

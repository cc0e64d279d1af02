import type { Cursor } from '../rows/cursor.ts'

/** Room for rows in a batch, or in what is surveyed. */
export interface RowRoom {
  readonly rows: number
  /** Bytes of rows after which no more are read. */
  readonly bytes: number
  /** Bytes of memory after which no more are read, and how many a row occupies whatever it holds. */
  readonly memory: number
  readonly rowMemory: number
}

/** Totals of one call of the kernel. */
export interface KernelCall {
  readonly rows: number
  readonly bytes: number
  /** Bytes of memory that the items of lists occupy, where the kernel read them. */
  readonly itemBytes: number
}

/** The store of the rows that a call reads. */
export interface CallTarget {
  room(): RowRoom
  /** Begin a call. */
  prepare(): void
  /** Copy what the kernel read: rows of so many bytes. */
  append(rows: number, bytes: number): void
  /** Read a value that the kernel deferred: the offset after it, or -1. */
  readDeferred(cursor: Cursor, column: number, slot: number, at: number): number
  /** Count the rows, of so many, before the first that lacks a required value. */
  completeRows(rows: number): number
  /** Undo all of the call. */
  undo(): void
  /** Keep the rows of the call. */
  keep(call: KernelCall): void
}

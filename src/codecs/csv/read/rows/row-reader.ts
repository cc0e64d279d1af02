import type { TextColumn } from '../columns/csv-column.ts'
import type { RowBlock } from './row-index.ts'

/** Reads rows from bytes that come in pieces. Nothing here waits: give bytes, take blocks until there is none, give more. */
export interface RowReader {
  /** Give the next bytes, or undefined after the last. */
  push(chunk: Uint8Array | undefined): void
  /** The first row's fields as text, to be called once, before `next`; undefined where more bytes are needed or none are left. */
  first(): FirstRow | undefined
  /** Fix the number of fields. `keepFirst`: the first row is data, to come again from `next`. */
  start(width: number, keepFirst: boolean): void
  /**
   * Read rows straight into their columns, until `maxRows`, `maxBytes` or a row that `next` has to read. What it gives is for counting;
   * undefined where there is none.
   */
  take?(columns: readonly TextColumn[], maxRows: number, maxBytes: number): TakenRows | undefined
  /** Rows until `maxRows`, `maxBytes` or the end of the bytes given; undefined where there is none. A row beyond `maxBytes` comes alone. */
  next(maxRows: number, maxBytes: number): RowBlock | undefined
}

export interface TakenRows {
  readonly rows: number
  readonly bytes: number
}

export interface FirstRow {
  readonly fields: readonly string[]
  readonly line: number
}

import type { Data } from 'apache-arrow'

/** Part of a column in one batch. */
export interface LeafBatch {
  readonly data: Data
  /** Levels, one pair per slot of the file; absent for flat columns. */
  readonly definitions: Uint8Array
  readonly repetitions: Uint8Array
}

/** Reads one column chunk front to back. */
export interface LeafReader {
  /** Load and inflate the pages of the next `rows` rows. Resolves to how many of them one batch may hold: at least 1, unless `rows` is 0. */
  ahead(rows: number): Promise<number>
  /** Read the next rows, at most as many as `ahead` allowed. */
  take(rows: number): LeafBatch
}

/** Most bytes of a column in one batch. Batches are usually far smaller. */
export const MAX_COLUMN_BYTES = 32 * 1024 * 1024

export interface LeafLimits {
  readonly maxFieldBytes: number
  readonly maxRowBytes: number
}

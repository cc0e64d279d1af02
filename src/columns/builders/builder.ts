import type { Data, DataType } from 'apache-arrow'

/**
 * Collects JavaScript values into one Arrow column. Buffers grow by doubling; `finish` returns them, after which the builder is
 * empty and may be used for the next batch.
 */
export interface ColumnBuilder<T extends DataType = DataType> {
  readonly type: T
  readonly length: number
  /** Append a value; null and undefined are null. Returns `false`, with nothing appended, if the value does not fit the type exactly. */
  append(value: unknown): boolean
  appendNull(): void
  /** Discard all values from `length` on. */
  truncate(length: number): void
  finish(): Data<T>
}

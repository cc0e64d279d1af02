/** Limits for hostile files: beyond them a codec fails with `LIMIT_EXCEEDED`. */
export interface CodecLimits {
  /**
   * Bytes that a compressed file may inflate to. Whole tables: 64 times the file's size, at least 256 MiB. Parquet
   * likewise, but a stream counts only the memory it holds: pages, dictionaries and the batch. Streams of CSV and JSON,
   * which never hold the whole: at least 16 GiB.
   */
  readonly maxInflatedBytes?: number
  /** Columns of a file. Default 10,000. */
  readonly maxColumns?: number
  /** Nesting of lists and objects. Default 64. */
  readonly maxDepth?: number
  /** Bytes of one field or value. Default 64 MiB. */
  readonly maxFieldBytes?: number
  /** Bytes of one row of text, and of memory for the lists of a JSON row. Default 128 MiB. */
  readonly maxRowBytes?: number
}

export const DEFAULT_LIMITS = {
  maxColumns: 10_000,
  maxDepth: 64,
  maxFieldBytes: 64 * 1024 * 1024,
  maxRowBytes: 128 * 1024 * 1024,
} as const

const MIN_INFLATED_BYTES = 256 * 1024 * 1024
const INFLATION_RATIO = 64
const MIN_STREAMED_BYTES = 16 * 1024 ** 3

/** Bytes that a compressed file of `size` bytes may inflate to by default. */
export function defaultInflatedBytes(size: number): number {
  return Math.max(MIN_INFLATED_BYTES, size * INFLATION_RATIO)
}

/** Bytes that a compressed file may inflate to by default where it is never held as a whole. */
export function streamedInflatedBytes(size: number): number {
  return Math.max(MIN_STREAMED_BYTES, defaultInflatedBytes(size))
}

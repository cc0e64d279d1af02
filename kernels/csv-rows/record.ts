// The record of a column in the memory of the kernel csv-rows: one layout, for the kernel and for TypeScript. Offsets are in bytes.

/** The kind of the cells: one of those below. */
export const KIND = 0
export const IS_REQUIRED = 4
/** Region of the values, of offsets where they are text. */
export const VALUES = 8
export const VALIDITY = 12
export const TEXT_BYTES = 16
/** Bytes of text written, to which the offsets add those before this call. */
export const TEXT_USED = 20
export const TEXT_BEFORE = 24
export const NULLS = 28
/** The bit of the first row, in bitmaps. */
export const FIRST_BIT = 32
/** Region of the cells deferred to TypeScript: row, start, end. */
export const DEFERRED = 36
export const DEFERRED_COUNT = 40
/** The length of a record. */
export const RECORD = 48

/** The length of a deferred cell. */
export const DEFERRED_CELL = 12

export const TEXT = 0
export const INT64 = 1
export const FLOAT64 = 2
export const BOOL = 3
export const DATE = 4
export const TIMESTAMP_MS = 5
export const TIMESTAMP_US = 6
export const TIMESTAMP_NS = 7
/** Any other type: every cell is deferred to TypeScript, and there is no region of values. */
export const OTHER = 8

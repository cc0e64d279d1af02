// The layout of what the kernel gather and TypeScript both read and write: one for both. Lengths and offsets are in bytes.

/** A range of rows to keep: the first row, then the number of rows. */
export const RANGE = 8
export const RANGE_ROWS = 4

/** Bytes behind a region that the kernel may read or overwrite, since it copies sixteen at a time. */
export const SPARE = 16

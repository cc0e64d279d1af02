// The memory layout shared by the kernel gather and TypeScript. Lengths and offsets are in bytes.

/** A range of rows to keep: the first row, then the number of rows. */
export const RANGE = 8
export const RANGE_ROWS = 4

/** Bytes after a region that the kernel may read or overwrite, since it copies sixteen at a time. */
export const SPARE = 16

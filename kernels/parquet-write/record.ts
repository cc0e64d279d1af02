// What the kernel parquet-write and TypeScript say to each other in numbers: one layout, for both.

/** How values compare. */
export const UINT8 = 0
export const INT32 = 1
export const UINT32 = 2
export const FLOAT32 = 3
export const INT64 = 4
export const UINT64 = 5
export const FLOAT64 = 6
/** Unsigned lexicographic. */
export const BYTES = 7
/** Signed numbers, their highest byte first. */
export const BIG_ENDIAN = 8
export const FLOAT16 = 9

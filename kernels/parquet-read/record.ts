// What the kernel parquet-read and TypeScript say to each other in numbers: one layout, for both. Offsets and lengths are in bytes.

/** Bytes behind every region, for words and vectors are read and written whole. */
export const SLACK = 64

/** A reader of runs: where its next run begins, how many values are left of this one, and the run itself. */
export const RUN_NEXT = 0
export const RUN_LEFT = 4
/** 1 where the values are bit-packed, 0 where one is repeated. */
export const RUN_IS_PACKED = 8
/** The repeated value. */
export const RUN_VALUE = 12
/** Where the next packed value begins: a byte, and a bit of it. */
export const RUN_BYTE = 16
export const RUN_BIT = 20
export const RUN_READER = 24

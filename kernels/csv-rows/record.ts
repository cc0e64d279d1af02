// The record of a column in the memory of the kernel csv-rows, a layout shared by the kernel and TypeScript. Offsets are in bytes.

export * from '../shared/value-kinds.ts'

/** The kind of value by which cells are read. */
export const KIND = 0
export const IS_REQUIRED = 4
/** Region of the values, or of the offsets of text; none for OTHER. */
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
/** Bytes of text that there is room for, with 16 more after them. */
export const TEXT_ROOM = 44
/** The length of a record. */
export const RECORD = 48

/** The length of a deferred cell. */
export const DEFERRED_CELL = 12

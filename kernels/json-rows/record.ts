// The record of a column in the memory of the kernel json-rows, a layout shared by the kernel and TypeScript. Offsets are in bytes.

export * from '../shared/value-kinds.ts'

/** The kind of value by which values are read. */
export const KIND = 0
export const KEY = 4
export const KEY_LENGTH = 8
/** The column whose key is expected next; 0 after the last. */
export const NEXT = 12
/** The last slot that had the key, -1 before any. */
export const LAST = 16
/** Region of the values, or of the offsets of text or lists. */
export const VALUES = 20
/** Region of the bits of non-null values. */
export const VALIDITY = 24
export const TEXT_BYTES = 28
/** Bytes of text or items written, to which the offsets add those before this call. */
export const USED = 32
export const BEFORE = 36
/** Slots whose end is in the offsets. */
export const FILLED = 40
/** The kinds of values seen, and those before the row that last changed them. */
export const SEEN = 44
export const SEEN_BEFORE = 48
export const SEEN_ROW = 52
/** The bit of the first slot, in bitmaps. */
export const BIT = 56
/** The records of an object's fields, or of a list's items, and the end of them. */
export const CHILDREN = 60
export const CHILDREN_END = 64
/** The field whose key is expected first. */
export const FIRST = 68
/** Bytes of memory of an item in columns, independent of its value: a double. */
export const ITEM_BYTES = 72
/** The first slot that had the key, if any had; -1 for the items of a list. */
export const FIRST_SLOT = 80
/** The length of a record. */
export const RECORD = 88

/** Only nulls. */
export const NOTHING = 9
/** The kinds of values are recorded, and no values are kept. */
export const SURVEY = 10
export const STRUCT = 11
export const LIST = 12

// An entry of a value that the kernel defers to TypeScript.
export const DEFERRED_ROW = 0
export const DEFERRED_COLUMN = 4
export const DEFERRED_SLOT = 8
export const DEFERRED_START = 12
export const DEFERRED_END = 16
export const DEFERRED = 20

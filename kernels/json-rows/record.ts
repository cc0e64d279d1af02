// The record of a column in memory, and its bitmaps and offsets.

/** Offsets into a column's record. */
export const KIND: usize = 0
export const KEY: usize = 4
export const KEY_LENGTH: usize = 8
/** The column whose key comes next, as far as known; 0 after the last. */
export const NEXT: usize = 12
/** The last row that had the key, -1 before any. */
export const LAST: usize = 16
/** Region of the values, of offsets where they are text or lists. */
export const VALUES: usize = 20
/** Region of a bit for every value that is not null. */
export const VALIDITY: usize = 24
export const TEXT_BYTES: usize = 28
/** Bytes of text or items written, to which the offsets add those before this call. */
export const USED: usize = 32
export const BEFORE: usize = 36
/** Slots whose end is in the offsets. */
export const FILLED: usize = 40
/** The kinds of values seen, and what they were before the row that changed them last. */
export const SEEN: usize = 44
export const SEEN_BEFORE: usize = 48
export const SEEN_ROW: usize = 52
/** The bit of the first slot, in bitmaps. */
export const BIT: usize = 56
/** The records of an object's fields, or of a list's items, and the end of them. */
export const CHILDREN: usize = 60
export const CHILDREN_END: usize = 64
/** The field whose key comes first, as far as known. */
export const FIRST: usize = 68
/** Bytes of memory that an item takes in columns, whatever it holds. */
export const ITEM_BYTES: usize = 72
export const RECORD: usize = 80

export const TEXT: i32 = 0
export const INT64: i32 = 1
export const FLOAT64: i32 = 2
export const BOOL: i32 = 3
export const DATE: i32 = 4
export const TIMESTAMP_MS: i32 = 5
export const TIMESTAMP_US: i32 = 6
export const TIMESTAMP_NS: i32 = 7
// 8 is any other type: every value is left to TypeScript.
/** Nothing but nulls. */
export const NOTHING: i32 = 9
/** The kinds of values are looked at, and nothing is kept. */
export const SURVEY: i32 = 10
export const STRUCT: i32 = 11
export const LIST: i32 = 12

export function setBit(bitmap: usize, bit: i32): void {
  const at = bitmap + (bit >> 3)
  const byte: i32 = load<u8>(at)
  store<u8>(at, <u8>(byte | (1 << (bit & 7))))
}

export function clearBit(bitmap: usize, bit: i32): void {
  const at = bitmap + (bit >> 3)
  const byte: i32 = load<u8>(at)
  store<u8>(at, <u8>(byte & ~(1 << (bit & 7))))
}

/** End a slot's text or list, which is not null. */
export function endOffset(column: usize, slot: i32, used: i32): void {
  store<i32>(column, used, USED)
  store<i32>(column, slot + 1, FILLED)
  store<i32>(load<u32>(column, VALUES) + ((slot + 1) << 2), used + load<i32>(column, BEFORE))
  setBit(load<u32>(column, VALIDITY), load<i32>(column, BIT) + slot)
}

/** End the text or list of every slot before `slot` where the last one ended. */
export function fillOffsets(column: usize, slot: i32): void {
  let filled = load<i32>(column, FILLED)
  if (filled >= slot) return
  const offsets: usize = load<u32>(column, VALUES)
  const end = load<i32>(offsets + (filled << 2))
  while (filled < slot) store<i32>(offsets + (++filled << 2), end)
  store<i32>(column, filled, FILLED)
}

/** End all text and lists of an object's fields in its first `slots` slots. */
export function fillFields(struct: usize, slots: i32): void {
  const end: usize = load<u32>(struct, CHILDREN_END)
  for (let column: usize = load<u32>(struct, CHILDREN); column < end; column += RECORD) {
    const kind = load<i32>(column, KIND)
    if (kind === TEXT || kind === LIST) fillOffsets(column, slots)
    if (kind === STRUCT) fillFields(column, slots)
    else if (kind === LIST) fillFields(column, load<i32>(column, USED))
  }
}

/** The record of the row itself, an object, and after it those of all columns. */
export let root: usize = 0
export let columnsEnd: usize = 0

export function useRecords(records: usize, width: i32): void {
  root = records
  columnsEnd = records + RECORD * width
}

export function indexOf(column: usize): i32 {
  return <i32>((column - root) / RECORD - 1)
}

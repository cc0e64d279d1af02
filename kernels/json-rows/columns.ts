// The bitmaps and offsets of columns, and the addresses of their records.

import {
  BEFORE,
  BIT,
  CHILDREN,
  CHILDREN_END,
  FILLED,
  KIND,
  LIST,
  RECORD,
  STRUCT,
  TEXT,
  USED,
  VALIDITY,
  VALUES,
} from './record'

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

/** End a slot's non-null text or list. */
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

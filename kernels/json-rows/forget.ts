// Undoes the written part of a row.

import { clearBit } from './columns'
import {
  BEFORE,
  BIT,
  BOOL,
  CHILDREN,
  CHILDREN_END,
  DATE,
  FILLED,
  FIRST_SLOT,
  KIND,
  LAST,
  LIST,
  RECORD,
  SEEN,
  SEEN_BEFORE,
  SEEN_ROW,
  STRUCT,
  SURVEY,
  TEXT,
  TIMESTAMP_NS,
  USED,
  VALIDITY,
  VALUES,
} from './record'

/** Undo an object's fields, or a list's items, from slot `from` on. */
export function forgetFields(parent: usize, from: i32): void {
  const end: usize = load<u32>(parent, CHILDREN_END)
  for (let column: usize = load<u32>(parent, CHILDREN); column < end; column += RECORD) {
    if (load<i32>(column, LAST) >= from) forgetSlots(column, from)
  }
}

function forgetSlots(column: usize, from: i32): void {
  const kind = load<i32>(column, KIND)
  const values: usize = load<u32>(column, VALUES)
  const bit = load<i32>(column, BIT)
  const last = load<i32>(column, LAST)
  // A column that no row before has is as it was before any.
  store<i32>(column, load<i32>(column, FIRST_SLOT) >= from ? -1 : from - 1, LAST)
  if (kind === SURVEY && load<i32>(column, SEEN_ROW) === from) store<i32>(column, load<i32>(column, SEEN_BEFORE), SEEN)
  if (kind > TIMESTAMP_NS && kind < STRUCT) return
  for (let slot = from; slot <= last; slot++) {
    clearBit(load<u32>(column, VALIDITY), bit + slot)
    if (kind === BOOL) clearBit(values, bit + slot)
    else if (kind === DATE) store<i32>(values + (slot << 2), 0)
    else if (kind !== TEXT && kind < STRUCT) store<i64>(values + (slot << 3), 0)
  }
  if ((kind === TEXT || kind === LIST) && load<i32>(column, FILLED) > from) {
    store<i32>(column, load<i32>(values + (from << 2)) - load<i32>(column, BEFORE), USED)
    store<i32>(column, from, FILLED)
  }
  if (kind === STRUCT) forgetFields(column, from)
  else if (kind === LIST) forgetFields(column, load<i32>(column, USED))
}

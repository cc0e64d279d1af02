// Finds the column of a key.

import { NOWHERE } from '../shared/digits'
import { CHILDREN, CHILDREN_END, FIRST, KEY, KEY_LENGTH, NEXT, RECORD } from './record'

/** Keys that may be missing before the next one is searched among all. */
const SKIPPED_KEYS: i32 = 3

/** The offset after a column's key, or NOWHERE if another key is at `at`. No key contains the zeros after the text. */
export function keyEnd(column: usize, at: usize): usize {
  let key: usize = load<u32>(column, KEY)
  let length = load<i32>(column, KEY_LENGTH)
  const end = at + length
  while (length > 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(key))) !== 0xffff) return NOWHERE
    at += 16
    key += 16
    length -= 16
  }
  const mask = (1 << length) - 1
  return (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(key))) & mask) === mask ? end : NOWHERE
}

/**
 * The column of the key at `at`, which is not the expected one: among the next few, so that keys may be missing, or
 * among all; then it is expected here from now on. 0 if there is none, at least not in this spelling.
 */
export function findColumn(struct: usize, expected: usize, previous: usize, at: usize): usize {
  let column = expected
  for (let skipped = 0; column !== 0 && skipped < SKIPPED_KEYS; skipped++) {
    column = load<u32>(column, NEXT)
    if (column !== 0 && keyEnd(column, at) !== NOWHERE) return column
  }
  const fields: usize = load<u32>(struct, CHILDREN)
  const fieldsEnd: usize = load<u32>(struct, CHILDREN_END)
  // From the previous key on, since most objects have their keys in one order.
  const start = previous === 0 ? fields : previous
  column = start
  while (column < fieldsEnd) {
    column += RECORD
    if (column === fieldsEnd) column = fields
    if (keyEnd(column, at) !== NOWHERE) {
      if (previous === 0) store<u32>(struct, <u32>column, FIRST)
      else store<u32>(previous, <u32>column, NEXT)
      return column
    }
    if (column === start) break
  }
  return 0
}

import type { Cursor } from './cursor.ts'
import type { JsonColumn } from './json-column.ts'

/** Keys that may be missing before the next one is looked up by name. */
const SKIPPED_KEYS = 3

/** The column of the key at `at` among the next few after one that is missing. */
export function nearKey(cursor: Cursor, missing: JsonColumn | undefined, at: number): JsonColumn | undefined {
  let column = missing?.next
  for (let skipped = 0; skipped < SKIPPED_KEYS && column !== undefined; skipped++) {
    if (isKeyOf(cursor, column, at)) return column
    column = column.next
  }
  return undefined
}

/** Whether a column's key and its closing quote stand at `at`. */
export function isKeyOf({ bytes, view }: Cursor, { key, keyWords }: JsonColumn, at: number): boolean {
  const last = keyWords.length - 1
  if (last < 0 || at + key.length > bytes.length) return isKey(bytes, at, key)
  // The end first: its quote tells most keys apart by their length.
  if (view.getInt32(at + key.length - 4, true) !== keyWords[last]) return false
  for (let word = 0; word < last; word++) if (view.getInt32(at + 4 * word, true) !== keyWords[word]) return false
  return true
}

/** Whether the key and its closing quote stand at `at`. The quote is looked at first: it tells most keys apart by their length. */
export function isKey(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  const last = key.length - 1
  if (bytes[at + last] !== key[last]) return false
  for (let place = 0; place < last; place++) if (bytes[at + place] !== key[place]) return false
  return true
}

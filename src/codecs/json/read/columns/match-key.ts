import type { JsonColumn } from './json-column.ts'

/** Keys that may be missing before the next one is looked up by name. */
const SKIPPED_KEYS = 3

/** The column of the key at `at` among the next few after one that is missing. */
export function nearKey(bytes: Uint8Array, missing: JsonColumn | undefined, at: number): JsonColumn | undefined {
  let column = missing?.next
  for (let skipped = 0; skipped < SKIPPED_KEYS && column !== undefined; skipped++) {
    if (isKey(bytes, at, column.key)) return column
    column = column.next
  }
  return undefined
}

/** Whether the key and its closing quote stand at `at`. The quote is looked at first: it tells most keys apart by their length. */
export function isKey(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  const last = key.length - 1
  if (bytes[at + last] !== key[last]) return false
  for (let place = 0; place < last; place++) if (bytes[at + place] !== key[place]) return false
  return true
}

import { isKey } from '../rows/grammar.ts'
import type { JsonColumn } from './json-column.ts'

/** Keys that may be missing before the next one is looked up by name. */
const SKIPPED_KEYS = 3

/** Find the column of the key at `at` among the next few after a missing one. */
export function nearKey(bytes: Uint8Array, missing: JsonColumn | undefined, at: number): JsonColumn | undefined {
  let column = missing?.next
  for (let skipped = 0; skipped < SKIPPED_KEYS && column !== undefined; skipped++) {
    if (isKey(bytes, at, column.key)) return column
    column = column.next
  }
  return undefined
}

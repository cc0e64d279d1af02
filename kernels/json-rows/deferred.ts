// Values that are deferred to TypeScript, an entry for each.

import { NOWHERE } from '../shared/digits'
import { indexOf } from './columns'
import { DEFERRED, DEFERRED_COLUMN, DEFERRED_END, DEFERRED_ROW, DEFERRED_SLOT, DEFERRED_START } from './record'
import { skipValue } from './skip'

export let deferredCount: i32 = 0

let entries: usize = 0
let room: i32 = 0

export function useDeferred(region: usize, count: i32): void {
  entries = region
  room = count
}

/** Discard all entries except the first ones. */
export function keepDeferred(count: i32): void {
  deferredCount = count
}

/** Record the position of a value. @returns the offset after it, or NOWHERE if the list is full. */
export function deferValue(column: usize, at: usize, slot: i32, row: i32): usize {
  const end = skipValue(at)
  if (end === NOWHERE || deferredCount === room) return NOWHERE
  const entry = entries + deferredCount++ * DEFERRED
  store<i32>(entry, row, DEFERRED_ROW)
  store<i32>(entry, indexOf(column), DEFERRED_COLUMN)
  store<i32>(entry, slot, DEFERRED_SLOT)
  store<i32>(entry, <i32>at, DEFERRED_START)
  store<i32>(entry, <i32>end, DEFERRED_END)
  return end
}

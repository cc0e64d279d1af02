// Values that are left to TypeScript: an entry for each of its row, the index of its column, its slot, its start and end.

import { NOWHERE } from '../shared/digits'
import { indexOf } from './record'
import { skipValue } from './skip'

export let leftCount: i32 = 0

const ENTRY: usize = 20
let entries: usize = 0
let room: i32 = 0

export function useLeft(region: usize, count: i32): void {
  entries = region
  room = count
}

/** Forget all entries but the first ones. */
export function keepLeft(count: i32): void {
  leftCount = count
}

/** Note where a value stands. @returns the offset after it, or NOWHERE where no more can be noted. */
export function leaveValue(column: usize, at: usize, slot: i32, row: i32): usize {
  const end = skipValue(at)
  if (end === NOWHERE || leftCount === room) return NOWHERE
  const entry = entries + leftCount++ * ENTRY
  store<i32>(entry, row)
  store<i32>(entry, indexOf(column), 4)
  store<i32>(entry, slot, 8)
  store<i32>(entry, <i32>at, 12)
  store<i32>(entry, <i32>end, 16)
  return end
}

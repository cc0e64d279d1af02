import type { Pending } from './pending.ts'

/**
 * Lines of entries, one for each key: the first of a line may go out, the others wait for it.
 *
 * A hash table of the last entry of each line. It is not a Map, since one that grows and shrinks leaves a table behind for every few thousand keys,
 * which stays until the next full garbage collection: 100 MB for a million keys.
 */
export interface KeyOrder<Entry, Wire> {
  /** As many as a power of two. */
  buckets: (Pending<Entry, Wire> | undefined)[]
  lines: number
  /** Keys of which an entry was not sent for good, so that later ones must not overtake it. */
  readonly deadKeys: Set<string>
}

const FIRST_BUCKETS = 64

export function createKeyOrder<Entry, Wire>(): KeyOrder<Entry, Wire> {
  return { buckets: [], lines: 0, deadKeys: new Set() }
}

/** Put an entry at the end of its line; true where it is the first of it. O(letters of the key). */
export function joinLine<Entry, Wire>(keys: KeyOrder<Entry, Wire>, pending: Pending<Entry, Wire>): boolean {
  const { key } = pending
  if (key === undefined) return true
  if (keys.lines >= keys.buckets.length) grow(keys)
  pending.hash = hashOf(key)
  let last = keys.buckets[pending.hash & (keys.buckets.length - 1)]
  while (last !== undefined && last.key !== key) last = last.beside
  if (last !== undefined) {
    last.next = pending
    remove(keys, last)
  }
  insert(keys, pending)
  return last === undefined
}

/** Take the first entry off its line; gives the one that is first now. */
export function leaveLine<Entry, Wire>(
  keys: KeyOrder<Entry, Wire>,
  pending: Pending<Entry, Wire>,
): Pending<Entry, Wire> | undefined {
  const { key, next } = pending
  if (next === undefined) {
    if (key !== undefined) remove(keys, pending)
    return undefined
  }
  pending.next = undefined
  return next
}

/** Forget all lines. */
export function dissolveLines<Entry, Wire>(keys: KeyOrder<Entry, Wire>): void {
  keys.buckets = []
  keys.lines = 0
}

function insert<Entry, Wire>(keys: KeyOrder<Entry, Wire>, pending: Pending<Entry, Wire>): void {
  const at = pending.hash & (keys.buckets.length - 1)
  pending.beside = keys.buckets[at]
  keys.buckets[at] = pending
  keys.lines++
}

function remove<Entry, Wire>(keys: KeyOrder<Entry, Wire>, pending: Pending<Entry, Wire>): void {
  const at = pending.hash & (keys.buckets.length - 1)
  let before = keys.buckets[at]
  if (before === pending) keys.buckets[at] = pending.beside
  else {
    while (before !== undefined && before.beside !== pending) before = before.beside
    if (before === undefined) return
    before.beside = pending.beside
  }
  pending.beside = undefined
  keys.lines--
}

function grow<Entry, Wire>(keys: KeyOrder<Entry, Wire>): void {
  const before = keys.buckets
  keys.buckets = new Array(Math.max(FIRST_BUCKETS, before.length * 2)).fill(undefined)
  keys.lines = 0
  for (let last of before) {
    while (last !== undefined) {
      const { beside } = last
      insert(keys, last)
      last = beside
    }
  }
}

/** FNV-1a over UTF-16. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return hash ^ (hash >>> 15)
}

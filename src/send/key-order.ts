import type { Pending } from './pending.ts'

/** Lines of entries, one for each key: the first of a line may go out, the others wait for it. */
export interface KeyOrder<Entry, Wire> {
  /** The last entry of each line. */
  readonly tails: Map<string, Pending<Entry, Wire>>
  /** Keys of which an entry was not sent for good, so that later ones must not overtake it. */
  readonly deadKeys: Set<string>
}

export function createKeyOrder<Entry, Wire>(): KeyOrder<Entry, Wire> {
  return { tails: new Map(), deadKeys: new Set() }
}

/** Put an entry at the end of its line; true where it is the first of it. */
export function joinLine<Entry, Wire>({ tails }: KeyOrder<Entry, Wire>, pending: Pending<Entry, Wire>): boolean {
  const { key } = pending
  if (key === undefined) return true
  const tail = tails.get(key)
  tails.set(key, pending)
  if (tail === undefined) return true
  tail.next = pending
  return false
}

/** Take the first entry off its line; gives the one that is first now. */
export function leaveLine<Entry, Wire>(
  { tails }: KeyOrder<Entry, Wire>,
  pending: Pending<Entry, Wire>,
): Pending<Entry, Wire> | undefined {
  const { key, next } = pending
  pending.next = undefined
  if (key !== undefined && next === undefined && tails.get(key) === pending) tails.delete(key)
  return next
}

import type { ChangeEvent } from './change-event.ts'
import { checkChange, checkList } from './check-call.ts'
import { jsonSafe } from './json-safe.ts'
import { compareSequences } from './sequence.ts'

/** The changes of one item so far: the last one by each order, of which the most precise that all changes have counts. */
interface Latest {
  bySequence: ChangeEvent
  byTime: ChangeEvent
  byArrival: ChangeEvent
  haveSequences: boolean
  haveTimes: boolean
  /** Identities of the changes without a sequence number. */
  readonly ids: Set<string>
}

/**
 * Reduce changes to the last one of every item: its state, or a tombstone if it was removed.
 *
 * The last change has the highest sequence number; if a change of the item lacks that, the latest time; if one lacks
 * that too, it is the last in the input. Of changes without sequence number and with equal times the last in the input
 * counts, but never a repetition of an earlier one (by `id`). So redelivery does not change the result, and, with
 * sequence numbers or distinct times, neither does the order.
 *
 * @param changes - changes of any number of tables and items, read once.
 * @returns one change per item, in order of the items' first appearance. O(changes); holds a few changes per item, and
 * the ids of those without sequence number.
 * @throws MillraceError `TYPE_MISMATCH` if a key has a type that JSON cannot represent, which only a function as
 * `numbers` can create, and for a value that is not a list of changes.
 * @example
 * const change = (type: ChangeEvent['type'], sequence: string): ChangeEvent =>
 *   ({ type, id: sequence, keys: { id: 1 }, sequence, cause: 'user', transport: 'streams' })
 * compactChanges([change('REMOVE', '1000'), change('MODIFY', '999')]).map(({ type }) => type) // => ['REMOVE']
 */
export function compactChanges(changes: Iterable<ChangeEvent>): ChangeEvent[] {
  checkList('compactChanges', 'changes', changes)
  const items = new Map<string, Latest>()
  for (const change of changes) {
    checkChange('compactChanges', change)
    const key = itemKey(change)
    const latest = items.get(key)
    if (latest === undefined) items.set(key, firstOf(change))
    else note(latest, change)
  }
  return Array.from(items.values(), ({ haveSequences, haveTimes, bySequence, byTime, byArrival }) => {
    if (haveSequences) return bySequence
    return haveTimes ? byTime : byArrival
  })
}

function firstOf(change: ChangeEvent): Latest {
  const { sequence, timeUs, id } = change
  return {
    bySequence: change,
    byTime: change,
    byArrival: change,
    haveSequences: sequence !== undefined,
    haveTimes: timeUs !== undefined,
    ids: new Set(sequence === undefined ? [id] : []),
  }
}

function note(latest: Latest, change: ChangeEvent): void {
  const { sequence, timeUs, id } = change
  if (sequence === undefined) {
    if (id !== '' && latest.ids.has(id)) return
    latest.ids.add(id)
    latest.haveSequences = false
  } else if (compareSequences(sequence, latest.bySequence.sequence ?? '') >= 0) latest.bySequence = change
  if (timeUs === undefined) latest.haveTimes = false
  else if (timeUs >= (latest.byTime.timeUs ?? timeUs)) latest.byTime = change
  latest.byArrival = change
}

/** One text for one item of one table, independent of the order of its key attributes. Types are distinct: 1 and '1' are two keys. */
function itemKey({ table, keys }: ChangeEvent): string {
  const parts = Object.keys(keys)
    .sort()
    .map((name) => [name, ...keyPart(keys[name], name)])
  return JSON.stringify([table ?? null, parts])
}

function keyPart(value: unknown, name: string): readonly unknown[] {
  if (typeof value === 'number' || typeof value === 'bigint') return ['number', String(value)]
  return [value instanceof Uint8Array ? 'binary' : typeof value, jsonSafe(value, ['keys', name])]
}

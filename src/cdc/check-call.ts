import { checkArgument, checkOptions, type Kind, notA } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { isKeyValueObject } from '../internal/key-value-object.ts'
import type { ChangeEvent } from './change-event.ts'

// Checks of calls that are made once a record: a loop over names, and a closer look only where something is not as it should be.

/** Check the names of options; their values are for the entry to check. */
export function checkNames(entry: string, options: unknown, kinds: Readonly<Record<string, Kind>>): void {
  const isPlain = isKeyValueObject(options)
  if (!isPlain || hasOthers(options, kinds)) checkOptions(entry, options, kinds)
}

function hasOthers(options: object, kinds: Readonly<Record<string, Kind>>): boolean {
  for (const name in options) if (!Object.hasOwn(kinds, name)) return true
  return false
}

/** Deeper than any value that comes through JSON, and not so deep that a walk of it could overflow the stack. */
const MAX_DEPTH = 1000

export function checkMaxDepth(maxDepth: number): void {
  checkCount('maxDepth', maxDepth, 0, MAX_DEPTH)
}

/** An item: its attributes by name. Where there was none it may be undefined or null. */
export function itemOf<T extends object>(entry: string, what: string, item: T | null | undefined): T | undefined {
  if (item === undefined || item === null) return undefined
  if (!isKeyValueObject(item)) checkArgument(entry, what, item, 'object')
  return item
}

/** Refuse what is no change: a result that was not taken apart, a record of the event itself. */
export function checkChange(entry: string, change: ChangeEvent): void {
  const { type, keys } = Object(change) as Partial<ChangeEvent>
  const isKnown = type === 'INSERT' || type === 'MODIFY' || type === 'REMOVE'
  if (isKnown && typeof keys === 'object' && keys !== null) return
  throw notA(entry, 'a change', 'a ChangeEvent', change, 'write result.value')
}

/** Refuse what is no list of `what`. */
export function checkList(entry: string, what: string, list: unknown): void {
  if (typeof list === 'object' && list !== null && Symbol.iterator in list) return
  throw notA(entry, what, 'an array or another iterable', list)
}

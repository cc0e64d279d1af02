import { checkArgument, checkOptions, type Kind, notA } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import type { ChangeEvent } from './change-event.ts'

// Checks of calls that run once per record: a loop over names, with details only if something is wrong.

/** Check the names of options; the entry checks their values. */
export function checkNames(entry: string, options: unknown, kinds: Readonly<Record<string, Kind>>): void {
  const isLiteral = options !== null && Object(options).constructor === Object
  if (!isLiteral || hasOthers(options as object, kinds)) checkOptions(entry, options, kinds)
}

function hasOthers(options: object, kinds: Readonly<Record<string, Kind>>): boolean {
  // Properties of `Object.prototype` are not text.
  for (const name in options) if (typeof kinds[name] !== 'string') return true
  return false
}

/** Deeper than any value from JSON, but a walk of it cannot overflow the stack. */
const MAX_DEPTH = 1000

export function checkMaxDepth(maxDepth: number): void {
  checkCount('maxDepth', maxDepth, 0, MAX_DEPTH)
}

/** Check an item: its attributes by name. A missing item may be undefined or null. */
export function itemOf<T extends object>(entry: string, what: string, item: T | null | undefined): T | undefined {
  if (item === undefined || item === null) return undefined
  // An object literal is the common case, and the cheapest to detect.
  if (item.constructor !== Object) checkArgument(entry, what, item, 'object')
  return item
}

/** Reject a value that is not a change, such as a result instead of its value, or a record of the event. */
export function checkChange(entry: string, change: ChangeEvent): void {
  const { type, keys } = Object(change) as Partial<ChangeEvent>
  const isKnown = type === 'INSERT' || type === 'MODIFY' || type === 'REMOVE'
  if (isKnown && typeof keys === 'object' && keys !== null) return
  throw notA(entry, 'a change', 'a ChangeEvent', change, 'write result.value')
}

/** Reject a value that is not a list of `what`. */
export function checkList(entry: string, what: string, list: unknown): void {
  if (typeof list === 'object' && list !== null && Symbol.iterator in list) return
  throw notA(entry, what, 'an array or another iterable', list)
}

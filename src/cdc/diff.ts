import { isKeyValueObject } from '../internal/key-value-object.ts'
import { itemOf } from './check-call.ts'
import { checkDepth, isSameValue, ownValue, type Walk } from './compare-values.ts'
import { type DetectOptions, detectionOf } from './detect-changes.ts'

/** One difference between two items. */
export interface Change {
  readonly op: 'add' | 'remove' | 'replace'
  /** Names, and indexes in lists. */
  readonly path: readonly (string | number)[]
  /** The old value, for `remove` and `replace`. */
  readonly before?: unknown
  /** The new value, for `add` and `replace`. */
  readonly after?: unknown
}

type Fields = Readonly<Record<string, unknown>>

/**
 * List the changes between two items, down to the value in a map or list.
 *
 * The list is minimal, without paths inside others, and applied in order it turns `before` into `after`: names sorted,
 * additions to a list appended at its end, removals backwards from its end. Lists are compared by position; sets,
 * binary, dates and instances of classes are replaced as a whole. Equality is that of `detectChanges`, whose result are
 * the first steps of these paths.
 *
 * @param before - the item before, undefined or null if there was none.
 * @param after - likewise.
 * @returns changes, whose values are those of the items, not copies. O(values).
 * @throws MillraceError `LIMIT_EXCEEDED` if values nest more than `maxDepth` deep, as one that contains itself does;
 * `TYPE_MISMATCH` for a value that is not an item, such as a promise of one; `OPTION_INVALID`.
 * @example
 * diff({ id: 1, to: { city: 'Basel', zip: 4001 } }, { id: 1, to: { city: 'Bern', zip: 4001 }, paid: true })
 * // => [{ op: 'add', path: ['paid'], after: true }, { op: 'replace', path: ['to', 'city'], before: 'Basel', after: 'Bern' }]
 */
export function diff(
  before: Fields | null | undefined,
  after: Fields | null | undefined,
  options?: DetectOptions,
): Change[] {
  const { ignore, maxDepth } = detectionOf('diff', options)
  const left = itemOf('diff', 'before', before) ?? {}
  const right = itemOf('diff', 'after', after) ?? {}
  const changes: Change[] = []
  diffObjects(left, right, { maxDepth, steps: [] }, 0, changes)
  return ignore === undefined ? changes : changes.filter(({ path }) => !ignore(String(path[0])))
}

/** One loop over the properties before, which counts the remaining ones; added ones are searched only if the counts differ. */
function diffObjects(before: Fields, after: Fields, walk: Walk, depth: number, changes: Change[]): void {
  const { steps } = walk
  const start = changes.length
  let shared = 0
  for (const name in before) {
    const left = before[name]
    if (left === undefined) continue
    steps[depth] = name
    const right = ownValue(after, name)
    if (right === undefined) {
      changes.push({ op: 'remove', path: steps.slice(0, depth + 1), before: left })
      continue
    }
    shared++
    if (left !== right) diffValues(left, right, walk, depth + 1, changes)
  }
  for (const name in after) if (after[name] !== undefined) shared--
  if (shared !== 0) {
    for (const name in after) {
      if (after[name] === undefined || ownValue(before, name) !== undefined) continue
      steps[depth] = name
      changes.push({ op: 'add', path: steps.slice(0, depth + 1), after: after[name] })
    }
  }
  if (changes.length - start > 1) sortByName(changes, start, depth)
}

/** Compare two different values: their parts if both are lists or both plain objects. */
function diffValues(left: unknown, right: unknown, walk: Walk, depth: number, changes: Change[]): void {
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    checkDepth(walk, depth)
    if (Array.isArray(left) && Array.isArray(right)) {
      diffLists(left, right, walk, depth, changes)
      return
    }
    if (isKeyValueObject(left) && isKeyValueObject(right)) {
      diffObjects(left, right, walk, depth, changes)
      return
    }
  }
  if (isSameValue(left, right, walk, depth)) return
  changes.push({ op: 'replace', path: walk.steps.slice(0, depth), before: left, after: right })
}

function diffLists(
  left: readonly unknown[],
  right: readonly unknown[],
  walk: Walk,
  depth: number,
  changes: Change[],
): void {
  const { steps } = walk
  const shared = Math.min(left.length, right.length)
  for (let index = 0; index < shared; index++) {
    if (left[index] === right[index]) continue
    steps[depth] = index
    diffValues(left[index], right[index], walk, depth + 1, changes)
  }
  for (let index = shared; index < right.length; index++) {
    changes.push({ op: 'add', path: [...steps.slice(0, depth), index], after: right[index] })
  }
  for (let index = left.length - 1; index >= shared; index--) {
    changes.push({ op: 'remove', path: [...steps.slice(0, depth), index], before: left[index] })
  }
}

/** Order the changes from `start` on by the names at `depth`, so that property order has no effect. Those with the same name stay together. */
function sortByName(changes: Change[], start: number, depth: number): void {
  const nameOf = (change: Change | undefined): string => String(change?.path[depth])
  let previous = nameOf(changes[start])
  for (let index = start + 1; index < changes.length; index++) {
    const name = nameOf(changes[index])
    if (name < previous) {
      const sorted = changes
        .splice(start)
        .sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : nameOf(left) > nameOf(right) ? 1 : 0))
      for (const change of sorted) changes.push(change)
      return
    }
    previous = name
  }
}

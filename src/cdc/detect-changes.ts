import { MillraceError } from '../errors.ts'
import type { Kind } from '../internal/check-arguments.ts'
import type { Image } from './attribute-value.ts'
import { checkMaxDepth, checkNames, itemOf } from './check-call.ts'
import { type ImageComparison, isMap, isSameAttribute, ownAttribute } from './compare-images.ts'
import { isSameValue, ownValue, type Walk } from './compare-values.ts'
import { type DeserializeOptions, readingOf } from './deserialize-image.ts'
import { canonicalNumber } from './number-text.ts'
import { readMap } from './read-value.ts'

export interface DetectOptions {
  /** Names of attributes whose changes are ignored, or a test of a name. Applies to the item, not to maps inside it. */
  readonly ignore?: readonly string[] | ReadonlySet<string> | ((name: string) => boolean)
  /** Most levels of lists and maps; 64, at most 1,000. */
  readonly maxDepth?: number
}

type Fields = Readonly<Record<string, unknown>>
type Ignore = (name: string) => boolean

const NOTHING: Fields = {}

/**
 * List the attributes of an item that changed.
 *
 * Comparison is type-sensitive, so that 1, 1n and '1' differ; NaN equals NaN, 0 equals -0. Lists are compared by
 * position, sets and maps in any order, binary by content. An undefined attribute is absent; null is a value.
 *
 * @param before - the item before, undefined or null if there was none.
 * @param after - the item after, likewise.
 * @returns names, sorted by code unit. O(values), up to the first difference of each attribute.
 * @throws MillraceError `LIMIT_EXCEEDED` if values nest more than `maxDepth` deep, as one that contains itself does;
 * `TYPE_MISMATCH` for a value that is not an item, such as a promise of one; `OPTION_INVALID`.
 * @example
 * detectChanges({ id: 1, tags: new Set(['a', 'b']) }, { id: 1, tags: new Set(['b', 'a']), paid: true }) // => ['paid']
 */
export function detectChanges(
  before: Fields | null | undefined,
  after: Fields | null | undefined,
  options?: DetectOptions,
): string[] {
  const { ignore, maxDepth } = detectionOf('detectChanges', options)
  const left = itemOf('detectChanges', 'before', before) ?? NOTHING
  const right = itemOf('detectChanges', 'after', after) ?? NOTHING
  return changedNames(left, right, ignore, { maxDepth, steps: [] })
}

/**
 * List the attributes that changed between two raw images, without deserializing them: exact, and several times faster.
 *
 * Numbers are compared by value, so `1`, `1.0` and `1E0` are the same, exactly to the last digit. Types count.
 *
 * @param before - `OldImage`, undefined or null if there was none.
 * @param after - `NewImage`, likewise.
 * @returns names, sorted by code unit. O(characters), up to the first difference of each attribute.
 * @throws MillraceError as `deserializeImage` does, where images differ and are not well-formed. What is equal letter by letter is not looked
 * at any closer, nor what lies in a value that is new, gone or of another type. `OPTION_INVALID`.
 * @example
 * detectImageChanges({ total: { N: '1.50' }, at: { S: 'x' } }, { total: { N: '1.5' }, at: { S: 'y' } }) // => ['at']
 */
export function detectImageChanges(
  before: Image | null | undefined,
  after: Image | null | undefined,
  options?: DetectOptions,
): string[] {
  const { ignore, maxDepth } = detectionOf('detectImageChanges', options)
  return changedAttributes(before ?? {}, after ?? {}, ignore, maxDepth)
}

export const DETECT_OPTIONS = { ignore: 'any', maxDepth: 'number' } as const satisfies Record<keyof DetectOptions, Kind>

interface Detection {
  readonly ignore: Ignore | undefined
  readonly maxDepth: number
}

const PLAIN: Detection = { ignore: undefined, maxDepth: 64 }

/** The options of a comparison, checked. */
export function detectionOf(entry: string, options: DetectOptions | undefined): Detection {
  if (options === undefined) return PLAIN
  checkNames(entry, options, DETECT_OPTIONS)
  const { ignore, maxDepth = 64 } = options
  checkMaxDepth(maxDepth)
  return { ignore: ignoring(entry, ignore), maxDepth }
}

export function changedAttributes(before: Image, after: Image, ignore: Ignore | undefined, maxDepth: number): string[] {
  const at: ImageComparison = { maxDepth, isOdd: !isMap(before) || !isMap(after) }
  const names: string[] = []
  let shared = 0
  for (const name in before) {
    const left = before[name]
    const right = ownAttribute(after, name)
    if (right === undefined || right === null || left === undefined) {
      if (left === undefined || Object.hasOwn(after, name)) at.isOdd = true
      names.push(name)
      continue
    }
    shared++
    if (!isSameAttribute(left, right, at, 1)) names.push(name)
  }
  for (const _ in after) shared--
  if (shared !== 0) {
    for (const name in after) {
      if (Object.hasOwn(before, name)) continue
      if (after[name] === undefined) at.isOdd = true
      names.push(name)
    }
  }
  if (at.isOdd) return changedValues(before, after, ignore, maxDepth)
  return kept(names, ignore)
}

/** The careful path, which detects malformed values. */
function changedValues(before: Image, after: Image, ignore: Ignore | undefined, maxDepth: number): string[] {
  // A unique object for each number, which equals nothing else in an image.
  const known = new Map<string | undefined, object>()
  const numbers = (text: string): object => {
    const canonical = canonicalNumber(text)
    const number = known.get(canonical) ?? Object.freeze({})
    known.set(canonical, number)
    return number
  }
  const options: DeserializeOptions = { numbers, maxDepth }
  const values = [before, after].map((image) =>
    readMap(withoutUndefined(image), readingOf('detectImageChanges', options), 0),
  )
  return changedNames(values[0] ?? NOTHING, values[1] ?? NOTHING, ignore, { maxDepth, steps: [] })
}

function withoutUndefined(image: Image): unknown {
  if (!isMap(image)) return image
  return Object.fromEntries(Object.entries(image).filter(([, value]) => value !== undefined))
}

function changedNames(before: Fields, after: Fields, ignore: Ignore | undefined, walk: Walk): string[] {
  const names: string[] = []
  let shared = 0
  for (const name in before) {
    const left = before[name]
    if (left === undefined) continue
    walk.steps[0] = name
    const right = ownValue(after, name)
    if (right !== undefined) shared++
    if (!isSameValue(left, right, walk, 1)) names.push(name)
  }
  for (const name in after) if (after[name] !== undefined) shared--
  if (shared !== 0) {
    for (const name in after) if (after[name] !== undefined && ownValue(before, name) === undefined) names.push(name)
  }
  return kept(names, ignore)
}

/** The names that are not ignored, sorted. */
export function kept(names: string[], ignore: Ignore | undefined): string[] {
  const counted = ignore === undefined ? names : names.filter((name) => !ignore(name))
  if (counted.length > FEW) return counted.sort()
  for (let index = 1; index < counted.length; index++) {
    const name = counted[index] as string
    let at = index
    for (; at > 0 && (counted[at - 1] as string) > name; at--) counted[at] = counted[at - 1] as string
    counted[at] = name
  }
  return counted
}

/** Up to this number names are sorted by insertion: `sort` alone costs as much as comparing two images. */
const FEW = 24

/** Make the test of a name from the option `ignore`. */
export function ignoring(entry: string, ignore: DetectOptions['ignore']): Ignore | undefined {
  if (ignore === undefined || typeof ignore === 'function') return ignore
  if (typeof ignore !== 'object' || ignore === null || !(Symbol.iterator in ignore)) throw notNames(entry)
  const names: ReadonlySet<unknown> = new Set(ignore)
  for (const name of names) if (typeof name !== 'string') throw notNames(entry)
  return (name) => names.has(name)
}

function notNames(entry: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `${entry}: ignore must be an array or set of names, or a test of a name`)
}

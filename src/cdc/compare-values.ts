import { isKeyValueObject } from '../internal/key-value-object.ts'
import { tooDeep } from './attribute-error.ts'
import { likenessOf } from './likeness.ts'

/** The limits of a comparison, and the current path, with a step for each level. */
export interface Walk {
  readonly maxDepth: number
  readonly steps: (string | number)[]
}

type Fields = Readonly<Record<string, unknown>>

/** The own property with a name, undefined if inherited. */
export function ownValue(fields: Fields, name: string): unknown {
  const value = fields[name]
  // `Object.prototype` only has functions, and `__proto__`.
  if (typeof value !== 'function' && name !== '__proto__') return value
  return Object.hasOwn(fields, name) ? value : undefined
}

/** Reject values that nest deeper than allowed, as one that contains itself does. `depth` counts the steps to the value. */
export function checkDepth({ maxDepth, steps }: Walk, depth: number): void {
  if (depth > maxDepth) throw tooDeep(maxDepth, steps.slice(0, depth))
}

/**
 * Test whether two values are the same. Type-sensitive, NaN equals NaN, 0 equals -0; arrays by position, sets, maps and
 * objects in any order, binary by content, dates by time, undefined properties like absent ones. Objects of other
 * classes are the same if their class and properties are; those without properties only if they are identical.
 */
export function isSameValue(left: unknown, right: unknown, walk: Walk, depth: number): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return Number.isNaN(left) && Number.isNaN(right)
  }
  checkDepth(walk, depth)
  if (Array.isArray(left)) return Array.isArray(right) && isSameArray(left, right, walk, depth)
  if (isKeyValueObject(left)) return isKeyValueObject(right) && isSameObject(left, right, walk, depth)
  return isSameInstance(left, right, walk, depth)
}

function isSameArray(left: readonly unknown[], right: readonly unknown[], walk: Walk, depth: number): boolean {
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index++) {
    walk.steps[depth] = index
    if (!isSameValue(left[index], right[index], walk, depth + 1)) return false
  }
  return true
}

function isSameObject(left: Fields, right: Fields, walk: Walk, depth: number): boolean {
  let names = 0
  for (const name in left) {
    const before = left[name]
    if (before === undefined) continue
    walk.steps[depth] = name
    if (!isSameValue(before, ownValue(right, name), walk, depth + 1)) return false
    names++
  }
  for (const name in right) if (right[name] !== undefined) names--
  return names === 0
}

function isSameInstance(left: object, right: object, walk: Walk, depth: number): boolean {
  if (left instanceof Uint8Array) return right instanceof Uint8Array && Buffer.compare(left, right) === 0
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false
  if (left instanceof Date) return Object.is(left.getTime(), (right as Date).getTime())
  if (left instanceof Set) return isSameSet(left, right as ReadonlySet<unknown>, walk, depth)
  if (left instanceof Map) return isSameEntries(left, right as ReadonlyMap<unknown, unknown>, walk, depth)
  if (left instanceof ArrayBuffer) return Buffer.from(left).equals(Buffer.from(right as ArrayBuffer))
  if (ArrayBuffer.isView(left))
    return !(left instanceof DataView) && isSameArray(listOf(left), listOf(right), walk, depth)
  return Object.keys(left).length > 0 && isSameObject(left as Fields, right as Fields, walk, depth)
}

function listOf(typedArray: object): readonly unknown[] {
  return Array.from(typedArray as ArrayLike<unknown>)
}

function isSameSet(left: ReadonlySet<unknown>, right: ReadonlySet<unknown>, walk: Walk, depth: number): boolean {
  if (left.size !== right.size) return false
  // Bytes and other objects are matched by content, each only once, among candidates.
  const rest = new Map<string, unknown[]>()
  for (const other of right) if (!left.has(other)) addTo(rest, likenessOf(other), other)
  for (const member of left) {
    if (right.has(member)) continue
    const alike = typeof member === 'object' ? (rest.get(likenessOf(member)) ?? []) : []
    const index = alike.findLastIndex((other) => isSameValue(member, other, walk, depth + 1))
    if (index < 0) return false
    alike[index] = alike.at(-1)
    alike.pop()
  }
  return true
}

function addTo(lists: Map<string, unknown[]>, key: string, member: unknown): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [member])
  else list.push(member)
}

function isSameEntries(
  left: ReadonlyMap<unknown, unknown>,
  right: ReadonlyMap<unknown, unknown>,
  walk: Walk,
  depth: number,
): boolean {
  if (left.size !== right.size) return false
  for (const [key, value] of left) {
    if (!right.has(key) || !isSameValue(value, right.get(key), walk, depth + 1)) return false
  }
  return true
}

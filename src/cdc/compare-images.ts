import { base64Text } from '../internal/base64.ts'
import { isKeyValueObject } from '../internal/key-value-object.ts'
import type { AttributeValue } from './attribute-value.ts'
import { bytesOfBase64 } from './base64.ts'
import { canonicalNumber, isSameNumber } from './number-text.ts'
import { isType } from './read-value.ts'

/** The limits of a comparison of raw values, and a flag for values that need the careful path. */
export interface ImageComparison {
  readonly maxDepth: number
  /** True after a value that needs the careful path: malformed, nested too deep, or with undefined tags. Results are invalid then. */
  isOdd: boolean
}

type Attributes = { readonly [name: string]: AttributeValue | undefined }

/** The own attribute with a name, undefined if inherited. */
export function ownAttribute(map: Attributes, name: string): AttributeValue | undefined {
  const value = map[name]
  if (typeof value === 'object' && name !== '__proto__') return value
  return Object.hasOwn(map, name) ? value : undefined
}

/**
 * Test whether two raw values are the same: of the same type, numbers by value, binary by content, sets and maps in any order. `depth` counts
 * steps from the image.
 */
export function isSameAttribute(
  left: AttributeValue,
  right: AttributeValue,
  at: ImageComparison,
  depth: number,
): boolean {
  let type: string | undefined
  for (const key in left) {
    if (type !== undefined) return odd(at)
    type = key
  }
  for (const key in right) if (key !== type) return isOtherType(type, right, at)
  switch (type) {
    case 'S':
      if (left.S === right.S) return typeof left.S === 'string' || odd(at)
      return areBoth('string', left.S, right.S) ? false : odd(at)
    case 'N':
      if (left.N === right.N) return typeof left.N === 'string' || odd(at)
      if (typeof left.N !== 'string' || typeof right.N !== 'string') return odd(at)
      return isSameNumber(left.N, right.N) ?? odd(at)
    case 'BOOL':
      if (left.BOOL === right.BOOL) return typeof left.BOOL === 'boolean' || odd(at)
      return areBoth('boolean', left.BOOL, right.BOOL) ? false : odd(at)
    case 'NULL':
      return (left.NULL === true && right.NULL === true) || odd(at)
    case 'M':
      return depth > at.maxDepth ? odd(at) : isSameMap(left.M, right.M, at, depth)
    case 'L':
      return depth > at.maxDepth ? odd(at) : isSameList(left.L, right.L, at, depth)
    case 'B':
      if (left.B === right.B) return left.B !== undefined || odd(at)
      return isSameBinary(left.B, right.B, at)
    case 'SS':
    case 'NS':
    case 'BS':
      return isSameSet(type, left[type], right[type], at)
    default:
      return odd(at)
  }
}

function odd(at: ImageComparison): false {
  at.isOdd = true
  return false
}

function areBoth(type: 'string' | 'boolean', left: unknown, right: unknown): boolean {
  return typeof left === type && typeof right === type
}

/** A value of another type is another value, if both are of a type at all. */
function isOtherType(type: string | undefined, right: AttributeValue, at: ImageComparison): false {
  const [other, ...more] = Object.keys(right)
  const areTypes = type !== undefined && isType(type) && other !== undefined && isType(other)
  return more.length === 0 && areTypes ? false : odd(at)
}

export function isMap(value: unknown): value is Attributes {
  return isKeyValueObject(value)
}

function isSameMap(left: unknown, right: unknown, at: ImageComparison, depth: number): boolean {
  if (!isMap(left) || !isMap(right)) return odd(at)
  let names = 0
  for (const name in left) {
    const before = left[name]
    if (before === undefined) return odd(at)
    const after = ownAttribute(right, name)
    if (after === undefined || after === null) return Object.hasOwn(right, name) ? odd(at) : false
    if (!isSameAttribute(before, after, at, depth + 1)) return false
    names++
  }
  for (const _ in right) names--
  return names === 0
}

function isSameList(left: unknown, right: unknown, at: ImageComparison, depth: number): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return odd(at)
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index++) {
    const after: unknown = right[index]
    if (!isMap(after)) return odd(at)
    if (!isSameAttribute(left[index], after, at, depth + 1)) return false
  }
  return true
}

function isSameBinary(left: unknown, right: unknown, at: ImageComparison): boolean {
  const [before, after] = [binaryText(left), binaryText(right)]
  return before === undefined || after === undefined ? odd(at) : before === after
}

/** The canonical base64 text of bytes. */
function binaryText(value: unknown): string | undefined {
  if (typeof value === 'string') return bytesOfBase64(value) === undefined ? undefined : value
  return value instanceof Uint8Array ? base64Text(value) : undefined
}

const MEMBER_TEXTS = {
  SS: (member: unknown) => (typeof member === 'string' ? member : undefined),
  NS: (member: unknown) => (typeof member === 'string' ? canonicalNumber(member) : undefined),
  BS: binaryText,
}

function isSameSet(type: 'SS' | 'NS' | 'BS', left: unknown, right: unknown, at: ImageComparison): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return odd(at)
  if (
    left.length === right.length &&
    left.every((member, index) => typeof member === 'string' && member === right[index])
  ) {
    return true
  }
  const textOf = MEMBER_TEXTS[type]
  const [before, after] = [new Set(left.map(textOf)), new Set(right.map(textOf))]
  if (before.has(undefined) || after.has(undefined)) return odd(at)
  return before.size === after.size && [...before].every((member) => after.has(member))
}

import { base64Text } from '../internal/base64.ts'
import { isKeyValueObject } from '../internal/key-value-object.ts'
import { attributeError, tooDeep } from './attribute-error.ts'
import { customNumber } from './custom-number.ts'
import { setOwn } from './own-property.ts'

/** Deeper values are treated as cycles. */
const MAX_DEPTH = 1000

type Steps = (string | number)[]

/**
 * Convert a value exactly to one that JSON can represent: bigint as decimal text, bytes as base64, sets as sorted
 * arrays, dates and other objects by their method (`toJSON`, or `toAttributeValue` of a number). Undefined properties
 * are omitted.
 *
 * @param steps - the path of the value, for an error; changes during the walk.
 * @throws MillraceError `TYPE_MISMATCH` for values that JSON cannot represent: NaN, infinities, functions, instances of other classes.
 */
export function jsonSafe(value: unknown, steps: Steps): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      throw notJson('is a number that JSON cannot represent', steps)
    case 'bigint':
      return value.toString()
    case 'object':
      return value === null ? null : safeObject(value, steps)
    default:
      throw notJson('is a value that JSON cannot represent', steps)
  }
}

function safeObject(value: object, steps: Steps): unknown {
  if (steps.length > MAX_DEPTH) throw tooDeep(MAX_DEPTH, steps.slice())
  if (Array.isArray(value)) return safeList(value, steps)
  if (value instanceof Uint8Array) return base64Text(value)
  if (value instanceof Set) return safeList(sorted(value), steps)
  if (isKeyValueObject(value)) return safeProperties(value, steps)
  const text = customNumber(value) ?? ownJson(value)
  if (text !== undefined) return text
  throw notJson('is an instance of a class, or an invalid date, which JSON cannot represent', steps)
}

/** The text that an object's method returns for JSON. An invalid date has none. */
export function ownJson(value: object): string | undefined {
  const json: unknown = 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : undefined
  return typeof json === 'string' ? json : undefined
}

function safeList(list: readonly unknown[], steps: Steps): unknown[] {
  return list.map((item, index) => {
    steps.push(index)
    const safe = jsonSafe(item, steps)
    steps.pop()
    return safe
  })
}

/** Convert every property; no name is lost. */
export function safeProperties(object: Readonly<Record<string, unknown>>, steps: Steps): Record<string, unknown> {
  const safe: Record<string, unknown> = {}
  for (const name of Object.keys(object)) {
    const value = object[name]
    if (value === undefined) continue
    steps.push(name)
    setOwn(safe, name, jsonSafe(value, steps))
    steps.pop()
  }
  return safe
}

/** Sort the members of a set, independent of their order in it: numbers by value, then text and base64 by code unit. */
export function sorted(set: ReadonlySet<unknown>): unknown[] {
  const members = [...set].map((member) => ({
    member,
    key: member instanceof Uint8Array ? base64Text(member) : member,
  }))
  return members.sort((left, right) => compareKeys(left.key, right.key)).map(({ member }) => member)
}

function compareKeys(left: unknown, right: unknown): number {
  const isNumeric = (key: unknown): key is number | bigint => typeof key === 'number' || typeof key === 'bigint'
  if (isNumeric(left) !== isNumeric(right)) return isNumeric(left) ? -1 : 1
  const [first, second] = isNumeric(left) && isNumeric(right) ? [left, right] : [String(left), String(right)]
  return first < second ? -1 : first > second ? 1 : 0
}

function notJson(rule: string, steps: Steps): Error {
  return attributeError(rule, steps.slice(), { code: 'TYPE_MISMATCH' })
}

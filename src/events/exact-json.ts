import { type JsonLimits, readExactJson, tooDeep } from './exact-json-reader.ts'
import { payloadError } from './payload.ts'
import { type Place, placeAt } from './place.ts'

export type { JsonLimits }

/** Why a value that `JSON.parse` made cannot be taken as it is. */
type Doubt = 'depth' | 'number' | 'key' | undefined

/**
 * A JSON text as values, with every integer exact: one beyond 2^53 becomes a bigint. A number beyond the doubles is refused. A key
 * `__proto__` is a key like any other, and of equal keys the last wins, as in `JSON.parse`. A byte order mark is dropped.
 *
 * `JSON.parse` does nearly all of it. What it gets wrong shows in its result, and then the text is read again: it can only have rounded an
 * integer to a double of at least 2^53; and V8 at times takes a key with an escape for one of an earlier text that has a backslash in it
 * (Node 24: after `{"a":1,"\\":1}`, `{"a":1,"\n":1}` has the key of the first).
 */
export function parseExactJson(text: string, place: Place, limits: JsonLimits): unknown {
  const value = parse(text, place)
  switch (doubtOf(value, limits.maxDepth, text.includes('\\'))) {
    case undefined:
      return value
    case 'depth':
      throw tooDeep(place, limits.maxDepth)
    default:
      return refuseInfinite(readExactJson(text, place, limits), place)
  }
}

function parse(text: string, place: Place): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (error) {
    throw payloadError('PAYLOAD_INVALID', syntaxRule(text, error), { place })
  }
}

/** The first reason not to take a parsed value as it is; `levels` are those that it may still go down. */
function doubtOf(value: unknown, levels: number, hasEscapes: boolean): Doubt {
  if (typeof value === 'number') return isUnsafe(value) ? 'number' : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (levels === 0) return 'depth'
  return Array.isArray(value) ? doubtOfList(value, levels, hasEscapes) : doubtOfObject(value, levels, hasEscapes)
}

function doubtOfList(list: readonly unknown[], levels: number, hasEscapes: boolean): Doubt {
  for (const inner of list) {
    const doubt = doubtOf(inner, levels - 1, hasEscapes)
    if (doubt !== undefined) return doubt
  }
  return undefined
}

/** Hot, so that texts and numbers, which most fields are, cost no call; `for in` walks the shape that objects share. */
function doubtOfObject(object: object, levels: number, hasEscapes: boolean): Doubt {
  // All keys of what JSON.parse makes are own ones.
  for (const key in object) {
    if (hasEscapes && key.includes('\\')) return 'key'
    const inner = (object as Readonly<Record<string, unknown>>)[key]
    if (typeof inner === 'string') continue
    if (typeof inner === 'number') {
      if (isUnsafe(inner)) return 'number'
      continue
    }
    const doubt = doubtOf(inner, levels - 1, hasEscapes)
    if (doubt !== undefined) return doubt
  }
  return undefined
}

function isUnsafe(number: number): boolean {
  return number > Number.MAX_SAFE_INTEGER || number < Number.MIN_SAFE_INTEGER
}

function refuseInfinite(value: unknown, place: Place): unknown {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw payloadError('PAYLOAD_INVALID', 'has a number that no double can hold', { place })
  }
  if (typeof value !== 'object' || value === null) return value
  const isList = Array.isArray(value)
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== 'string') refuseInfinite(inner, placeAt(place, isList ? Number(key) : key))
  }
  return value
}

/** A value that came parsed, checked for its depth alone; a cycle has no end, so it is too deep. */
export function checkDepth(value: unknown, place: Place, { maxDepth }: JsonLimits): unknown {
  const isTooDeep = (each: unknown, depth: number): boolean =>
    typeof each === 'object' &&
    each !== null &&
    (depth > maxDepth || Object.values(each).some((inner) => isTooDeep(inner, depth + 1)))
  if (isTooDeep(value, 1)) throw tooDeep(place, maxDepth)
  return value
}

/** The place that V8 names, not the text that it quotes. */
function syntaxRule(text: string, error: unknown): string {
  if (text.trim() === '') return 'is empty, not JSON'
  const position = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined
  return position === undefined ? 'is not JSON' : `is not JSON (${position})`
}

import { type JsonLimits, readExactJson, tooDeep } from './exact-json-reader.ts'
import { payloadError } from './payload.ts'
import { type Place, placeAt } from './place.ts'

export type { JsonLimits }

/** The reason why a result of `JSON.parse` is not exact. */
type Doubt = 'depth' | 'number' | 'key' | undefined

/**
 * Parse JSON with exact integers: one beyond 2^53 becomes a bigint. A number out of a double's range is rejected. A key
 * `__proto__` is an ordinary key, and the last of equal keys wins, as in `JSON.parse`. A byte order mark is dropped.
 *
 * `JSON.parse` does almost all of it. Its errors are visible in its result, and then the text is read again: it can
 * only have rounded an integer to a double of at least 2^53; and V8 sometimes confuses a key with an escape with one of
 * an earlier text that contains a backslash (Node 24: after `{"a":1,"\\":1}`, `{"a":1,"\n":1}` has the key of the
 * first).
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

/** Find the first reason why a parsed value is not exact; `levels` may still be descended. */
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
  // JSON.parse only creates own keys.
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
    throw payloadError('PAYLOAD_INVALID', 'has a number beyond the range of a double', { place })
  }
  if (typeof value !== 'object' || value === null) return value
  const isList = Array.isArray(value)
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== 'string') refuseInfinite(inner, placeAt(place, isList ? Number(key) : key))
  }
  return value
}

/** Check an already parsed value only for its depth; a cycle is too deep. */
export function checkDepth(value: unknown, place: Place, { maxDepth }: JsonLimits): unknown {
  const isTooDeep = (each: unknown, depth: number): boolean =>
    typeof each === 'object' &&
    each !== null &&
    (depth > maxDepth || Object.values(each).some((inner) => isTooDeep(inner, depth + 1)))
  if (isTooDeep(value, 1)) throw tooDeep(place, maxDepth)
  return value
}

/** The position that V8 reports, not the text that it quotes. */
function syntaxRule(text: string, error: unknown): string {
  if (text.trim() === '') return 'is empty, not JSON'
  const position = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined
  return position === undefined ? 'is not JSON' : `is not JSON (${position})`
}

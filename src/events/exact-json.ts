import { payloadError } from './payload.ts'
import type { Place } from './place.ts'

export interface JsonLimits {
  readonly maxDepth: number
}

/**
 * A JSON text as values, with every integer exact: one beyond 2^53 becomes a bigint. A number beyond the doubles is refused. A key
 * `__proto__` is a key like any other, and of equal keys the last wins, as in `JSON.parse`.
 *
 * `JSON.parse` can only have rounded an integer to a double of at least 2^53, so its result tells whether the text has to be read again.
 */
export function parseExactJson(text: string, place: Place, { maxDepth }: JsonLimits): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw payloadError('PAYLOAD_INVALID', syntaxRule(text, error), { place })
  }
  switch (doubtOf(value, maxDepth)) {
    case 'depth':
      throw tooDeep(place, maxDepth)
    case 'number':
      return readExact(text, place, maxDepth)
    default:
      return value
  }
}

/** The first reason not to take a parsed value as it is. */
function doubtOf(value: unknown, levels: number): 'depth' | 'number' | undefined {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER ? 'number' : undefined
  if (typeof value !== 'object' || value === null) return undefined
  if (levels === 0) return 'depth'
  // `for in` walks the shape that objects share; all keys of what JSON.parse makes are own ones.
  for (const key in value) {
    const inner = (value as Readonly<Record<string, unknown>>)[key]
    if (typeof inner === 'string') continue
    const doubt = doubtOf(inner, levels - 1)
    if (doubt !== undefined) return doubt
  }
  return undefined
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

function tooDeep(place: Place, maxDepth: number): Error {
  return payloadError('LIMIT_EXCEEDED', `is nested more than ${maxDepth} deep (option maxDepth)`, { place })
}

/** The place that V8 names, not the text that it quotes. */
function syntaxRule(text: string, error: unknown): string {
  if (text.trim() === '') return 'is empty, not JSON'
  const position = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined
  return position === undefined ? 'is not JSON' : `is not JSON (${position})`
}

/** Reads a text that `JSON.parse` has taken, so that no more than the numbers need a check. */
function readExact(text: string, place: Place, maxDepth: number): unknown {
  const steps: (string | number)[] = []
  const token = /[\s,:]*("(?:[^"\\]|\\.)*"|[[{}\]]|[^\s,:[{}\]"]+)/gy
  const next = (): string => token.exec(text)?.[1] ?? ''

  const readValue = (first: string): unknown => {
    if (steps.length >= maxDepth && (first === '{' || first === '[')) throw tooDeep(place, maxDepth)
    if (first === '{') return readObject()
    if (first === '[') return readArray()
    return /^[-\d]/.test(first) ? readNumber(first, place, steps) : JSON.parse(first)
  }
  const readArray = (): unknown[] => {
    const list: unknown[] = []
    for (let first = next(); first !== ']'; first = next()) {
      steps.push(list.length)
      list.push(readValue(first))
      steps.pop()
    }
    return list
  }
  const readObject = (): Record<string, unknown> => {
    const object: Record<string, unknown> = {}
    for (let first = next(); first !== '}'; first = next()) {
      const key: string = JSON.parse(first)
      steps.push(key)
      setOwn(object, key, readValue(next()))
      steps.pop()
    }
    return object
  }
  return readValue(next())
}

function readNumber(text: string, place: Place, steps: readonly (string | number)[]): number | bigint {
  const number = Number(text)
  if (!Number.isFinite(number)) {
    throw payloadError('PAYLOAD_INVALID', 'has a number that no double can hold', { place, steps })
  }
  return Number.isSafeInteger(number) || /[.eE]/.test(text) ? number : BigInt(text)
}

function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

import type { MillraceError } from '../errors.ts'
import { payloadError } from './payload.ts'
import type { Place } from './place.ts'

const BACKSLASH = 0x5c

export interface JsonLimits {
  readonly maxDepth: number
}

interface Cursor {
  readonly text: string
  readonly tooDeep: () => MillraceError
  at: number
  /** The number of levels that may still be nested inside this one. */
  levels: number
}

/**
 * Read a text that `JSON.parse` has accepted, so that its syntax needs no checks: integers beyond 2^53 as bigints, keys as written.
 * A number beyond the doubles is infinite.
 */
export function readExactJson(text: string, place: Place, { maxDepth }: JsonLimits): unknown {
  const at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  return readValue({ text, at, levels: maxDepth, tooDeep: () => tooDeep(place, maxDepth) })
}

export function tooDeep(place: Place, maxDepth: number): MillraceError {
  return payloadError('LIMIT_EXCEEDED', `is nested more than ${maxDepth} deep (option maxDepth)`, { place })
}

function readValue(cursor: Cursor): unknown {
  switch (skipTo(cursor)) {
    case '{':
    case '[':
      return readInside(cursor)
    case '"':
      return readString(cursor)
    case 't':
      cursor.at += 4
      return true
    case 'f':
      cursor.at += 5
      return false
    case 'n':
      cursor.at += 4
      return null
    default:
      return readNumber(cursor)
  }
}

function readInside(cursor: Cursor): unknown {
  if (cursor.levels === 0) throw cursor.tooDeep()
  cursor.levels--
  const value = cursor.text.charAt(cursor.at) === '{' ? readObject(cursor) : readArray(cursor)
  cursor.levels++
  return value
}

function readObject(cursor: Cursor): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  cursor.at++
  while (skipTo(cursor) !== '}') {
    const key = readString(cursor)
    const value = readValue(cursor)
    if (key !== '__proto__') object[key] = value
    else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  }
  cursor.at++
  return object
}

function readArray(cursor: Cursor): unknown[] {
  const list: unknown[] = []
  cursor.at++
  while (skipTo(cursor) !== ']') list.push(readValue(cursor))
  cursor.at++
  return list
}

/** V8's fault only affects keys: other strings are left to `JSON.parse`. */
function readString(cursor: Cursor): string {
  const { text, at: start } = cursor
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  cursor.at = end + 1
  const raw = text.slice(start, end + 1)
  return raw.includes('\\') ? JSON.parse(raw) : raw.slice(1, -1)
}

/** Test whether a quote follows an odd number of backslashes. */
function isEscaped(text: string, quote: number): boolean {
  let first = quote
  while (text.charCodeAt(first - 1) === BACKSLASH) first--
  return (quote - first) % 2 === 1
}

function readNumber(cursor: Cursor): number | bigint {
  const { text, at: start } = cursor
  const token = /[-+.\deE]+/y
  token.lastIndex = start
  const digits = token.exec(text)?.[0] ?? ''
  cursor.at = start + digits.length
  const number = Number(digits)
  return Number.isSafeInteger(number) || /[.eE]/.test(digits) ? number : BigInt(digits)
}

/** Move to the next character that is not a space, comma or colon, and return it. */
function skipTo(cursor: Cursor): string {
  const { text } = cursor
  for (;;) {
    const mark = text.charAt(cursor.at)
    if (mark !== ' ' && mark !== ',' && mark !== ':' && mark !== '\n' && mark !== '\r' && mark !== '\t') return mark
    cursor.at++
  }
}

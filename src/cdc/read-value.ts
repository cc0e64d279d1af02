import type { Place } from '../events/place.ts'
import { base64Text } from '../internal/base64.ts'
import { isKeyValueObject } from '../internal/key-value-object.ts'
import { attributeError, tooDeep } from './attribute-error.ts'
import { bytesOfBase64 } from './base64.ts'
import { autoNumber } from './number-text.ts'

type Fields = Readonly<Record<string, unknown>>

/** The settings of the reader, and its current path, with a step for each level, for errors. */
export interface Reading {
  /** Converts a number's text if not the default way; undefined if the text is not a number. */
  readonly numberOf: ((text: string, reading: Reading, depth: number) => unknown) | undefined
  readonly keepsBase64: boolean
  readonly keepsSetsAsArrays: boolean
  readonly maxDepth: number
  /** Steps from the image, or from the value, at which no list or map is allowed any more. */
  readonly maxSteps: number
  /** The position of the image in an event. */
  place: Place | undefined
  readonly steps: (string | number)[]
}

/** Create the error of the current value, `depth` steps from the image, for a broken rule. */
export function fault(rule: string, reading: Reading, depth: number, cause?: unknown): Error {
  return attributeError(rule, reading.steps.slice(0, depth), { place: reading.place, cause })
}

function tooDeepHere({ maxDepth, steps, place }: Reading, depth: number): Error {
  return tooDeep(maxDepth, steps.slice(0, depth), place)
}

/**
 * Read the values of an image, or of a map `depth` steps from it.
 *
 * `for in` walks the shape that equal objects share, without a list of keys for each of them; that is most of the speed.
 */
export function readMap(map: unknown, reading: Reading, depth: number): Record<string, unknown> {
  if (!isKeyValueObject(map)) {
    throw fault('must be a map of attributes', reading, depth)
  }
  const item: Record<string, unknown> = { ...map }
  const { steps } = reading
  for (const name in item) {
    steps[depth] = name
    item[name] = readValue(item[name], reading, depth + 1)
  }
  return item
}

/** Read one value: an object with one key, its type. `depth` counts the steps to it. */
export function readValue(value: unknown, reading: Reading, depth: number): unknown {
  let type: string | undefined
  for (const key in value as Fields) {
    if (type !== undefined) return readOddValue(value as Fields, reading, depth)
    type = key
  }
  switch (type) {
    case 'S': {
      const { S } = value as { readonly S: unknown }
      if (typeof S !== 'string') throw fault('of type S must be text', reading, depth)
      return S
    }
    case 'N':
      return readNumber((value as { readonly N: unknown }).N, reading, depth)
    case 'BOOL': {
      const { BOOL } = value as { readonly BOOL: unknown }
      if (typeof BOOL !== 'boolean') throw fault('of type BOOL must be true or false', reading, depth)
      return BOOL
    }
    case 'M':
      if (depth >= reading.maxSteps) throw tooDeepHere(reading, depth)
      return readMap((value as { readonly M: unknown }).M, reading, depth)
    case 'L':
      if (depth >= reading.maxSteps) throw tooDeepHere(reading, depth)
      return readList((value as { readonly L: unknown }).L, reading, depth)
    case 'NULL':
      if ((value as { readonly NULL: unknown }).NULL !== true) throw fault('of type NULL must be true', reading, depth)
      return null
    case 'B':
      return readBinary((value as { readonly B: unknown }).B, reading, depth)
    case 'SS':
    case 'NS':
    case 'BS':
      return readSet(type, (value as Fields)[type], reading, depth)
    default:
      return readOddValue(value, reading, depth)
  }
}

/** Read a value that is not an object with one known key: an error, except for keys with undefined values, which the SDK's types allow. */
function readOddValue(value: unknown, reading: Reading, depth: number): unknown {
  if (typeof value !== 'object' || value === null) throw fault('must be an object with its type as key', reading, depth)
  const given = Object.entries(value).filter(([, each]) => each !== undefined)
  const [first] = given
  if (given.length > 1) throw fault('has more than one type', reading, depth)
  if (first === undefined) throw fault('has no type', reading, depth)
  if (!isType(first[0])) throw fault('has an unknown type', reading, depth)
  return readValue({ [first[0]]: first[1] }, reading, depth)
}

/** Test whether DynamoDB has a type with this tag. */
export function isType(tag: string): boolean {
  return TYPES.has(tag)
}

const TYPES = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'L', 'M', 'SS', 'NS', 'BS'])

function readNumber(text: unknown, reading: Reading, depth: number): unknown {
  if (typeof text !== 'string') throw fault('of type N must be the text of a number', reading, depth)
  const number = reading.numberOf === undefined ? autoNumber(text) : reading.numberOf(text, reading, depth)
  if (number === undefined) throw fault('of type N is not a number that DynamoDB writes', reading, depth)
  return number
}

function readList(list: unknown, reading: Reading, depth: number): unknown[] {
  if (!Array.isArray(list)) throw fault('of type L must be a list', reading, depth)
  const { steps } = reading
  const values: unknown[] = list.slice()
  for (let index = 0; index < values.length; index++) {
    steps[depth] = index
    values[index] = readValue(values[index], reading, depth + 1)
  }
  return values
}

function readBinary(value: unknown, reading: Reading, depth: number): unknown {
  if (value instanceof Uint8Array) return reading.keepsBase64 ? base64Text(value) : value
  const bytes = typeof value === 'string' ? bytesOfBase64(value) : undefined
  if (bytes === undefined) throw fault('of type B must be base64 or bytes', reading, depth)
  return reading.keepsBase64 ? value : bytes
}

function readSet(type: 'SS' | 'NS' | 'BS', members: unknown, reading: Reading, depth: number): unknown {
  if (!Array.isArray(members)) throw fault(`of type ${type} must be a list`, reading, depth)
  const { steps } = reading
  const values: unknown[] = members.slice()
  for (let index = 0; index < values.length; index++) {
    const member = values[index]
    steps[depth] = index
    if (type === 'NS') values[index] = readNumber(member, reading, depth + 1)
    else if (type === 'BS') values[index] = readBinary(member, reading, depth + 1)
    else if (typeof member !== 'string') throw fault('of type SS must be text', reading, depth + 1)
  }
  if (reading.keepsSetsAsArrays) return values
  return new Set(type === 'BS' ? distinctBytes(values) : values)
}

/** A `Set` compares bytes by identity; here equal bytes are one member. */
function distinctBytes(values: readonly unknown[]): Iterable<unknown> {
  return new Map(values.map((value) => [value instanceof Uint8Array ? base64Text(value) : value, value])).values()
}

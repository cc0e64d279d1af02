import { MillraceError } from '../errors.ts'
import type { Kind } from '../internal/check-arguments.ts'
import type { AttributeValue, Image, Item } from './attribute-value.ts'
import { checkMaxDepth, checkNames } from './check-call.ts'
import { bigIntOf, isNumberText, numberOf, parseDecimalText } from './number-text.ts'
import { fault, type Reading, readMap, readValue } from './read-value.ts'

export interface DeserializeOptions {
  /**
   * What numbers become. `'auto'`, the default: a number where that is lossless, else a bigint where it is an integer, else the exact text
   * (also beyond the doubles, as `1e400`). `'number'`: always a number, rounded if need be. `'bigint'`: always a bigint; a fraction is
   * refused. `'string'`: the text as it is. A function gets the text, checked to be a number.
   */
  readonly numbers?: 'auto' | 'number' | 'bigint' | 'string' | ((text: string) => unknown)
  /** `'bytes'`, the default: `Uint8Array`. `'base64'`: its base64 text. */
  readonly binary?: 'bytes' | 'base64'
  /** `'set'`, the default: `Set`. `'array'`: the members in their order. */
  readonly sets?: 'set' | 'array'
  /** How deep lists and maps may be nested; 64, at most 1,000. DynamoDB itself stops at 32. */
  readonly maxDepth?: number
}

/**
 * An image as plain values, nothing lost: strings, booleans and null as they are, numbers exact, binary as `Uint8Array`, lists as arrays,
 * maps as plain objects, sets as `Set`. An attribute called `__proto__` is an own property like any other.
 *
 * Unlike `unmarshall` of the SDK it validates every value, decodes the base64 that Lambda delivers, and neither rounds a number nor fails on it.
 *
 * @param image - `NewImage`, `OldImage` or `Keys` of a stream record, or an item as the SDK gives it. Never mutated.
 * @returns a new object with the image's own names. O(letters).
 * @throws MillraceError `ATTRIBUTE_INVALID` with the path to a value that is not well-formed: an unknown type, none or several, `NULL` that is
 * not true, a number that DynamoDB would not write, base64 that is none. `LIMIT_EXCEEDED` where values nest more than `maxDepth` deep.
 * `OPTION_INVALID` for an unknown option. No message holds a value.
 * @example
 * const image = { id: { S: 'a-1' }, total: { N: '19.90' }, views: { N: '9007199254740993' }, seal: { B: 'AQI=' }, tags: { SS: ['new'] } }
 * deserializeImage(image) // => { id: 'a-1', total: 19.9, views: 9007199254740993n, seal: Uint8Array.of(1, 2), tags: new Set(['new']) }
 */
export function deserializeImage(image: Image, options?: DeserializeOptions): Item {
  return readMap(image, readingOf('deserializeImage', options), 0)
}

/**
 * One attribute value as a plain value; see `deserializeImage`.
 *
 * @param value - an object with one key, the type of the value.
 * @returns the value. O(letters).
 * @throws MillraceError as `deserializeImage` does.
 * @example
 * deserializeValue({ L: [{ N: '1.50' }, { NULL: true }] }, { numbers: 'string' }) // => ['1.50', null]
 */
export function deserializeValue(value: AttributeValue, options?: DeserializeOptions): unknown {
  const reading = readingOf('deserializeValue', options)
  return readValue(value, { ...reading, maxSteps: reading.maxDepth }, 0)
}

/** What the options mean to the reader. A reading serves one call after another, never two at once. */
export function readingOf(
  entry: string,
  options: DeserializeOptions = {},
  kinds: Readonly<Record<string, Kind>> = DESERIALIZE_OPTIONS,
): Reading {
  checkNames(entry, options, kinds)
  const { numbers = 'auto', binary = 'bytes', sets = 'set', maxDepth = 64 } = options
  checkMaxDepth(maxDepth)
  if (binary !== 'bytes' && binary !== 'base64') throw unknownOption("binary is 'bytes' or 'base64'")
  if (sets !== 'set' && sets !== 'array') throw unknownOption("sets is 'set' or 'array'")
  return {
    numberOf: numberReader(numbers),
    keepsBase64: binary === 'base64',
    keepsSetsAsArrays: sets === 'array',
    maxDepth,
    maxSteps: maxDepth + 1,
    place: undefined,
    steps: [],
  }
}

export const DESERIALIZE_OPTIONS = {
  numbers: 'any',
  binary: 'string',
  sets: 'string',
  maxDepth: 'number',
} as const satisfies Record<keyof DeserializeOptions, Kind>

function unknownOption(rule: string): MillraceError {
  return new MillraceError('OPTION_INVALID', rule)
}

/** Undefined for the default, which the reader does by itself. */
function numberReader(numbers: NonNullable<DeserializeOptions['numbers']>): Reading['numberOf'] {
  if (typeof numbers === 'function') return customNumber(numbers)
  switch (numbers) {
    case 'auto':
      return undefined
    case 'number':
      return roundedNumber
    case 'bigint':
      return wholeNumber
    case 'string':
      return (text) => (isNumberText(text) ? text : undefined)
    default:
      throw unknownOption("numbers is 'auto', 'number', 'bigint', 'string' or a function")
  }
}

function roundedNumber(text: string, reading: Reading, depth: number): number | undefined {
  if (!isNumberText(text)) return undefined
  const number = numberOf(text)
  if (!Number.isFinite(number)) throw fault("of type N is beyond the doubles: take numbers 'auto'", reading, depth)
  return number
}

function wholeNumber(text: string, reading: Reading, depth: number): bigint | undefined {
  const decimal = parseDecimalText(text)
  if (decimal === undefined) return undefined
  const integer = bigIntOf(decimal)
  if (integer === undefined) throw fault("of type N is no whole number: take numbers 'auto'", reading, depth)
  return integer
}

function customNumber(make: (text: string) => unknown): Reading['numberOf'] {
  return (text, reading, depth) => {
    if (!isNumberText(text)) return undefined
    try {
      return make(text) ?? null
    } catch (cause) {
      throw fault('of type N made the option numbers throw', reading, depth, cause)
    }
  }
}

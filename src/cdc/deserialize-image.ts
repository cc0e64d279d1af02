import { MillraceError } from '../errors.ts'
import type { Kind } from '../internal/check-arguments.ts'
import type { AttributeValue, Image, Item } from './attribute-value.ts'
import { checkMaxDepth, checkNames } from './check-call.ts'
import { bigIntOf, isNumberText, numberOf, parseDecimalText } from './number-text.ts'
import { fault, type Reading, readMap, readValue } from './read-value.ts'

export interface DeserializeOptions {
  /**
   * The form of numbers. `'auto'`, the default: a number if that is lossless, otherwise a bigint for an integer,
   * otherwise the exact text (also out of a double's range, as `1e400`). `'number'`: always a number, rounded if
   * necessary. `'bigint'`: always a bigint; a fraction is rejected. `'string'`: the text unchanged. A function gets the
   * text of a valid number.
   */
  readonly numbers?: 'auto' | 'number' | 'bigint' | 'string' | ((text: string) => unknown)
  /** `'bytes'`, the default: `Uint8Array`. `'base64'`: its base64 text. */
  readonly binary?: 'bytes' | 'base64'
  /** `'set'`, the default: `Set`. `'array'`: the members in their order. */
  readonly sets?: 'set' | 'array'
  /** Most levels of lists and maps; 64, at most 1,000. DynamoDB itself allows 32. */
  readonly maxDepth?: number
}

/**
 * Convert an image to plain values, losslessly: strings, booleans and null unchanged, numbers exact, binary as `Uint8Array`, lists as arrays,
 * maps as plain objects, sets as `Set`. An attribute called `__proto__` is an ordinary own property.
 *
 * Unlike `unmarshall` of the SDK it validates every value, decodes the base64 that Lambda delivers, and neither rounds a number nor fails on it.
 *
 * @param image - `NewImage`, `OldImage` or `Keys` of a stream record, or an item from the SDK. Never mutated.
 * @returns a new object with the image's own names. O(characters).
 * @throws MillraceError `ATTRIBUTE_INVALID` with the path to a malformed value: an unknown type, none or several,
 * `NULL` that is not true, a number that DynamoDB would not write, invalid base64. `LIMIT_EXCEEDED` if values nest more
 * than `maxDepth` deep. `OPTION_INVALID` for an unknown option. No message contains a value.
 * @example
 * const image = { id: { S: 'a-1' }, total: { N: '19.90' }, views: { N: '9007199254740993' }, seal: { B: 'AQI=' }, tags: { SS: ['new'] } }
 * deserializeImage(image) // => { id: 'a-1', total: 19.9, views: 9007199254740993n, seal: Uint8Array.of(1, 2), tags: new Set(['new']) }
 */
export function deserializeImage(image: Image, options?: DeserializeOptions): Item {
  return readMap(image, readingOf('deserializeImage', options), 0)
}

/**
 * Convert one attribute value to a plain value; see `deserializeImage`.
 *
 * @param value - an object with one key, the type of the value.
 * @returns the value. O(characters). @throws MillraceError as `deserializeImage`.
 * @example
 * deserializeValue({ L: [{ N: '1.50' }, { NULL: true }] }, { numbers: 'string' }) // => ['1.50', null]
 */
export function deserializeValue(value: AttributeValue, options?: DeserializeOptions): unknown {
  const reading = readingOf('deserializeValue', options)
  return readValue(value, { ...reading, maxSteps: reading.maxDepth }, 0)
}

/** The settings of the reader, from the options. A reading is used for one call at a time. */
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

/** Undefined for the default, which the reader implements. */
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
  if (!Number.isFinite(number)) throw fault("of type N is beyond a double's range: use numbers 'auto'", reading, depth)
  return number
}

function wholeNumber(text: string, reading: Reading, depth: number): bigint | undefined {
  const decimal = parseDecimalText(text)
  if (decimal === undefined) return undefined
  const integer = bigIntOf(decimal)
  if (integer === undefined) throw fault("of type N is not a whole number: use numbers 'auto'", reading, depth)
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

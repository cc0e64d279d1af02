import { MillraceError } from '../errors.ts'
import { base64Text } from '../internal/base64.ts'
import type { Kind } from '../internal/check-arguments.ts'
import { isKeyValueObject } from '../internal/key-value-object.ts'
import { attributeError, tooDeep } from './attribute-error.ts'
import type { SerializedImage, SerializedValue } from './attribute-value.ts'
import { checkMaxDepth, checkNames } from './check-call.ts'
import { customNumber } from './custom-number.ts'
import { canonicalNumber, isInDynamoDBRange } from './number-text.ts'
import { setOwn } from './own-property.ts'

export interface SerializeOptions {
  /** `'bytes'`, the default, as for the SDK; `'base64'` as in Lambda events. */
  readonly binary?: 'bytes' | 'base64'
  /** Most levels of lists and maps; 64, at most 1,000. DynamoDB itself allows 32. */
  readonly maxDepth?: number
}

type ToBase64 = SerializeOptions & { readonly binary: 'base64' }
type ToBytes = SerializeOptions & { readonly binary?: 'bytes' }

/** While it is written, binary is either. */
type Binary = string | Uint8Array
type AnyValue = SerializedValue<Binary>
type AnyImage = SerializedImage<Binary>

interface Writing {
  readonly writesBase64: boolean
  readonly maxDepth: number
  /** Steps at which no list or map is allowed any more. */
  readonly maxSteps: number
  readonly steps: (string | number)[]
}

/**
 * Convert plain values to an image: the inverse of `deserializeImage`, with the result of the SDK's `marshall` if that is exact.
 *
 * A string is S, so the text of a number (`numbers: 'string'`) is written as S: to write numbers of any length, read them with
 * `numbers: NumberValue.from` of `@aws-sdk/lib-dynamodb`, or another class with a method `toAttributeValue`.
 *
 * @param item - never mutated. Undefined properties are omitted.
 * @returns a new image. Sets of strings, numbers and bytes are SS, NS and BS. O(characters).
 * @throws MillraceError `ATTRIBUTE_INVALID` with the path to a value that DynamoDB cannot represent exactly: a number
 * that is an integer beyond 2^53 (use a bigint), NaN, a number that DynamoDB rejects (over 38 digits, or outside 1E-130
 * to 9.99E+125), a set that is empty, mixed or has members that DynamoDB treats as equal, undefined in a list, a Date
 * or another instance of a class. `LIMIT_EXCEEDED` if values nest more than `maxDepth` deep. `OPTION_INVALID`.
 * @example
 * serializeImage({ id: 'a', views: 9007199254740993n, tags: new Set(['new']) }) // => { id: { S: 'a' }, views: { N: '9007199254740993' }, tags: { SS: ['new'] } }
 */
export function serializeImage(item: Readonly<Record<string, unknown>>, options: ToBase64): SerializedImage<string>
export function serializeImage(item: Readonly<Record<string, unknown>>, options?: ToBytes): SerializedImage
export function serializeImage(item: Readonly<Record<string, unknown>>, options?: SerializeOptions): AnyImage {
  const writing = writingOf('serializeImage', options, 1)
  if (!isKeyValueObject(item)) throw fault('must be a plain object', writing)
  return writeMap(item, writing)
}

/**
 * Convert one plain value to an attribute value; see `serializeImage`.
 *
 * @throws MillraceError as `serializeImage`.
 * @example
 * serializeValue([1.5, null]) // => { L: [{ N: '1.5' }, { NULL: true }] }
 */
export function serializeValue(value: unknown, options: ToBase64): SerializedValue<string>
export function serializeValue(value: unknown, options?: ToBytes): SerializedValue
export function serializeValue(value: unknown, options?: SerializeOptions): AnyValue {
  return writeValue(value, writingOf('serializeValue', options, 0))
}

const OPTIONS = { binary: 'string', maxDepth: 'number' } as const satisfies Record<keyof SerializeOptions, Kind>

function writingOf(entry: string, options: SerializeOptions = {}, imageSteps: 0 | 1): Writing {
  checkNames(entry, options, OPTIONS)
  const { binary = 'bytes', maxDepth = 64 } = options
  if (binary !== 'bytes' && binary !== 'base64') {
    throw new MillraceError('OPTION_INVALID', `${entry}: binary is 'bytes' or 'base64'`)
  }
  checkMaxDepth(maxDepth)
  return { writesBase64: binary === 'base64', maxDepth, maxSteps: maxDepth + imageSteps, steps: [] }
}

function fault(rule: string, { steps }: Writing): Error {
  return attributeError(rule, steps.slice())
}

function writeValue(value: unknown, writing: Writing): AnyValue {
  switch (typeof value) {
    case 'string':
      return { S: value }
    case 'number':
    case 'bigint':
      return { N: numberText(value, writing) }
    case 'boolean':
      return { BOOL: value }
    case 'object':
      return value === null ? { NULL: true } : writeObject(value, writing)
    default:
      throw fault('is a value that DynamoDB cannot represent', writing)
  }
}

function writeObject(value: object, writing: Writing): AnyValue {
  if (value instanceof Uint8Array) return { B: binaryOf(value, writing) }
  if (value instanceof Set) return writeSet([...value], writing)
  if (Array.isArray(value)) return { L: nested(writing, () => writeList(value, writing)) }
  if (isKeyValueObject(value)) return { M: nested(writing, () => writeMap(value, writing)) }
  const text = customNumber(value)
  if (text === undefined) throw fault('is an instance of a class: pass its data', writing)
  return { N: inRange(text, writing) }
}

function nested<T>(writing: Writing, write: () => T): T {
  const { steps, maxDepth, maxSteps } = writing
  if (steps.length >= maxSteps) throw tooDeep(maxDepth, steps.slice())
  return write()
}

function writeList(list: readonly unknown[], writing: Writing): AnyValue[] {
  return Array.from(list, (value, index) => {
    writing.steps.push(index)
    const written = writeValue(value, writing)
    writing.steps.pop()
    return written
  })
}

function writeMap(map: Readonly<Record<string, unknown>>, writing: Writing): AnyImage {
  const image: AnyImage = {}
  for (const name of Object.keys(map)) {
    const value = map[name]
    if (value === undefined) continue
    writing.steps.push(name)
    setOwn(image, name, writeValue(value, writing))
    writing.steps.pop()
  }
  return image
}

function writeSet(members: readonly unknown[], writing: Writing): AnyValue {
  if (members.length === 0) throw fault('is an empty set, which DynamoDB rejects', writing)
  if (members.every((member) => typeof member === 'string')) return { SS: [...members] }
  if (members.every((member) => member instanceof Uint8Array)) {
    checkDistinct(members, members.map(base64Text), writing)
    return { BS: members.map((member) => binaryOf(member, writing)) }
  }
  const texts = members.map((member) => memberNumber(member, writing))
  checkDistinct(members, texts.map(canonicalNumber), writing)
  return { NS: texts }
}

/** In a `Set`, 1 and 1n, and equal bytes, are different members; DynamoDB treats them as equal, and rejects the set. */
function checkDistinct(members: readonly unknown[], contents: readonly unknown[], writing: Writing): void {
  if (new Set(contents).size < members.length)
    throw fault('is a set with equal members, which DynamoDB rejects', writing)
}

function memberNumber(member: unknown, writing: Writing): string {
  if (typeof member === 'number' || typeof member === 'bigint') return numberText(member, writing)
  const text = typeof member === 'object' && member !== null ? customNumber(member) : undefined
  if (text === undefined) throw fault('is a set, but not of only strings, only numbers or only bytes', writing)
  return inRange(text, writing)
}

function binaryOf(bytes: Uint8Array, { writesBase64 }: Writing): Binary {
  return writesBase64 ? base64Text(bytes) : bytes
}

function numberText(value: number | bigint, writing: Writing): string {
  if (typeof value === 'bigint') return inRange(value.toString(), writing)
  if (!Number.isFinite(value)) throw fault('is a number that DynamoDB cannot represent', writing)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw fault('is an integer beyond 2^53, which may be rounded: pass a bigint', writing)
  }
  // Larger ones are integers, which were rejected above.
  if (value !== 0 && value < MIN_MAGNITUDE && value > -MIN_MAGNITUDE) throw outOfRange(writing)
  return String(value)
}

const MIN_MAGNITUDE = 1e-130

function inRange(text: string, writing: Writing): string {
  if (!isInDynamoDBRange(text)) throw outOfRange(writing)
  return text
}

function outOfRange(writing: Writing): Error {
  return fault('is a number that DynamoDB rejects: over 38 digits, or outside 1E-130 to 9.99E+125', writing)
}

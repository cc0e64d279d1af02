import { types } from 'node:util'
import { MillraceError } from '../errors.ts'
import { base64Text } from '../internal/base64.ts'
import { isLiteralObject } from './literal-object.ts'
import type { Outcome } from './store.ts'

/** Levels of nesting up to which a result is kept: JSON parses them without exhausting the stack. */
const MAX_DEPTH = 500

/** Names that JSON text cannot preserve: our own markers, the prototype's, and those that need an escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are among the names that need an escape
const SPECIAL_NAME = /^\$|^__proto__$|["\\\u0000-\u001f]|\p{Surrogate}/u

const TYPED_ARRAYS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
}

type Json = Readonly<Record<string, unknown>>

/**
 * Encode the result of a function as text that decodes to an equal value, or return the reason why it cannot be kept.
 *
 * JSON, in which values that JSON cannot represent are objects with one marked name: `{"$date":0}`, `{"$bigint":"7"}`,
 * `{"$set":[1]}`. Supports undefined, -0, NaN, infinities, bigints, dates, bytes and other typed arrays, sets, maps,
 * holes of arrays, objects without prototype. Functions, symbols, cycles and instances of classes cannot be restored,
 * and are not kept.
 *
 * @returns the text or the reason. O(size). Plain JSON is neither copied nor marked.
 */
export function encodeResult(result: unknown): Outcome {
  try {
    return { kind: 'result', text: JSON.stringify(toJson(result, 0, new Set())) }
  } catch {
    return { kind: 'none', reason: 'not-serialisable' }
  }
}

/**
 * Decode the result in a text of {@link encodeResult}.
 *
 * @throws MillraceError `IDEMPOTENCY_RESULT_UNAVAILABLE` for any other text.
 */
export function decodeResult(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text)
    return text.includes('"$') ? fromJson(parsed) : parsed
  } catch (cause) {
    throw new MillraceError(
      'IDEMPOTENCY_RESULT_UNAVAILABLE',
      'the call is already completed, but its stored result cannot be read',
      { cause },
    )
  }
}

/** The value itself if JSON represents it exactly, otherwise its marked form. */
function toJson(value: unknown, depth: number, open: Set<object>): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? '-0' : `${value}` }
    case 'bigint':
      return { $bigint: `${value}` }
    case 'undefined':
      return { $undefined: true }
    case 'object':
      return value === null ? null : objectToJson(value, depth, open)
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`)
  }
}

function objectToJson(object: object, depth: number, open: Set<object>): unknown {
  if (depth === MAX_DEPTH || open.has(object)) throw new TypeError('too deep, or a cycle')
  open.add(object)
  const encoded = contentToJson(object, (value) => toJson(value, depth + 1, open))
  open.delete(object)
  return encoded
}

function contentToJson(object: object, each: (value: unknown) => unknown): unknown {
  if (Array.isArray(object)) return arrayToJson(object, each)
  if (types.isDate(object)) return { $date: hasOnly(object, 'Date') && object.getTime() }
  if (types.isMap(object)) return hasOnly(object, 'Map') && { $map: [...object].map((entry) => entry.map(each)) }
  if (types.isSet(object)) return hasOnly(object, 'Set') && { $set: [...object].map(each) }
  if (ArrayBuffer.isView(object)) return { [`$${bytesKind(object)}`]: base64Text(object) }
  if (types.isArrayBuffer(object)) return { $ArrayBuffer: Buffer.from(object).toString('base64') }
  if (!isLiteralObject(object) || Object.getOwnPropertySymbols(object).length > 0)
    throw new TypeError('not a plain object')
  return plainToJson(object, each)
}

function arrayToJson(array: readonly unknown[], each: (value: unknown) => unknown): unknown {
  if (!isLiteralObject(Object.getPrototypeOf(array)) || Object.getOwnPropertySymbols(array).length > 0)
    throw new TypeError('an instance of a subclass')
  const names = Object.keys(array)
  if (names.length !== array.length) return { $sparse: array.length, entries: indexedEntries(array, names, each) }
  if (names.length > 0 && names.at(-1) !== `${array.length - 1}`) throw new TypeError('an array with names')
  let copy: unknown[] | undefined
  for (let index = 0; index < array.length; index++) {
    const encoded = each(array[index])
    if (encoded !== array[index]) copy ??= array.slice()
    if (copy !== undefined) copy[index] = encoded
  }
  return copy ?? array
}

function indexedEntries(array: readonly unknown[], names: readonly string[], each: (value: unknown) => unknown) {
  return names.map((name) => {
    const index = Number(name)
    if (!Number.isInteger(index) || index >= array.length) throw new TypeError('an array with names')
    return [index, each(array[index])]
  })
}

function plainToJson(object: Json, each: (value: unknown) => unknown): unknown {
  const names = Object.keys(object)
  const isBare = Object.getPrototypeOf(object) === null
  if (isBare || 'toJSON' in object || names.some((name) => SPECIAL_NAME.test(name))) {
    const entries = names.map((name) => [name, each(object[name])])
    return isBare ? { $bare: entries } : { $object: entries }
  }
  let copy: Record<string, unknown> | undefined
  for (const name of names) {
    const encoded = each(object[name])
    if (encoded !== object[name]) copy ??= { ...object }
    if (copy !== undefined) copy[name] = encoded
  }
  return copy ?? object
}

/** Check that an object is an instance of the class itself, without own properties: otherwise it could not be restored exactly. */
function hasOnly(object: object, name: string): true {
  const prototype: object = Object.getPrototypeOf(object)
  if (prototype.constructor?.name === name && isLiteralObject(prototype) && Reflect.ownKeys(object).length === 0)
    return true
  throw new TypeError('an instance of a subclass, or with properties')
}

function bytesKind(view: ArrayBufferView): string {
  if (Buffer.isBuffer(view)) return 'Buffer'
  const { name } = view.constructor
  if (name in TYPED_ARRAYS || name === 'DataView') return name
  throw new TypeError('a view of an unknown kind')
}

/** Convert marked objects back to their values, in place: nothing else refers to them. */
function fromJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) value[index] = fromJson(item)
    return value
  }
  const object = value as Record<string, unknown>
  const [name = ''] = Object.keys(object)
  if (name.startsWith('$')) return marked(name, object[name], object)
  for (const key of Object.keys(object)) object[key] = fromJson(object[key])
  return object
}

function marked(name: string, content: unknown, object: Json): unknown {
  switch (name) {
    case '$undefined':
      return undefined
    case '$number':
      return Number(content)
    case '$bigint':
      return BigInt(content as string)
    case '$date':
      return new Date((content as number | null) ?? Number.NaN)
    case '$set':
      return new Set(fromJson(content) as unknown[])
    case '$map':
      return new Map(fromJson(content) as [unknown, unknown][])
    case '$object':
      return ofEntries({}, content)
    case '$bare':
      return ofEntries(Object.create(null), content)
    case '$sparse':
      return ofEntries(new Array(content as number), object['entries'])
    default:
      return bytesOf(name.slice(1), Buffer.from(content as string, 'base64'))
  }
}

function ofEntries(target: object, entries: unknown): object {
  for (const [name, value] of entries as [PropertyKey, unknown][])
    Object.defineProperty(target, name, {
      value: fromJson(value),
      writable: true,
      enumerable: true,
      configurable: true,
    })
  return target
}

function bytesOf(kind: string, bytes: Buffer): unknown {
  if (kind === 'Buffer') return bytes
  const own = new Uint8Array(bytes).buffer
  if (kind === 'ArrayBuffer') return own
  if (kind === 'DataView') return new DataView(own)
  if (!Object.hasOwn(TYPED_ARRAYS, kind)) throw new TypeError(`unknown marker $${kind}`)
  return new TYPED_ARRAYS[kind as keyof typeof TYPED_ARRAYS](own)
}

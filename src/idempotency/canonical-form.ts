import { types } from 'node:util'
import { MillraceError } from '../errors.ts'
import { nodeCrypto } from '../internal/node-modules.ts'
import { type ByteWriter, byteWriter } from './byte-writer.ts'
import { isLiteralObject } from './literal-object.ts'

/** Encoded bytes beyond which a value is rejected: objects with shared parts can grow exponentially when written out. */
const MAX_BYTES = 256 * 1024 * 1024

const TAG = {
  undefined: 0x75,
  null: 0x6e,
  true: 0x74,
  false: 0x66,
  number: 0x64,
  nan: 0x4e,
  bigint: 0x69,
  text: 0x73,
  illFormedText: 0x77,
  date: 0x44,
  bytes: 0x62,
  view: 0x76,
  array: 0x61,
  sparseArray: 0x41,
  object: 0x6f,
  map: 0x6d,
  set: 0x53,
} as const

/** A container being written: its members in the order of the visit. */
interface Frame {
  readonly container: object
  /** The members to write, or their names, in order. */
  readonly members: readonly unknown[]
  readonly isNamed: boolean
  /** Members per entry of a set or map; 0 if the order of the members counts. */
  readonly entrySize: number
  /** The start of each entry in the bytes, so that they can be sorted. */
  readonly entryStarts: number[]
  next: number
}

interface Encoder {
  readonly out: ByteWriter
  /** The path from the value down to the container being written. */
  readonly stack: Frame[]
}

/**
 * Encode a value canonically: equal values have equal bytes, and values of different content or type have different ones.
 *
 * Every piece begins with a tag and its length, so that no two encodings are ambiguous. Numbers are their 64 bits (so
 * -0 is not 0), NaN is one value; text is UTF-8, or UTF-16 if it has a lone surrogate; the names of an object are in
 * order of their code units; the entries of a set or map are sorted by their bytes and written as their SHA-256. It
 * uses an explicit stack, so that no depth of nesting overflows Node's.
 *
 * @throws MillraceError `IDEMPOTENCY_KEY_INVALID` for functions, symbols, cycles, instances of classes (their hidden state cannot be read) and
 * more than 256 MiB.
 */
export function canonicalBytes(value: unknown): Uint8Array {
  const encoder: Encoder = { out: byteWriter(MAX_BYTES, typeof value === 'object' ? 512 : 64), stack: [] }
  const { out, stack } = encoder
  const cycles = cycleGuard(stack)
  writeValue(encoder, value)
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.next === 0) cycles.enter(frame.container)
    if (frame.next === frame.members.length) {
      if (frame.entrySize > 0) sortEntries(out, frame.entryStarts)
      cycles.leave(frame.container)
      stack.pop()
    } else {
      if (frame.entrySize > 0 && frame.next % frame.entrySize === 0) frame.entryStarts.push(out.length())
      writeMember(encoder, frame, frame.members[frame.next++])
    }
  }
  return out.bytes()
}

function writeMember(encoder: Encoder, { isNamed, container }: Frame, member: unknown): void {
  if (isNamed) writeText(encoder.out, member as string)
  writeValue(encoder, isNamed ? (container as Readonly<Record<string, unknown>>)[member as string] : member)
}

/** The depth up to which the path to a value is searched linearly; beyond, a set is used. */
const SHALLOW = 32

/** Detects containers that contain themselves. */
function cycleGuard(stack: readonly Frame[]) {
  let open: Set<object> | undefined
  return {
    enter(container: object): void {
      const depth = stack.length - 1
      if (depth >= SHALLOW) open ??= new Set(stack.slice(0, depth).map((frame) => frame.container))
      for (let at = 0; open === undefined && at < depth; at++) if (stack[at]?.container === container) throw cycle()
      if (open?.has(container)) throw cycle()
      open?.add(container)
    },
    leave(container: object): void {
      open?.delete(container)
    },
  }
}

function cycle(): MillraceError {
  return invalid('a value that contains itself')
}

function writeValue(encoder: Encoder, value: unknown): void {
  const { out } = encoder
  switch (typeof value) {
    case 'string':
      writeText(out, value)
      break
    case 'number':
      writeNumber(out, value)
      break
    case 'bigint':
      out.text(TAG.bigint, value.toString(16))
      break
    case 'boolean':
      out.tag(value ? TAG.true : TAG.false)
      break
    case 'undefined':
      out.tag(TAG.undefined)
      break
    case 'object':
      if (value === null) out.tag(TAG.null)
      else writeObject(encoder, value)
      break
    default:
      throw invalid(`a ${typeof value}`)
  }
}

function writeObject(encoder: Encoder, object: object): void {
  const { out } = encoder
  if (Array.isArray(object)) enterArray(encoder, object)
  else if (isLiteralObject(object)) {
    if (Object.getOwnPropertySymbols(object).length > 0) throw invalid('a property named by a symbol')
    enterNamed(encoder, TAG.object, object, Object.keys(object).sort())
  } else if (types.isDate(object)) {
    out.tag(TAG.date)
    writeNumber(out, Date.prototype.getTime.call(object))
  } else if (types.isUint8Array(object)) out.bytesOf(TAG.bytes, object)
  else if (types.isSet(object)) enterEntries(encoder, TAG.set, object, [...object], 1)
  else if (types.isMap(object)) enterEntries(encoder, TAG.map, object, [...object].flat(1), 2)
  else if (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object)) writeView(out, object)
  else throw invalid('an instance of a class: pass its data')
}

function enterArray(encoder: Encoder, array: readonly unknown[]): void {
  const names = Object.keys(array)
  // The names of an array are its indexes in order, then others: the last one shows whether it has holes or other names.
  if (names.length === array.length && (names.length === 0 || names.at(-1) === String(array.length - 1)))
    enter(encoder, TAG.array, array, array, false, 0)
  else enterNamed(encoder, TAG.sparseArray, array, names.sort())
  encoder.out.uint32(array.length)
}

function enterNamed(encoder: Encoder, tag: number, object: object, names: readonly string[]): void {
  enter(encoder, tag, object, names, true, 0)
  encoder.out.uint32(names.length)
}

function enterEntries(encoder: Encoder, tag: number, object: object, members: readonly unknown[], size: number): void {
  enter(encoder, tag, object, members, false, size)
  encoder.out.uint32(members.length / size)
}

function enter(
  { out, stack }: Encoder,
  tag: number,
  container: object,
  members: readonly unknown[],
  isNamed: boolean,
  entrySize: number,
): void {
  out.tag(tag)
  stack.push({ container, members, isNamed, entrySize, entryStarts: entrySize === 0 ? NO_STARTS : [], next: 0 })
}

const NO_STARTS: number[] = []

/** Sort the entries of a set or map, at the end of the bytes, by their bytes, and replace them by their SHA-256. */
function sortEntries(out: ByteWriter, starts: readonly number[]): void {
  const entries = starts.map((start, index) => out.slice(start, starts[index + 1] ?? out.length()))
  out.replaceFrom(
    starts[0] ?? out.length(),
    nodeCrypto().hash('sha256', Buffer.concat(entries.sort(Buffer.compare)), 'buffer'),
  )
}

function writeNumber(out: ByteWriter, value: number): void {
  if (Number.isNaN(value)) {
    out.tag(TAG.nan)
  } else {
    out.tag(TAG.number)
    out.float64(value)
  }
}

function writeText(out: ByteWriter, text: string): void {
  if (out.shortAscii(TAG.text, text)) return
  if (isWellFormed(text)) out.text(TAG.text, text)
  else out.bytesOf(TAG.illFormedText, Buffer.from(text, 'utf16le'))
}

function writeView(out: ByteWriter, value: ArrayBufferView | ArrayBufferLike): void {
  out.text(TAG.view, kindOf(value))
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value)
  out.bytesOf(TAG.bytes, bytes)
}

/** `Float64Array`, `DataView`, `ArrayBuffer`: detected by the engine's internal slot, which no value can forge. */
function kindOf(value: object): string {
  if (types.isDataView(value)) return 'DataView'
  if (types.isArrayBuffer(value)) return 'ArrayBuffer'
  if (types.isSharedArrayBuffer(value)) return 'SharedArrayBuffer'
  const mark = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
  return String(mark?.get?.call(value))
}

function isWellFormed(text: string): boolean {
  // In Node from 20, but not in the lib of ES2023.
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}

function invalid(what: string): MillraceError {
  return new MillraceError(
    'IDEMPOTENCY_KEY_INVALID',
    `the key or fingerprint contains ${what}; it may contain text, numbers, bigints, booleans, null, undefined, dates, bytes, arrays, sets, maps and plain objects`,
  )
}

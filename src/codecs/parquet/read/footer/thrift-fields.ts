import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js'
import { invalid } from '../invalid.ts'
import { checkThriftStruct, TRUNCATED } from './thrift-guard.ts'

/** A decoded Thrift struct, its fields by number. */
export type ThriftStruct = { readonly [field: `field_${number}`]: unknown }

/** Decode the struct that starts at `start`, after the guard has walked it. Undefined if the bytes end inside it. */
export function readThriftStruct(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly struct: ThriftStruct; readonly end: number } | undefined {
  const structEnd = checkThriftStruct(bytes, start, end)
  if (structEnd === TRUNCATED) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, structEnd)
  return { struct: deserializeTCompactProtocol({ view, offset: start }), end: structEnd }
}

/** The value of a field, undefined if absent. */
export function fieldAt(struct: ThriftStruct, field: number): unknown {
  return struct[`field_${field}`]
}

export function optionalInt(struct: ThriftStruct, field: number, name: string): number | undefined {
  const value = fieldAt(struct, field)
  if (value === undefined) return undefined
  const number = typeof value === 'bigint' ? Number(value) : value
  if (!Number.isSafeInteger(number)) throw invalid(`${name} is not an integer in range`)
  return number as number
}

export function requiredInt(struct: ThriftStruct, field: number, name: string): number {
  const value = optionalInt(struct, field, name)
  if (value === undefined) throw invalid(`${name} is missing`)
  return value
}

/** A count, size or offset: never negative. */
export function requiredSize(struct: ThriftStruct, field: number, name: string): number {
  const value = requiredInt(struct, field, name)
  if (value < 0) throw invalid(`${name} is negative`)
  return value
}

export function optionalBytes(struct: ThriftStruct, field: number, name: string): Uint8Array | undefined {
  const value = fieldAt(struct, field)
  if (value !== undefined && !(value instanceof Uint8Array)) throw invalid(`${name} is not a byte string`)
  return value
}

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function optionalText(struct: ThriftStruct, field: number, name: string): string | undefined {
  const bytes = optionalBytes(struct, field, name)
  if (bytes === undefined) return undefined
  try {
    return text.decode(bytes)
  } catch {
    throw invalid(`${name} is not valid UTF-8`)
  }
}

export function optionalStruct(struct: ThriftStruct, field: number, name: string): ThriftStruct | undefined {
  const value = fieldAt(struct, field)
  if (value !== undefined && !isStruct(value)) throw invalid(`${name} is not a struct`)
  return value
}

export function optionalStructs(
  struct: ThriftStruct,
  field: number,
  name: string,
): readonly ThriftStruct[] | undefined {
  const value = fieldAt(struct, field)
  if (value === undefined) return undefined
  if (!Array.isArray(value) || !value.every(isStruct)) throw invalid(`${name} is not a list of structs`)
  return value
}

export function requiredStructs(struct: ThriftStruct, field: number, name: string): readonly ThriftStruct[] {
  const value = optionalStructs(struct, field, name)
  if (value === undefined) throw invalid(`${name} is missing`)
  return value
}

export function isTrue(struct: ThriftStruct, field: number): boolean {
  return fieldAt(struct, field) === true
}

export function isStruct(value: unknown): value is ThriftStruct {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

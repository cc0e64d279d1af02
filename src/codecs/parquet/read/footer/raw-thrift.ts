import { invalid } from '../invalid.ts'
import { checkThriftStruct, skipValue, TRUNCATED } from './thrift-guard.ts'

/** Types of Thrift's compact protocol, by their numbers in field and list headers. */
export const THRIFT = { I16: 4, I32: 5, I64: 6, BINARY: 8, LIST: 9, STRUCT: 12 } as const

/** A field whose value is kept as bytes; a boolean, whose value is its type, has none. */
export interface RawField {
  readonly id: number
  readonly type: number
  readonly value: Uint8Array
}

/** A struct by its fields, so that unknown ones are written back unchanged. */
export type RawStruct = ReadonlyMap<number, RawField>

/**
 * Split a struct into its fields without reading their values.
 *
 * @throws MillraceError `PARQUET_INVALID` if the bytes are not one complete struct, or it has a field twice.
 */
export function rawStruct(bytes: Uint8Array): RawStruct {
  if (checkThriftStruct(bytes, 0, bytes.length) !== bytes.length) {
    throw invalid('a struct of the metadata has the wrong length')
  }
  const fields = new Map<number, RawField>()
  let id = 0
  for (let at = 0; ; ) {
    const header = bytes[at++] ?? 0
    const type = header & 0x0f
    if (type === 0) return fields
    if (header >> 4 === 0) {
      id = Number(BigInt.asIntN(16, zigzag(bytes, at)))
      at = endOf(bytes, at, THRIFT.I16)
    } else id += header >> 4
    const end = endOf(bytes, at, type)
    if (fields.has(id)) throw invalid(`the metadata has field ${id} of a struct twice`)
    fields.set(id, { id, type, value: bytes.subarray(at, end) })
    at = end
  }
}

export interface RawList {
  readonly type: number
  readonly items: readonly Uint8Array[]
}

/** The items of a list field; undefined if the field is absent or has another type. */
export function rawList(field: RawField | undefined): RawList | undefined {
  if (field?.type !== THRIFT.LIST) return undefined
  const { value } = field
  const header = value[0] ?? 0
  const type = header & 0x0f
  const isLong = header >> 4 === 15
  const size = isLong ? Number(varint(value, 1)) : header >> 4
  let at = isLong ? endOf(value, 1, THRIFT.I32) : 1
  const items: Uint8Array[] = []
  // Booleans take one byte each in a list, but none as fields.
  const itemType = type === 1 || type === 2 ? 3 : type
  for (let i = 0; i < size; i++) {
    const end = endOf(value, at, itemType)
    items.push(value.subarray(at, end))
    at = end
  }
  return { type, items }
}

/** Structs of a list field, split into fields; undefined if it is not a list of structs. */
export function rawStructs(field: RawField | undefined): readonly RawStruct[] | undefined {
  const list = rawList(field)
  return list === undefined || (list.type !== THRIFT.STRUCT && list.items.length > 0)
    ? undefined
    : list.items.map(rawStruct)
}

/** An integer field of any width; undefined if the field is absent or has another type. */
export function rawInt(field: RawField | undefined): number | undefined {
  if (field === undefined || field.type < THRIFT.I16 || field.type > THRIFT.I64) return undefined
  return Number(zigzag(field.value, 0))
}

/** End of a value that the guard has already walked. */
function endOf(bytes: Uint8Array, at: number, type: number): number {
  const end = skipValue(bytes, at, bytes.length, type, 0)
  if (end === TRUNCATED) throw invalid('the metadata ends in the middle of a value')
  return end
}

function varint(bytes: Uint8Array, at: number): bigint {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[at++] ?? 0
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return value
  }
}

function zigzag(bytes: Uint8Array, at: number): bigint {
  const value = varint(bytes, at)
  return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
}

import { invalid } from '../invalid.ts'

/** Result if the bytes end within a struct: the caller may have more of them. */
export const TRUNCATED = -1

const MAX_DEPTH = 16
const MAX_VARINT_BYTES = 10

/**
 * Walk a struct of Thrift's compact protocol without decoding it, and reject bytes that are not a struct in `[start, end)`.
 *
 * hyparquet's decoder trusts its input: a list that claims 2^31 elements is allocated, a varint of a million bytes is summed
 * up as a bigint. After this walk every list has at least one byte per element, every varint at most ten bytes, and nesting is shallow.
 *
 * @returns the end of the struct, or {@link TRUNCATED}.
 */
export function checkThriftStruct(bytes: Uint8Array, start: number, end: number): number {
  return skipStruct(bytes, start, end, 0)
}

function skipStruct(bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (depth > MAX_DEPTH) throw invalid('the metadata is nested too deeply')
  while (at < end) {
    const header = bytes[at++] ?? 0
    const type = header & 0x0f
    if (type === 0) return at
    if (header >> 4 === 0) at = skipVarint(bytes, at, end)
    if (at === TRUNCATED) return TRUNCATED
    at = skipValue(bytes, at, end, type, depth)
    if (at === TRUNCATED) return TRUNCATED
  }
  return TRUNCATED
}

/** End of a value of a Thrift type, by the same rules; `depth` is the nesting of the struct or list around it. */
export function skipValue(bytes: Uint8Array, at: number, end: number, type: number, depth: number): number {
  switch (type) {
    case 1: // true
    case 2: // false
      return at
    case 3: // byte
      return fixed(at + 1, end)
    case 4: // i16
    case 5: // i32
    case 6: // i64
      return skipVarint(bytes, at, end)
    case 7: // double
      return fixed(at + 8, end)
    case 8: {
      const length = readLength(bytes, at, end)
      return length === TRUNCATED ? TRUNCATED : fixed(skipVarint(bytes, at, end) + length, end)
    }
    case 9: // list
      return skipList(bytes, at, end, depth)
    case 12:
      return skipStruct(bytes, at, end, depth + 1)
    default:
      throw invalid('the metadata has a field of unknown type')
  }
}

function skipList(bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end) return TRUNCATED
  const header = bytes[at++] ?? 0
  const type = header & 0x0f
  let size = header >> 4
  if (size === 15) {
    size = readLength(bytes, at, end)
    if (size === TRUNCATED) return TRUNCATED
    at = skipVarint(bytes, at, end)
  }
  if (size > end - at) return TRUNCATED
  const boolean = type === 1 || type === 2
  for (let i = 0; i < size; i++) {
    at = boolean ? fixed(at + 1, end) : skipValue(bytes, at, end, type, depth + 1)
    if (at === TRUNCATED) return TRUNCATED
  }
  return at
}

function fixed(at: number, end: number): number {
  return at > end ? TRUNCATED : at
}

function skipVarint(bytes: Uint8Array, at: number, end: number): number {
  const last = at + MAX_VARINT_BYTES
  while (at < end) {
    if (at >= last) throw invalid('the metadata has a number of more than 64 bits')
    if ((bytes[at++] ?? 0) < 0x80) return at
  }
  return TRUNCATED
}

/** A length or size, which is never above 31 bits. */
function readLength(bytes: Uint8Array, at: number, end: number): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    if (at >= end) return TRUNCATED
    const byte = bytes[at++] ?? 0
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) {
      if (value > 0x7fffffff) break
      return value
    }
  }
  throw invalid('the metadata has a length of more than 31 bits')
}

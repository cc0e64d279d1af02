import { SEEN, seenInNumber, seenInTime } from '../../../text/inferred-type.ts'

/**
 * Flags of JSON besides those of {@link SEEN}: the kinds of value that a column holds. Null and a missing key set none.
 * A number that neither 64 bits nor a double can hold has the flag `text`.
 */
export const KIND = { bool: SEEN.bool, number: 1 << 16, string: 1 << 17, object: 1 << 18, array: 1 << 19 } as const

const KINDS = KIND.bool | KIND.number | KIND.string | KIND.object | KIND.array

/** The single kind of all values seen, 0 if none was seen, undefined if they are mixed. */
export function kindOf(seen: number): number | undefined {
  const kinds = seen & KINDS
  return (kinds & (kinds - 1)) === 0 ? kinds : undefined
}

/** The shape at one position in the rows: a column, a field of nested objects, or the items of arrays. */
export interface Shape {
  seen: number
  /** The key as the file spells it between its quotes, and the closing quote; empty for items. */
  readonly key: Uint8Array
  /** Fields by name, in the order in which they were first seen. */
  fields: Map<string, Shape> | undefined
  item: Shape | undefined
  /** The field that followed this one in the last object; of an object, its first field. */
  next: Shape | undefined
  first: Shape | undefined
  /** Number of the object in which the key was last seen, to detect repeated keys. */
  stamp: number
  /** True for a column whose type is pinned: its values are checked, but not used for inference. */
  readonly isPinned: boolean
}

export function newShape(key: Uint8Array, isPinned = false): Shape {
  return { seen: 0, key, fields: undefined, item: undefined, next: undefined, first: undefined, stamp: 0, isPinned }
}

/** The flag of a number, `bytes[start, end)` of valid JSON. */
export function seenNumber(bytes: Uint8Array, start: number, end: number, scratch: Int32Array): number {
  return KIND.number | (seenInNumber(bytes, start, end, scratch) || SEEN.text)
}

/** The flag of a string whose text is `bytes[start, end)`. */
export function seenString(bytes: Uint8Array, start: number, end: number, scratch: Int32Array): number {
  const first = bytes[start] as number
  const mayBeTime = end - start >= 10 && ((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d)
  return KIND.string | ((mayBeTime && seenInTime(bytes, start, end, scratch)) || SEEN.text)
}

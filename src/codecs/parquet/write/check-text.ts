import { isAscii, isUtf8 } from 'node:buffer'
import type { Leaf } from './file-schema.ts'
import { isText } from './leaf-type.ts'
import type { LeafValues } from './leaf-values.ts'

/**
 * Refuse text that is not valid UTF-8: natively over all bytes at once, value by value only where that is not enough. `onInvalid` is
 * called with the number of values before the first bad one.
 */
export function checkText(leaf: Leaf, values: LeafValues, onInvalid: (value: number) => never): void {
  if (!isText(leaf.schema)) return
  const bytes = values.bytes.subarray(0, values.bytesUsed)
  if (isAscii(bytes)) return
  const bad = isUtf8(bytes) ? splitCharacter(values) : invalidValue(values)
  if (bad !== undefined) onInvalid(bad)
}

/** The first value that begins or ends inside of a character, where all bytes together are valid. */
function splitCharacter({ bytes, starts, ends, count }: LeafValues): number | undefined {
  for (let i = 0; i < count; i++) {
    const start = starts[i] as number
    const end = ends[i] as number
    if (end > start && (isContinuation(bytes[start]) || isContinuation(bytes[end]))) {
      if (!isUtf8(bytes.subarray(start, end))) return i
    }
  }
  return undefined
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

/** Bytes of nulls and unused dictionary entries do not count. */
function invalidValue({ bytes, starts, ends, count }: LeafValues): number | undefined {
  for (let i = 0; i < count; i++) if (!isUtf8(bytes.subarray(starts[i], ends[i]))) return i
  return undefined
}

import { isAscii, isUtf8 } from 'node:buffer'
import type { WriteLeaf } from './file-schema.ts'
import { isText } from './leaf-type.ts'
import { bytesAt, endOf, type LeafValues, startOf } from './leaf-values.ts'

/**
 * Reject text that is not valid UTF-8: with one native check of all bytes, and value by value only if that is not enough. `onInvalid` is
 * called with the number of values before the first invalid one.
 */
export function checkText(leaf: WriteLeaf, values: LeafValues, onInvalid: (value: number) => never): void {
  if (!isText(leaf.schema)) return
  const { kernel, data, bytesUsed } = values
  const bytes = kernel.memory.bytes.subarray(data.start, data.start + bytesUsed)
  if (isAscii(bytes)) return
  const bad = isUtf8(bytes) ? splitCharacter(values, bytes) : invalidValue(values)
  if (bad !== undefined) onInvalid(bad)
}

/** The first value that begins or ends inside a character, if all bytes together are valid. */
function splitCharacter(values: LeafValues, bytes: Uint8Array): number | undefined {
  for (let i = 0; i < values.count; i++) {
    const start = startOf(values, i)
    const end = endOf(values, i)
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
function invalidValue(values: LeafValues): number | undefined {
  for (let i = 0; i < values.count; i++) if (!isUtf8(bytesAt(values, i))) return i
  return undefined
}

import { isAscii, isUtf8 } from 'node:buffer'
import { type ByteValues, usedBytes } from '../bytes/value-buffers.ts'

/**
 * The first value that is not valid UTF-8, or -1.
 *
 * Checks all bytes together: every value is valid exactly if the bytes are valid as a whole and no value begins inside a character.
 */
export function firstInvalidText(values: ByteValues): number {
  const bytes = values.bytes.subarray(0, usedBytes(values))
  if (isAscii(bytes)) return -1
  if (isUtf8(bytes) && !splitsCharacter(values, bytes)) return -1
  for (let i = 0; i < values.count; i++) {
    if (!isUtf8(bytes.subarray(values.offsets[i], values.offsets[i + 1]))) return i
  }
  return -1
}

function splitsCharacter({ offsets, count }: ByteValues, bytes: Uint8Array): boolean {
  for (let i = 1; i < count; i++) {
    // 10xxxxxx continues a character.
    if (((bytes[offsets[i] as number] ?? 0) & 0xc0) === 0x80) return true
  }
  return false
}

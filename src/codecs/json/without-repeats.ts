import type { Cursor } from './cursor.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
} from './grammar.ts'
import { keyText } from './string-text.ts'

/**
 * The JSON value at `at`, known to be valid, with each object's repeated keys left out: the last one wins, in the place of the first. Undefined
 * where no key is repeated.
 */
export function withoutRepeats(cursor: Cursor, at: number): Uint8Array | undefined {
  const copy: Copy = { parts: [], repeats: 0 }
  writeValue(cursor, at, copy)
  return copy.repeats === 0 ? undefined : Buffer.concat(copy.parts)
}

interface Copy {
  parts: Uint8Array[]
  repeats: number
}

const byte = (code: number): Uint8Array => Uint8Array.of(code)

/** Returns the offset after the value. */
function writeValue(cursor: Cursor, at: number, copy: Copy): number {
  const { bytes } = cursor
  if (bytes[at] === OPEN_BRACE) return writeObject(cursor, at, copy)
  if (bytes[at] === OPEN_BRACKET) return writeArray(cursor, at, copy)
  const end = skipValue(cursor, at, 0)
  copy.parts.push(bytes.subarray(at, end))
  return end
}

function writeObject(cursor: Cursor, at: number, copy: Copy): number {
  const { bytes } = cursor
  const outer = copy.parts
  const members = new Map<string, { key: Uint8Array; value: Uint8Array[] }>()
  at = skipSpace(cursor, at + 1)
  while (bytes[at] !== CLOSE_BRACE) {
    const keyEnd = skipString(cursor, at)
    const name = keyText(bytes, at + 1, keyEnd - 1)
    if (members.has(name)) copy.repeats++
    copy.parts = []
    members.set(name, { key: bytes.subarray(at, keyEnd), value: copy.parts })
    at = skipSpace(cursor, writeValue(cursor, skipColon(cursor, keyEnd), copy))
    if (bytes[at] === COMMA) at = skipSpace(cursor, at + 1)
  }
  copy.parts = outer
  let separator = OPEN_BRACE
  for (const { key, value } of members.values()) {
    outer.push(byte(separator), key, byte(COLON))
    for (const part of value) outer.push(part)
    separator = COMMA
  }
  if (separator === OPEN_BRACE) outer.push(byte(OPEN_BRACE))
  outer.push(byte(CLOSE_BRACE))
  return at + 1
}

function writeArray(cursor: Cursor, at: number, copy: Copy): number {
  const { bytes } = cursor
  copy.parts.push(byte(OPEN_BRACKET))
  at = skipSpace(cursor, at + 1)
  while (bytes[at] !== CLOSE_BRACKET) {
    at = skipSpace(cursor, writeValue(cursor, at, copy))
    if (bytes[at] === COMMA) {
      copy.parts.push(byte(COMMA))
      at = skipSpace(cursor, at + 1)
    }
  }
  copy.parts.push(byte(CLOSE_BRACKET))
  return at + 1
}

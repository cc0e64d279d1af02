import { type Cursor, fail, TOO_MANY_KEYS } from './cursor.ts'
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, skipValue } from './grammar.ts'
import { eachItem, eachMember } from './members.ts'
import { keyText } from './unescape.ts'

/** Limit of the different keys of one object that are compared: more would need far more memory than the row. */
const MAX_KEYS = 100_000

/** A copy of a row under construction: one buffer, since a row may have millions of values. */
interface Copy {
  readonly out: Uint8Array
  at: number
  repeats: number
}

/** The position of an object's member in the copy: its key from the preceding separator to the colon, then its value. */
interface Member {
  readonly keyStart: number
  readonly keyEnd: number
  valueStart: number
  valueEnd: number
}

/**
 * Copy the JSON value `bytes[at, end)`, known to be valid, without the repeated keys of its objects: the last one wins, in the place of the first.
 *
 * @returns a copy and the zero that a cursor's bytes end with; undefined if no key is repeated; -1, with the
 * cursor's fault set, if there are too many keys to compare.
 */
export function withoutRepeats(cursor: Cursor, at: number, end: number): Uint8Array | undefined | -1 {
  const copy: Copy = { out: new Uint8Array(end - at + 1), at: 0, repeats: 0 }
  if (copyValue(cursor, at, copy) < 0) return -1
  if (copy.repeats === 0) return undefined
  copyByte(0, copy)
  return copy.out.subarray(0, copy.at)
}

/** Copy a value. Like all functions here: returns the offset after the value, or -1. */
function copyValue(cursor: Cursor, at: number, copy: Copy): number {
  if (cursor.bytes[at] === OPEN_BRACE) return copyObject(cursor, at, copy)
  if (cursor.bytes[at] === OPEN_BRACKET) return copyArray(cursor, at, copy)
  const end = skipValue(cursor, at, 0)
  copyBytes(cursor, at, end, copy)
  return end
}

function copyObject(cursor: Cursor, at: number, copy: Copy): number {
  const { at: start, repeats } = copy
  const members = new Map<string, Member>()
  const end = eachMember(cursor, at, (keyFrom, keyTo, value) => {
    const name = keyText(cursor.bytes, keyFrom + 1, keyTo - 1)
    const keyStart = copy.at
    copyByte(members.size === 0 ? OPEN_BRACE : COMMA, copy)
    copyBytes(cursor, keyFrom, keyTo, copy)
    copyByte(COLON, copy)
    const valueStart = copy.at
    const valueEnd = copyValue(cursor, value, copy)
    const known = members.get(name)
    if (valueEnd < 0) return valueEnd
    if (known !== undefined) {
      copy.repeats++
      known.valueStart = valueStart
      known.valueEnd = copy.at
    } else if (members.size === MAX_KEYS) return fail(cursor, TOO_MANY_KEYS, valueEnd)
    else members.set(name, { keyStart, keyEnd: valueStart, valueStart, valueEnd: copy.at })
    return valueEnd
  })
  if (end < 0) return end
  if (members.size === 0) copyByte(OPEN_BRACE, copy)
  else if (copy.repeats > repeats) keepMembers(members.values(), start, copy)
  copyByte(CLOSE_BRACE, copy)
  return end
}

/** Reduce the object that begins at `start` to its members' keys and last values. */
function keepMembers(members: Iterable<Member>, start: number, copy: Copy): void {
  const { out } = copy
  const kept = new Uint8Array(copy.at - start)
  let length = 0
  for (const { keyStart, keyEnd, valueStart, valueEnd } of members) {
    kept.set(out.subarray(keyStart, keyEnd), length)
    length += keyEnd - keyStart
    kept.set(out.subarray(valueStart, valueEnd), length)
    length += valueEnd - valueStart
  }
  out.set(kept.subarray(0, length), start)
  copy.at = start + length
}

function copyArray(cursor: Cursor, at: number, copy: Copy): number {
  let separator = OPEN_BRACKET
  const end = eachItem(cursor, at, (start) => {
    copyByte(separator, copy)
    separator = COMMA
    return copyValue(cursor, start, copy)
  })
  if (end < 0) return end
  if (separator === OPEN_BRACKET) copyByte(OPEN_BRACKET, copy)
  copyByte(CLOSE_BRACKET, copy)
  return end
}

function copyByte(byte: number, copy: Copy): void {
  copy.out[copy.at++] = byte
}

function copyBytes({ bytes }: Cursor, start: number, end: number, copy: Copy): void {
  const { out } = copy
  let { at } = copy
  for (let place = start; place < end; place++) out[at++] = bytes[place] as number
  copy.at = at
}

import type { Cursor } from './cursor.ts'
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, skipColon, skipSpace, skipString } from './grammar.ts'

/**
 * Visit the members of the object at `at`, known to be valid.
 *
 * @param visit - called with the start and end of the key with its quotes, and the start of the value; returns the
 * offset after the value, or -1 to stop.
 * @returns the offset after the object, or -1.
 */
export function eachMember(
  cursor: Cursor,
  at: number,
  visit: (keyStart: number, keyEnd: number, valueStart: number) => number,
): number {
  return eachPart(cursor, at, CLOSE_BRACE, (keyStart) => {
    const keyEnd = skipString(cursor, keyStart)
    return visit(keyStart, keyEnd, skipColon(cursor, keyEnd))
  })
}

/** Visit the items of the array at `at`, known to be valid: see {@link eachMember}. */
export function eachItem(cursor: Cursor, at: number, visit: (start: number) => number): number {
  return eachPart(cursor, at, CLOSE_BRACKET, visit)
}

function eachPart(cursor: Cursor, at: number, close: number, visit: (start: number) => number): number {
  const { bytes } = cursor
  at = skipSpace(cursor, at + 1)
  while (bytes[at] !== close) {
    const end = visit(at)
    if (end < 0) return end
    at = skipSpace(cursor, end)
    if (bytes[at] === COMMA) at = skipSpace(cursor, at + 1)
  }
  return at + 1
}

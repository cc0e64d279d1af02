// White space, and the line breaks in it.

import { CR, LF, SPACE, TAB } from './bytes'

/** Line breaks so far. */
export let lines: i32 = 0

/** Whether rows stand in an array, where line breaks are white space, or one in a line. */
let isArray: bool = false

export function startLines(array: bool): void {
  isArray = array
  lines = 0
}

/** Go on after the line break at `at`. */
export function endLine(at: usize): usize {
  lines++
  return at + 1
}

export function skipBlankLines(at: usize): usize {
  while (true) {
    at = skipSpace(at)
    if (load<u8>(at) !== LF) return at
    lines++
    at++
  }
}

export function skipSpace(at: usize): usize {
  return load<u8>(at) > SPACE ? at : skipSpaces(at)
}

function skipSpaces(at: usize): usize {
  if (load<u8>(at) === SPACE && load<u8>(at, 1) > SPACE) return at + 1
  while (true) {
    const bytes = v128.load(at)
    const spaces = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>SPACE)), i8x16.eq(bytes, i8x16.splat(<i8>TAB)))
    const blanks = i8x16.bitmask(v128.or(spaces, i8x16.eq(bytes, i8x16.splat(<i8>CR))))
    const breaks = isArray ? i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>LF))) : 0
    const count = ctz(~(blanks | breaks))
    lines += popcnt(breaks & ((1 << count) - 1))
    at += <usize>count
    if (count < 16) return at
  }
}

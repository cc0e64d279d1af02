// White space, and the line breaks in it: `\n`, `\r\n`, or `\r` alone.

import { CR, LF, SPACE, TAB } from './bytes'

/** Line breaks so far. */
export let lines: i32 = 0

export function startLines(): void {
  lines = 0
}

/** The offset after the white space between two rows that follow each other without a comma. */
export function skipToRow(at: usize): usize {
  if (load<u8>(at) === LF && load<u8>(at, 1) > SPACE) {
    lines++
    return at + 1
  }
  return skipSpace(at)
}

export function skipSpace(at: usize): usize {
  return load<u8>(at) > SPACE ? at : skipSpaces(at)
}

function skipSpaces(at: usize): usize {
  if (load<u8>(at) === SPACE && load<u8>(at, 1) > SPACE) return at + 1
  while (true) {
    const bytes = v128.load(at)
    const feeds = i8x16.eq(bytes, i8x16.splat(<i8>LF))
    const returns = i8x16.eq(bytes, i8x16.splat(<i8>CR))
    const spaces = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>SPACE)), i8x16.eq(bytes, i8x16.splat(<i8>TAB)))
    const count = ctz(~i8x16.bitmask(v128.or(v128.or(feeds, returns), spaces)))
    const loneReturns = v128.andnot(returns, i8x16.eq(v128.load(at, 1), i8x16.splat(<i8>LF)))
    lines += popcnt(i8x16.bitmask(v128.or(feeds, loneReturns)) & ((1 << count) - 1))
    at += <usize>count
    if (count < 16) return at
  }
}

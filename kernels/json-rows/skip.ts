// Finds the ends of values.

import { NOWHERE } from '../shared/digits'
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, isEnd, OPEN_BRACE, OPEN_BRACKET, QUOTE, SPACE } from './bytes'
import { takeEscape } from './escapes'
import { skipSpace } from './space'

/** True if the last string held an escape. */
export let hadEscape: bool = false

/** Scratch memory for the text of escapes. */
const scratch: usize = memory.data(16)

/** The offset after a value, without further checks. */
export function skipValue(at: usize): usize {
  const byte: u32 = load<u8>(at)
  if (byte === QUOTE) return skipString(at + 1)
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipNested(at)
  const start = at
  while (!isEnd(load<u8>(at))) at++
  return at === start ? NOWHERE : at
}

/** The offset after the quote that ends a string; NOWHERE if it is invalid. */
export function skipString(at: usize): usize {
  hadEscape = false
  while (true) {
    const ends = endsOfRun(v128.load(at))
    if (ends === 0) {
      at += 16
      continue
    }
    at += <usize>ctz(ends)
    const byte: u32 = load<u8>(at)
    if (byte === QUOTE) return at + 1
    if (byte !== BACKSLASH) return NOWHERE
    hadEscape = true
    at = takeEscape(at, scratch)
    if (at === NOWHERE) return NOWHERE
  }
}

/** The offset after the bracket or brace that closes as many as were opened. */
function skipNested(at: usize): usize {
  let depth = 0
  while (true) {
    const bytes = v128.load(at)
    // Brackets differ from braces in one bit.
    const braces = v128.or(bytes, i8x16.splat(0x20))
    const opening = i8x16.eq(braces, i8x16.splat(<i8>OPEN_BRACE))
    const closing = i8x16.eq(braces, i8x16.splat(<i8>CLOSE_BRACE))
    const quotes = i8x16.eq(bytes, i8x16.splat(<i8>QUOTE))
    const controls = i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE))
    const marks = i8x16.bitmask(v128.or(v128.or(opening, closing), v128.or(quotes, controls)))
    if (marks === 0) {
      at += 16
      continue
    }
    at += <usize>ctz(marks)
    const byte: u32 = load<u8>(at)
    if (byte === QUOTE) {
      at = skipString(at + 1)
      if (at === NOWHERE) return NOWHERE
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++
      at++
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      at++
      if (--depth === 0) return at
    } else {
      const after = skipSpace(at)
      if (after === at) return NOWHERE
      at = after
    }
  }
}

/** A bit for every byte that ends a plain run of a string: quotes, backslashes and control characters. */
export function endsOfRun(bytes: v128): i32 {
  const quotes = i8x16.eq(bytes, i8x16.splat(<i8>QUOTE))
  const backslashes = i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))
  return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE))))
}

// Numbers, booleans and times in the spelling of JSON.

import { NOWHERE, takeFloat64 } from '../shared/digits'
import { isEnd, MINUS, POINT, QUOTE } from './bytes'

/** A double in the spelling of JSON, which has digits on both sides of a point. */
export function takeNumber(at: usize, to: usize): usize {
  const whole = load<u8>(at) === MINUS ? at + 1 : at
  if (load<u8>(whole) === POINT) return NOWHERE
  const end = takeFloat64(at, to)
  return end !== NOWHERE && isEnd(load<u8>(end)) && load<u8>(end - 1) !== POINT ? end : NOWHERE
}

/** The offset after the quote that follows a time. */
export function quoted(end: usize): usize {
  return end !== NOWHERE && load<u8>(end) === QUOTE ? end + 1 : NOWHERE
}

import { copyText } from './bytes'

/** Where the value begins that comes next, and where its bytes will go. */
export let textsFrom: usize = 0
export let textsTo: usize = 0

/**
 * Take up to `count` byte strings, each after four bytes of its length, as far as they lie whole before `end`: their bytes without gaps, and the offset of the
 * end of each.
 *
 * @param used - the bytes before these, which the offsets count too.
 * @returns how many were taken: the caller goes on from {@link textsFrom} and {@link textsTo}.
 */
export function takeTexts(from: usize, end: usize, count: i32, used: u32, offsets: usize, to: usize): i32 {
  let taken = 0
  const shift = used - <u32>to
  for (; taken < count; taken++) {
    if (from + 4 > end) break
    const length: usize = load<u32>(from)
    if (length > end - from - 4) break
    copyText(to, from + 4, length)
    to += length
    from += 4 + length
    store<u32>(offsets, <u32>to + shift)
    offsets += 4
  }
  textsFrom = from
  textsTo = to
  return taken
}

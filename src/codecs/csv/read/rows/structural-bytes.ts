import { CR } from './row-index.ts'

/** A byte in every byte of a word. */
const EACH = 0x01010101
const HIGH_BITS = 0x80808080 | 0
/** Above both line breaks, in every byte. */
const BREAKS = (CR + 1) * EACH

/**
 * Find the bytes between `start` and `end` at which a delimiter, a quote or a line break may begin: their offsets are
 * written to `offsets`, in order, with those of a few other bytes.
 *
 * Tests four bytes at a time, since most words hold no such byte. The test (Mycroft 1987) finds every byte below a
 * limit, or equal to a pattern, and above such a byte perhaps a false positive, but never misses one.
 *
 * @param words - the bytes as words; what follows `end` in its last word must be none of these bytes.
 * @param quote - the first byte of a quote; that of the delimiter if there are no quotes.
 * @param offsets - with room for every byte.
 * @returns the number of offsets.
 */
export function findStructuralBytes(
  words: Int32Array,
  start: number,
  end: number,
  delimiter: number,
  quote: number,
  offsets: Int32Array,
): number {
  const delimiters = Math.imul(delimiter, EACH)
  const quotes = Math.imul(quote, EACH)
  const last = (end + 3) >> 2
  // Bytes of the first word before `start` are masked.
  let mask = HIGH_BITS & (-1 << ((start & 3) << 3))
  let count = 0
  for (let index = start >> 2; index < last; index++) {
    const word = words[index] as number
    const delimited = word ^ delimiters
    const quoted = word ^ quotes
    let hits = (((word - BREAKS) & ~word) | ((delimited - EACH) & ~delimited) | ((quoted - EACH) & ~quoted)) & mask
    mask = HIGH_BITS
    while (hits !== 0) {
      offsets[count++] = (index << 2) + ((31 - Math.clz32(hits & -hits)) >> 3)
      hits &= hits - 1
    }
  }
  return count
}

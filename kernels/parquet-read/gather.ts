import { copyText } from './bytes'

/** Check whether `count` indexes point into a dictionary of `size` values. */
export function areIndexes(indexes: usize, count: i32, size: u32): bool {
  const end = indexes + ((<usize>count) << 2)
  const fours = indexes + ((<usize>(count & ~3)) << 2)
  let most = i32x4.splat(0)
  for (; indexes < fours; indexes += 16) most = i32x4.max_u(most, v128.load(indexes))
  let greatest = max(
    max(<u32>i32x4.extract_lane(most, 0), <u32>i32x4.extract_lane(most, 1)),
    max(<u32>i32x4.extract_lane(most, 2), <u32>i32x4.extract_lane(most, 3)),
  )
  for (; indexes < end; indexes += 4) greatest = max(greatest, load<u32>(indexes))
  return greatest < size || count === 0
}

/** Take the values of a dictionary that indexes point at, of 4 bytes each, 8 or 16. */
export function gatherWords(values: usize, width: u32, indexes: usize, count: i32, to: usize): void {
  if (width === 4) gather<u32>(values, indexes, count, to)
  else if (width === 8) gather<u64>(values, indexes, count, to)
  else gather<v128>(values, indexes, count, to)
}

function gather<T>(values: usize, indexes: usize, count: i32, to: usize): void {
  for (const end = indexes + ((<usize>count) << 2); indexes < end; indexes += 4) {
    store<T>(to, load<T>(values + <usize>load<u32>(indexes) * sizeof<T>()))
    to += sizeof<T>()
  }
}

/**
 * Take the byte strings of a dictionary that indexes point at: their bytes without gaps, and the offset of the end of each.
 *
 * @param text - where the byte at offset 0 is.
 * @param used - the bytes before these, which the new offsets count too.
 * @returns the end of the bytes.
 */
export function gatherTexts(
  offsets: usize,
  text: usize,
  indexes: usize,
  count: i32,
  used: u32,
  newOffsets: usize,
  to: usize,
): usize {
  const shift = used - <u32>to
  for (const end = indexes + ((<usize>count) << 2); indexes < end; indexes += 4) {
    const entry = offsets + ((<usize>load<u32>(indexes)) << 2)
    const start: usize = load<u32>(entry)
    const length: usize = <usize>load<u32>(entry, 4) - start
    copyText(to, text + start, length)
    to += length
    store<u32>(newOffsets, <u32>to + shift)
    newOffsets += 4
  }
  return to
}

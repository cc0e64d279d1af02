/** Where the element begins that comes next, and where what it makes will go. */
export let inflatedFrom: usize = 0
export let inflatedTo: usize = 0

/** For a copy from up to 7 bytes before: the lanes that repeat them, and the bytes of as many whole repetitions as 16 hold. */
const LANES: StaticArray<u8> = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 2, 0, 1, 2, 0,
  1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3,
  4, 0, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
]
const STEPS: StaticArray<u8> = [16, 16, 15, 16, 15, 12, 14]

/**
 * Inflate the elements of a snappy block (format_description.txt of google/snappy) from `from` on, until they end or `pause` is reached: the caller goes on
 * from {@link inflatedFrom} and {@link inflatedTo}.
 *
 * One loop over the elements, as one of them takes a few nanoseconds. Whatever the bytes say, nothing is read before `start`, nor anything
 * written from `limit` on but its slack.
 *
 * @param start - where the block's own first byte went.
 * @param limit - the end of the block's bytes.
 * @returns false where an element leads outside of the block, or beyond its end.
 */
export function inflateSnappy(from: usize, end: usize, start: usize, to: usize, limit: usize, pause: usize): bool {
  while (from < end && to < pause) {
    let tag: u32 = load<u8>(from)
    if ((tag & 3) === 0) {
      let length: usize = (tag >> 2) + 1
      from++
      if (length > 60) {
        const bytes = length - 60
        length = <usize>(load<u32>(from) & (<u32>0xffffffff >> (32 - 8 * <u32>bytes))) + 1
        from += bytes
        // A length of 2 ** 32 is 0 here.
        if (length === 0 || from > end) return false
      }
      if (length > end - from || length > limit - to) return false
      v128.store(to, v128.load(from))
      if (length > 16) {
        if (length <= 64) {
          v128.store(to, v128.load(from, 16), 16)
          v128.store(to, v128.load(from, 32), 32)
          v128.store(to, v128.load(from, 48), 48)
        } else memory.copy(to, from, length)
      }
      from += length
      to += length
      if (from >= end) break
      tag = load<u8>(from)
      if ((tag & 3) === 0) continue
    }
    const word = load<u32>(from, 1)
    const isNear = (tag & 3) === 1
    let distance: usize = select<u32>(((tag >> 5) << 8) | (word & 0xff), word & 0xffff, isNear)
    const length: usize = select<u32>(((tag >> 2) & 7) + 4, (tag >> 2) + 1, isNear)
    from += select<usize>(2, 3, isNear)
    if ((tag & 3) === 3) {
      distance = word
      from += 2
    }
    if (from > end || distance - 1 >= to - start || length > limit - to) return false
    let source = to - distance
    if (distance >= 8) {
      store<u64>(to, load<u64>(source))
      store<u64>(to, load<u64>(source, 8), 8)
      if (length > 16) {
        let at: usize = to + 16
        source += 16
        const stop = to + length
        do {
          store<u64>(at, load<u64>(source))
          store<u64>(at, load<u64>(source, 8), 8)
          at += 16
          source += 16
        } while (at < stop)
      }
    } else repeat(source, <u32>distance, to, <u32>length)
    to += length
  }
  inflatedFrom = from
  inflatedTo = to
  return true
}

/** Fill with up to 7 bytes again and again. */
function repeat(source: usize, distance: u32, to: usize, length: u32): void {
  const lanes = v128.load(changetype<usize>(LANES) + ((<usize>(distance - 1)) << 4))
  const pattern = i8x16.swizzle(v128.load(source), lanes)
  const step = <usize>unchecked(STEPS[distance - 1])
  for (const end = to + length; to < end; to += step) v128.store(to, pattern)
}

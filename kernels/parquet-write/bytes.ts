/** Up to so many bytes are copied in a loop, which begins sooner than `memory.copy`. */
const SHORT: usize = 128

/** Copy bytes; up to fifteen behind them are read and written with them. */
export function copyBytes(to: usize, from: usize, length: usize): void {
  if (length > SHORT) {
    memory.copy(to, from, length)
    return
  }
  const end = to + length
  do {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  } while (to < end)
}

/** The first eight bytes as a number, zeros for those behind the end. */
export function leadingBytes(at: usize, length: usize): u64 {
  const bytes = load<u64>(at)
  if (length >= 8) return bytes
  return bytes & (((<u64>1) << (length << 3)) - 1)
}

/** How many bytes from `a` and from `b` on are equal, `most` at the most. */
export function sharedLength(a: usize, b: usize, most: usize): usize {
  let shared: usize = 0
  while (shared < most) {
    const difference = load<u64>(a + shared) ^ load<u64>(b + shared)
    if (difference !== 0) return min(most, shared + <usize>(ctz(difference) >> 3))
    shared += 8
  }
  return most
}

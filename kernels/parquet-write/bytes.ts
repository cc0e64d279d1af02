/** Up to this many bytes are copied in a loop, which starts faster than `memory.copy`. */
const SHORT: usize = 128

/** Copy bytes; up to fifteen bytes after them are read and written too. */
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

/** Count the equal bytes from `a` and from `b` on, at most `most`. */
export function sharedLength(a: usize, b: usize, most: usize): usize {
  for (let shared: usize = 0; shared < most; shared += 16) {
    const differences = i8x16.bitmask(i8x16.ne(v128.load(a + shared), v128.load(b + shared)))
    if (differences !== 0) return min(most, shared + <usize>ctz(differences))
  }
  return most
}

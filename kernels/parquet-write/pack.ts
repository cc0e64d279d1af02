/** Pack `count` 32-bit numbers of `width` bits: up to 3 numbers after them are packed too, and up to 15 bytes written after the bits. */
export function packWords(to: usize, words: usize, count: i32, width: u32): void {
  const end = words + ((<usize>count) << 2)
  let pending: u64 = 0
  let used: u32 = 0
  if (width <= 16) {
    const quadBits = 4 * width
    for (; words < end; words += 16) {
      const quad = pairOf(load<u64>(words), width) | (pairOf(load<u64>(words, 8), width) << (2 * width))
      pending |= quad << used
      used += quadBits
      if (used >= 64) {
        store<u64>(to, pending)
        to += 8
        used -= 64
        // A shift by 64 is a shift by 0, so a completely written number leaves nothing here.
        pending = used === 0 ? 0 : quad >> (quadBits - used)
      }
    }
  } else {
    const pairBits = 2 * width
    for (; words < end; words += 8) {
      const pair = pairOf(load<u64>(words), width)
      pending |= pair << used
      used += pairBits
      if (used >= 64) {
        store<u64>(to, pending)
        to += 8
        used -= 64
        pending = used === 0 ? 0 : pair >> (pairBits - used)
      }
    }
  }
  store<u64>(to, pending)
}

/** Two adjacent 32-bit numbers of `width` bits. */
function pairOf(words: u64, width: u32): u64 {
  return (words & 0xffffffff) | ((words >> 32) << width)
}

/** Pack `count` 64-bit numbers of `width` bits. */
export function packDoubleWords(to: usize, words: usize, count: i32, width: u32): void {
  let pending: u64 = 0
  let used: u32 = 0
  for (const end = words + ((<usize>count) << 3); words < end; words += 8) {
    const word = load<u64>(words)
    pending |= word << used
    used += width
    if (used >= 64) {
      store<u64>(to, pending)
      to += 8
      used -= 64
      pending = used === 0 ? 0 : word >> (width - used)
    }
  }
  store<u64>(to, pending)
}

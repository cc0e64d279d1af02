const C1 = 0xcc9e2d51
const C2 = 0x1b873593

/**
 * The 32-bit MurmurHash3 (x86) with seed 0 of the bytes from `start` to `end`, as a signed number.
 *
 * Source: https://github.com/aappleby/smhasher/wiki/MurmurHash3
 */
export function murmur3(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const length = end - start
  const tail = end - (length & 3)
  let hash = 0
  let at = start
  for (; at < tail; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash = mixWord(hash, word)
  }
  let rest = 0
  for (let last = end - 1; last >= tail; last--) rest = (rest << 8) | (bytes[last] as number)
  return finish(hash ^ scrambled(rest), length)
}

/** The hash of the eight bytes of a 64-bit integer, little-endian, given by its halves. */
export function murmur3OfInt64(low: number, high: number): number {
  return finish(mixWord(mixWord(0, low), high), 8)
}

function scrambled(word: number): number {
  const mixed = Math.imul(word, C1)
  return Math.imul((mixed << 15) | (mixed >>> 17), C2)
}

function mixWord(hash: number, word: number): number {
  const mixed = hash ^ scrambled(word)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

function finish(hash: number, length: number): number {
  let mixed = hash ^ length
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

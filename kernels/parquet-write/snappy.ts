import { copyBytes } from './bytes'
import { SNAPPY_TABLE } from './record'
import { appendVarint } from './varint'

/** Bytes at the end of a block in which no match begins, so that whole words can be read. */
const TAIL: usize = 15
const MAX_HASH_BITS: u32 = 31 - clz<u32>(SNAPPY_TABLE / 2)
/** The longest step over bytes that match nothing, in 32nds of a byte. */
const MAX_SKIP: usize = 256

/** Append the length of all blocks before compression, which precedes the first. */
export function appendLength(to: usize, length: u32): usize {
  return appendVarint(to, length)
}

/**
 * Compress a block of up to `SNAPPY_BLOCK` bytes as elements of snappy (format_description.txt of google/snappy):
 * literals, and copies of earlier bytes of the block. Follows CompressFragment of google/snappy, but finds more
 * positions of a match than its last.
 *
 * One loop, since the table, the position and the unwritten bytes are needed throughout.
 *
 * @param table - of {@link SNAPPY_TABLE} bytes, for the last position of each hash of four bytes.
 * @returns the end of the elements: at most `length + length / 6 + 32` bytes, and none of the 16 behind them is kept.
 */
export function compressBlock(from: usize, length: usize, to: usize, table: usize): usize {
  const end = from + length
  if (length <= TAIL) return appendLiteral(to, from, length)
  let hashBits: u32 = 8
  while (hashBits < MAX_HASH_BITS && (<usize>1) << hashBits < length) hashBits++
  const shift = 32 - hashBits
  memory.fill(table, 0, (<usize>2) << hashBits)
  const last = end - TAIL
  let written = from
  let at = from + 1
  while (at <= last) {
    // Without matches, steps become longer, but not so long that later matches are missed.
    let candidate: usize
    for (let skip: usize = 32; ; skip = min(MAX_SKIP, skip + (skip >> 5))) {
      if (at > last) return appendLiteral(to, written, end - written)
      const slot = table + hashOf(load<u32>(at), shift)
      candidate = from + <usize>load<u16>(slot)
      store<u16>(slot, <u16>(at - from))
      if (load<u32>(at) === load<u32>(candidate)) break
      at += skip >> 5
    }
    to = appendLiteral(to, written, at - written)
    for (;;) {
      const start = at
      at = matchEnd(at + 4, candidate + 4, end)
      to = appendCopy(to, <u32>(start - candidate), <u32>(at - start))
      written = at
      if (at >= last) return appendLiteral(to, written, end - written)
      const before = load<u64>(at - 2)
      store<u16>(table + hashOf(load<u32>(start + 1), shift), <u16>(start + 1 - from))
      store<u16>(table + hashOf(<u32>before, shift), <u16>(at - 2 - from))
      store<u16>(table + hashOf(<u32>(before >> 8), shift), <u16>(at - 1 - from))
      const next = <u32>(before >> 16)
      const slot = table + hashOf(next, shift)
      candidate = from + <usize>load<u16>(slot)
      store<u16>(slot, <u16>(at - from))
      if (next !== load<u32>(candidate)) break
    }
    at++
  }
  return appendLiteral(to, written, end - written)
}

/** The offset of a table's entry. */
function hashOf(bytes: u32, shift: u32): usize {
  return (<usize>((bytes * 0x1e35a7bd) >> shift)) << 1
}

/** End of the bytes that are equal to those from `before` on. */
function matchEnd(at: usize, before: usize, end: usize): usize {
  while (at + 8 <= end) {
    const difference = load<u64>(at) ^ load<u64>(before)
    if (difference !== 0) return at + <usize>(ctz(difference) >> 3)
    at += 8
    before += 8
  }
  while (at < end && load<u8>(at) === load<u8>(before)) {
    at++
    before++
  }
  return at
}

/** Most literals have a few bytes. */
function appendLiteral(to: usize, from: usize, length: usize): usize {
  if (length <= 16) {
    store<u8>(to, <u8>((length - 1) << 2))
    v128.store(to, v128.load(from), 1)
    // An empty literal needs no tag.
    return to + length + usize(length !== 0)
  }
  const less = <u32>length - 1
  if (less < 60) {
    store<u8>(to, <u8>(less << 2))
    to++
  } else if (less < 256) {
    store<u16>(to, <u16>((60 << 2) | (less << 8)))
    to += 2
  } else {
    store<u32>(to, (61 << 2) | (less << 8))
    to += 3
  }
  copyBytes(to, from, length)
  return to + length
}

/** A copy has 4 to 64 bytes. A branch on its two forms would be unpredictable. */
function appendCopy(to: usize, distance: u32, length: u32): usize {
  for (; length >= 68; length -= 64) {
    store<u32>(to, (63 << 2) | 2 | (distance << 8))
    to += 3
  }
  if (length > 64) {
    store<u32>(to, (59 << 2) | 2 | (distance << 8))
    to += 3
    length -= 60
  }
  const isNear = (length < 12) & (distance < 2048)
  const near = 1 | ((length - 4) << 2) | ((distance >> 8) << 5) | ((distance & 0xff) << 8)
  const far = ((length - 1) << 2) | 2 | (distance << 8)
  store<u32>(to, select<u32>(near, far, isNear))
  return to + select<usize>(2, 3, isNear)
}

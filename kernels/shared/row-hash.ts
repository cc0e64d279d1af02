// Row hashes: SipHash-1-3 with 128 bits of output (Aumasson, Bernstein: "SipHash: a fast short-input PRF") over the words of a row's cells. Rows are
// hashed column by column, so that every loop runs down one column, and a row's state waits in memory for the next.

/** Bytes of one row's state: four lanes of 64 bits. */
const STATE: usize = 32
const V1: usize = 8
const V2: usize = 16
const V3: usize = 24
const HASH: usize = 16

/** Of the one word of a null, which is zero. */
const NULL_TWEAK: u64 = 0xff

/** Of a text's first word, the top byte is its length, or this where it is longer: then the word holds the length alone. */
const LONG: usize = 0xff
const FIRST_BYTES: usize = 7

const LENGTH_WORD: usize = memory.data(8)

/** @param key - 16 bytes, afresh for every run. */
export function startRows(states: usize, rows: i32, key: usize): void {
  const k0 = load<u64>(key)
  const k1 = load<u64>(key, 8)
  const end = states + STATE * rows
  for (let at = states; at < end; at += STATE) {
    store<u64>(at, k0 ^ 0x736f6d6570736575)
    store<u64>(at, k1 ^ 0x646f72616e646f6d ^ 0xee, V1)
    store<u64>(at, k0 ^ 0x6c7967656e657261, V2)
    store<u64>(at, k1 ^ 0x7465646279746573, V3)
  }
}

/**
 * Take in cells of `width` bytes, eight of them a word, the last word filled up with zeros. Here and below the round is written out, since
 * its lanes must stay in registers.
 *
 * @param nulls - a bitmap whose bit `bit` is the first row's, or 0 where nothing is null.
 */
export function absorbFixed(states: usize, rows: i32, values: usize, width: usize, nulls: usize, bit: i32): void {
  const rest = width & 7
  const lastMask: u64 = rest === 0 ? u64.MAX_VALUE : ((<u64>1) << (8 * rest)) - 1
  const end = states + STATE * rows
  for (let at = states; at < end; at += STATE, values += width, bit++) {
    const isNull = nulls !== 0 && isNullAt(nulls, bit)
    let v0 = load<u64>(at)
    let v1 = load<u64>(at, V1)
    let v2 = load<u64>(at, V2) ^ (isNull ? NULL_TWEAK : 0)
    let v3 = load<u64>(at, V3)
    const last = isNull || width < 8 ? values : values + ((width - 1) & ~7)
    for (let cell = values; ; cell += 8) {
      let word = load<u64>(cell)
      if (cell === last) word &= isNull ? 0 : lastMask
      v3 ^= word
      v0 += v1
      v2 += v3
      v1 = rotl(v1, 13) ^ v0
      v3 = rotl(v3, 16) ^ v2
      v0 = rotl(v0, 32)
      v2 += v1
      v0 += v3
      v1 = rotl(v1, 17) ^ v2
      v3 = rotl(v3, 21) ^ v0
      v2 = rotl(v2, 32)
      v0 ^= word
      if (cell === last) break
    }
    store<u64>(at, v0)
    store<u64>(at, v1, V1)
    store<u64>(at, v2, V2)
    store<u64>(at, v3, V3)
  }
}

/**
 * Take in texts: first seven bytes together with their length, then eight bytes a word, the last word being the last eight. So no two texts,
 * and no two rows of texts, give the same words.
 *
 * @param offsets - of the texts; they count from `text` on. What lies outside `start` to `end` is not read.
 */
export function absorbBytes(
  states: usize,
  rows: i32,
  offsets: usize,
  text: usize,
  start: usize,
  end: usize,
  nulls: usize,
  bit: i32,
): void {
  const lastState = states + STATE * rows
  for (let at = states; at < lastState; at += STATE, offsets += 4, bit++) {
    const isNull = nulls !== 0 && isNullAt(nulls, bit)
    const stop = max(start, min(end, text + load<u32>(offsets, 4)))
    let cell = max(start, min(stop, text + load<u32>(offsets)))
    const length: usize = isNull ? 0 : stop - cell
    if (length >= LONG) {
      absorbLength(at, length)
      absorbFixed(at, 1, cell, length, 0, 0)
      continue
    }
    let v0 = load<u64>(at)
    let v1 = load<u64>(at, V1)
    let v2 = load<u64>(at, V2) ^ (isNull ? NULL_TWEAK : 0)
    let v3 = load<u64>(at, V3)
    const unused: u64 = 64 - 8 * min(length, FIRST_BYTES)
    let word = length === 0 ? 0 : ((load<u64>(cell) << unused) >> unused) | ((<u64>length) << 56)
    const last = stop - 8
    if (length < 8) cell = stop
    for (cell += FIRST_BYTES; ; cell += 8) {
      v3 ^= word
      v0 += v1
      v2 += v3
      v1 = rotl(v1, 13) ^ v0
      v3 = rotl(v3, 16) ^ v2
      v0 = rotl(v0, 32)
      v2 += v1
      v0 += v3
      v1 = rotl(v1, 17) ^ v2
      v3 = rotl(v3, 21) ^ v0
      v2 = rotl(v2, 32)
      v0 ^= word
      if (cell >= stop) break
      word = load<u64>(min(cell, last))
    }
    store<u64>(at, v0)
    store<u64>(at, v1, V1)
    store<u64>(at, v2, V2)
    store<u64>(at, v3, V3)
  }
}

/** Take in what comes before the bytes of a long text, in one row. */
export function absorbLength(state: usize, length: usize): void {
  store<u64>(LENGTH_WORD, length | ((<u64>LONG) << 56))
  absorbFixed(state, 1, LENGTH_WORD, 8, 0, 0)
}

function isNullAt(bitmap: usize, bit: i32): bool {
  return ((load<u8>(bitmap + (bit >> 3)) >> (bit & 7)) & 1) === 0
}

/** Make every NaN the one NaN and -0 the 0, in place. */
export function plainDoubles(values: usize, count: i32): void {
  for (const end = values + (count << 3); values < end; values += 8) {
    const magnitude = load<u64>(values) & 0x7fffffffffffffff
    if (magnitude > 0x7ff0000000000000) store<u64>(values, 0x7ff8000000000000)
    else if (magnitude === 0) store<u64>(values, 0)
  }
}

/** A byte of 0 or 1 for every bit from `bit` on. */
export function bytesOfBits(bits: usize, bit: i32, count: i32, bytes: usize): void {
  for (const end = bit + count; bit < end; bit++, bytes++) store<u8>(bytes, isNullAt(bits, bit) ? 0 : 1)
}

/** The hashes of all rows, from their states. */
export function endRows(states: usize, rows: i32, hashes: usize): void {
  const end = states + STATE * rows
  for (let at = states; at < end; at += STATE, hashes += HASH) {
    let v0 = load<u64>(at)
    let v1 = load<u64>(at, V1)
    let v2 = load<u64>(at, V2) ^ 0xee
    let v3 = load<u64>(at, V3)
    for (let round = 0; ; round++) {
      if (round === 3) {
        store<u64>(hashes, v0 ^ v1 ^ v2 ^ v3)
        v1 ^= 0xdd
      }
      if (round === 6) break
      v0 += v1
      v2 += v3
      v1 = rotl(v1, 13) ^ v0
      v3 = rotl(v3, 16) ^ v2
      v0 = rotl(v0, 32)
      v2 += v1
      v0 += v3
      v1 = rotl(v1, 17) ^ v2
      v3 = rotl(v3, 21) ^ v0
      v2 = rotl(v2, 32)
    }
    store<u64>(hashes, v0 ^ v1 ^ v2 ^ v3, 8)
  }
}

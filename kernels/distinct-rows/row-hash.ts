// Row hashes of 128 bits, from four sums per row. Every word of eight bytes adds to each of them the product of its
// halves, after adding a random number to both: NH of UMAC (Black, Halevi, Krawczyk, Krovetz, Rogaway: "UMAC: fast and
// secure message authentication"). There are numbers for every sum, column and position in a cell. So if one word of
// two rows differs, a sum is equal with a probability of at most 2^-32, and all four with 2^-128. A random linear
// function then reduces each sum to 32 bits, which adds as much to the probability: 2^-124. Rows are hashed column by
// column, so that every loop reads one column.

import { HASH, PLACE, SIP_STATE, SUMS } from './record'
import { absorbSip, endSip, startSip } from './sip-hash'

/** The second of the two vectors that hold the sums of a row. */
const SECOND: usize = 16

/** Longer texts, for which there are no positions, are hashed first. The first bytes of a text are followed by its length, or by this. */
const LONG: usize = 128
const FIRST_BYTES: usize = 15

/** Masks that keep the bytes of a text among sixteen, up to its end. */
const FIRST_MASKS: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0,
])
const COUNTER: usize = memory.data(8)
const SIP: usize = memory.data(SIP_STATE)
const TEXT_HASH: usize = memory.data(HASH)

/** Random bytes from 16 of them: the hashes of numbers, in pieces of 16 bytes. @param first - number of the first piece. */
export function expandKey(key: usize, first: u32, to: usize, length: usize): void {
  for (const end = to + length; to < end; to += HASH) {
    store<u32>(COUNTER, first++)
    startSip(SIP, key)
    absorbSip(SIP, COUNTER, 8)
    endSip(SIP, COUNTER, 8, to)
  }
}

/** All sums of these rows at zero. */
export function startRows(sums: usize, rows: i32): void {
  memory.fill(sums, 0, SUMS * rows)
}

/**
 * Absorb cells of `width` bytes, in words of eight bytes, the last one padded with zeros.
 *
 * @param keys - of the column.
 * @param nulls - a bitmap whose bit `bit` is the first row's, or 0 if nothing is null.
 */
export function absorbFixed(
  sums: usize,
  rows: i32,
  keys: usize,
  values: usize,
  width: usize,
  nulls: usize,
  bit: i32,
): void {
  for (const end = sums + SUMS * rows; sums < end; sums += SUMS, values += width, bit++) {
    if (nulls !== 0 && isNullAt(nulls, bit)) {
      addNull(sums, keys)
      continue
    }
    let place = keys + PLACE
    let left = width
    for (let cell = values; left >= 8; cell += 8, left -= 8, place += PLACE) addWord(sums, load<u64>(cell), place)
    if (left > 0) addWord(sums, load<u64>(values + width - left) & (((<u64>1) << (8 * left)) - 1), place)
  }
}

function addNull(sums: usize, keys: usize): void {
  v128.store(sums, i64x2.add(v128.load(sums), v128.load(keys)))
  v128.store(sums, i64x2.add(v128.load(sums, SECOND), v128.load(keys, SECOND)), SECOND)
}

/**
 * Absorb texts, sixteen bytes at a time: the first fifteen and the length, then the rest, the last sixteen being the
 * end of the text. Most texts are short, so the processor predicts the branches.
 *
 * @param offsets - of the texts; they count from `text` on. Nothing outside `start` to `end` is read, except fifteen bytes after it.
 * @param key - for long texts.
 */
export function absorbBytes(
  sums: usize,
  rows: i32,
  keys: usize,
  offsets: usize,
  text: usize,
  start: usize,
  end: usize,
  nulls: usize,
  bit: i32,
  key: usize,
): void {
  for (const last = sums + SUMS * rows; sums < last; sums += SUMS, offsets += 4, bit++) {
    if (nulls !== 0 && isNullAt(nulls, bit)) {
      addNull(sums, keys)
      continue
    }
    const stop = max(start, min(end, text + load<u32>(offsets, 4)))
    const cell = max(start, min(stop, text + load<u32>(offsets)))
    const length = stop - cell
    if (length >= LONG) {
      startSip(SIP, key)
      absorbSip(SIP, cell, length & ~7)
      absorbLong(sums, keys, SIP, stop - (length & 7), length)
      continue
    }
    const bytes = v128.and(v128.load(cell), v128.load(FIRST_MASKS + FIRST_BYTES - min(length, FIRST_BYTES)))
    const words = i8x16.replace_lane(bytes, 15, <i8>length)
    let place = keys + PLACE
    addWords(sums, words, place)
    for (let at = cell + FIRST_BYTES; at < stop; at += 16) {
      place += 2 * PLACE
      addWords(sums, v128.load(min(at, stop - 16)), place)
    }
  }
}

/** Absorb two words, at two positions. */
function addWords(sums: usize, words: v128, place: usize): void {
  const a = i32x4.add(v128.shuffle<i32>(words, words, 0, 0, 0, 0), v128.load(place))
  const b = i32x4.add(v128.shuffle<i32>(words, words, 1, 1, 1, 1), v128.load(place, 16))
  const c = i32x4.add(v128.shuffle<i32>(words, words, 2, 2, 2, 2), v128.load(place, 32))
  const d = i32x4.add(v128.shuffle<i32>(words, words, 3, 3, 3, 3), v128.load(place, 48))
  const first = i64x2.add(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_low_i32x4_u(c, d))
  const second = i64x2.add(i64x2.extmul_high_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(c, d))
  v128.store(sums, i64x2.add(v128.load(sums), first))
  v128.store(sums, i64x2.add(v128.load(sums, SECOND), second), SECOND)
}

/** Absorb a long text by its length and hash; all except its last bytes, fewer than eight, are already in the state. */
export function absorbLong(sums: usize, keys: usize, state: usize, rest: usize, length: usize): void {
  endSip(state, rest, length, TEXT_HASH)
  addWord(sums, length | ((<u64>LONG) << 56), keys + PLACE)
  addWord(sums, load<u64>(TEXT_HASH), keys + 2 * PLACE)
  addWord(sums, load<u64>(TEXT_HASH, 8), keys + 3 * PLACE)
}

function addWord(sums: usize, word: u64, place: usize): void {
  const lower = i32x4.add(i32x4.splat(<i32>word), v128.load(place))
  const upper = i32x4.add(i32x4.splat(<i32>(word >> 32)), v128.load(place, 16))
  v128.store(sums, i64x2.add(v128.load(sums), i64x2.extmul_low_i32x4_u(lower, upper)))
  v128.store(sums, i64x2.add(v128.load(sums, SECOND), i64x2.extmul_high_i32x4_u(lower, upper)), SECOND)
}

function isNullAt(bitmap: usize, bit: i32): bool {
  return ((load<u8>(bitmap + (bit >> 3)) >> (bit & 7)) & 1) === 0
}

/** Replace every NaN by one NaN and -0 by 0, in place. */
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

/** The hashes of all rows, from their sums: of each sum, the upper half of a linear function of its halves (Thorup: "High speed hashing for integers and strings"). */
export function endRows(sums: usize, rows: i32, keys: usize, hashes: usize): void {
  for (const end = sums + SUMS * rows; sums < end; sums += SUMS, hashes += HASH) {
    store<u32>(hashes, endSum(load<u64>(sums), keys))
    store<u32>(hashes, endSum(load<u64>(sums, 8), keys + 24), 4)
    store<u32>(hashes, endSum(load<u64>(sums, 16), keys + 48), 8)
    store<u32>(hashes, endSum(load<u64>(sums, 24), keys + 72), 12)
  }
}

function endSum(sum: u64, keys: usize): u32 {
  const value = (sum & 0xffffffff) * load<u64>(keys) + (sum >> 32) * load<u64>(keys, 8) + load<u64>(keys, 16)
  return <u32>(value >> 32)
}

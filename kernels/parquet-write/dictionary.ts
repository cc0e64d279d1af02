import { sharedLength } from './bytes'
import { COLLIDING, PLACE, RANGE, TABLE_ENTRY } from './record'
import { data, ranges, width } from './values'

// A table with open addressing, of a power of two entries: the position of a distinct value, from 1, in the low half,
// 32 bits of its hash above it; 0 if free. `first` has for every distinct value the first equal one.

const ODD: u64 = 0x9e3779b97f4a7c15
const ODDER: u64 = 0xc2b2ae3d27d4eb4f
/** Bytes covered by the first and the last word of a value, which need no loop, whose length the processor would often mispredict. */
const SHORT_VALUE: usize = 16
/** Bytes beyond which a value is hashed by words spread over it, not as a whole. */
const LONG_VALUE: usize = 128
const SPREAD_WORDS: usize = 16

/**
 * Index every `stride`-th of values `start` to `end` by distinct value; or, if `indexes` is 0, count the known ones.
 *
 * @param size - the number of distinct values so far; the table has space for all that may follow.
 * @returns the new number, or that of known ones, or {@link COLLIDING}.
 */
export function indexValues(
  start: i32,
  end: i32,
  stride: i32,
  table: usize,
  mask: u32,
  first: usize,
  indexes: usize,
  size: i32,
  maxSteps: i32,
): i32 {
  if (width === 4) return indexWords<u32>(start, end, stride, table, mask, first, indexes, size, maxSteps)
  if (width === 8) return indexWords<u64>(start, end, stride, table, mask, first, indexes, size, maxSteps)
  return indexBytes(start, end, stride, table, mask, first, indexes, size, maxSteps)
}

/** One loop, since every value of a repetitive column passes through it. A value equal to the previous one is not looked up. */
function indexWords<T>(
  start: i32,
  end: i32,
  stride: i32,
  table: usize,
  mask: u32,
  first: usize,
  indexes: usize,
  size: i32,
  steps: i32,
): i32 {
  const words = data
  let known = 0
  let place = -1
  let before: T = 0
  for (let i = start; i < end; i += stride) {
    const value = load<T>(words + <usize>i * sizeof<T>())
    if (place < 0 || value !== before) {
      const hash = mixed(<u64>value * ODD)
      let at = hash & mask
      for (;;) {
        const entry = load<u64>(table + <usize>at * TABLE_ENTRY)
        place = <i32>entry - 1
        if (place < 0) break
        if (<u32>(entry >> 32) === hash) {
          const j = load<i32>(first + <usize>place * PLACE)
          if (load<T>(words + <usize>j * sizeof<T>()) === value) break
        }
        if (--steps < 0) return COLLIDING
        at = (at + 1) & mask
      }
      if (place < 0 && indexes !== 0) {
        place = size
        addEntry(table + <usize>at * TABLE_ENTRY, hash, first, size++, i)
      }
      before = value
    }
    known += i32(place >= 0)
    if (indexes !== 0) store<i32>(indexes + <usize>i * PLACE, place)
  }
  return indexes === 0 ? known : size
}

/** As above. Values are compared by their lengths, their first and last words and, if longer, the bytes between. */
function indexBytes(
  start: i32,
  end: i32,
  stride: i32,
  table: usize,
  mask: u32,
  first: usize,
  indexes: usize,
  size: i32,
  steps: i32,
): i32 {
  const bytes = data
  const all = ranges
  let known = 0
  let place = -1
  let beforeAt: usize = 0
  let beforeLength: usize = 0
  let beforeHead: u64 = 0
  let beforeTail: u64 = 0
  for (let i = start; i < end; i += stride) {
    const range = load<u64>(all + <usize>i * RANGE)
    const at = bytes + <usize>(<u32>range)
    const length = <usize>(range >> 32) - <usize>(<u32>range)
    const bits = wordMask(length)
    const head = load<u64>(at) & bits
    const tail = load<u64>(at + lastWord(length)) & bits
    if (
      place < 0 ||
      ((head ^ beforeHead) | (tail ^ beforeTail) | <u64>(length ^ beforeLength)) !== 0 ||
      (length > SHORT_VALUE && !isSameWithin(at, beforeAt, length))
    ) {
      const hash = mixed(hashWithin(at, length) ^ ((head ^ <u64>length) * ODD + rotl<u64>(tail, 32) * ODDER))
      let slot = hash & mask
      for (;;) {
        const entry = load<u64>(table + <usize>slot * TABLE_ENTRY)
        place = <i32>entry - 1
        if (place < 0) break
        if (<u32>(entry >> 32) === hash) {
          const other = load<u64>(all + <usize>load<u32>(first + <usize>place * PLACE) * RANGE)
          const from = bytes + <usize>(<u32>other)
          const headsDiffer = (load<u64>(from) & bits) ^ head
          const tailsDiffer = (load<u64>(from + lastWord(length)) & bits) ^ tail
          const lengthsDiffer = <u64>(length ^ (<usize>(other >> 32) - <usize>(<u32>other)))
          if (
            (headsDiffer | tailsDiffer | lengthsDiffer) === 0 &&
            (length <= SHORT_VALUE || isSameWithin(at, from, length))
          ) {
            break
          }
        }
        if (--steps < 0) return COLLIDING
        slot = (slot + 1) & mask
      }
      if (place < 0 && indexes !== 0) {
        place = size
        addEntry(table + <usize>slot * TABLE_ENTRY, hash, first, size++, i)
      }
      beforeAt = at
      beforeLength = length
      beforeHead = head
      beforeTail = tail
    }
    known += i32(place >= 0)
    if (indexes !== 0) store<i32>(indexes + <usize>i * PLACE, place)
  }
  return indexes === 0 ? known : size
}

function addEntry(slot: usize, hash: u32, first: usize, place: i32, value: i32): void {
  store<u64>(slot, ((<u64>hash) << 32) | <u64>(place + 1))
  store<i32>(first + <usize>place * PLACE, value)
}

/** Offset of the last eight bytes of a value, or of its only ones. */
function lastWord(length: usize): usize {
  return max<usize>(length, 8) - 8
}

/** Mask of the bytes of a word that belong to a value. */
function wordMask(length: usize): u64 {
  return select<u64>(-1, ((<u64>1) << (length << 3)) - 1, length >= 8)
}

/** Rows that share an entry of an Arrow dictionary have the same bytes, which need not be read. */
function isSameWithin(a: usize, b: usize, length: usize): bool {
  return a === b || sharedLength(a + 8, b + 8, length - SHORT_VALUE) === length - SHORT_VALUE
}

/** Compare the bytes between the first and the last word. */
function hashWithin(at: usize, length: usize): u64 {
  if (length <= SHORT_VALUE) return 0
  const end = at + length - 8
  const stride: usize = length <= LONG_VALUE ? 8 : length / SPREAD_WORDS
  let hash: u64 = 0
  for (at += 8; at < end; at += stride) {
    hash = (hash ^ load<u64>(at)) * ODD
    hash ^= hash >> 32
  }
  return hash
}

function mixed(hash: u64): u32 {
  return <u32>(((hash ^ (hash >> 32)) * ODD) >> 32)
}

/** Move the entries of one table to a larger, empty one. */
export function resizeTable(from: usize, fromMask: u32, to: usize, toMask: u32): void {
  for (let i: usize = 0; i <= <usize>fromMask; i++) {
    const entry = load<u64>(from + i * TABLE_ENTRY)
    if (entry === 0) continue
    let at = <u32>(entry >> 32) & toMask
    while (load<u64>(to + <usize>at * TABLE_ENTRY) !== 0) at = (at + 1) & toMask
    store<u64>(to + <usize>at * TABLE_ENTRY, entry)
  }
}

import { leadingBytes, sharedLength } from './bytes.ts'
import { data, lengthOf, startOf, width } from './values.ts'

// The table is one of open addressing, a power of two long: the place of a distinct value, counted from 1, below 32 bits of its hash; 0 where
// free. `first` has for every distinct value the first one that was equal.

/** Bytes beyond which a value is not hashed as a whole, but by words spread over it. */
const LONG_VALUE: usize = 128
const SPREAD_WORDS: usize = 16
const ODD: u64 = 0x9e3779b97f4a7c15

/** A value of which {@link find} told the hash and, unless it is free, the slot. */
let place: i32 = -1
let steps: i32 = 0

/**
 * Index values `start` to `end` by distinct value.
 *
 * @param size - how many distinct values there were before; the table has room for all that may come.
 * @param maxSteps - along the table, beyond which the values are taken for made to collide.
 * @returns how many there are then, or -1.
 */
export function indexValues(
  start: i32,
  end: i32,
  table: usize,
  mask: u32,
  first: usize,
  indexes: usize,
  size: i32,
  maxSteps: i32,
): i32 {
  steps = maxSteps
  if (width === 4) return indexWords<u32>(start, end, table, mask, first, indexes, size)
  if (width === 8) return indexWords<u64>(start, end, table, mask, first, indexes, size)
  return indexBytes(start, end, table, mask, first, indexes, size)
}

/** A value that is the one before it once more is not looked up. */
function indexWords<T>(start: i32, end: i32, table: usize, mask: u32, first: usize, indexes: usize, size: i32): i32 {
  let before: T = 0
  place = -1
  for (let i = start; i < end; i++) {
    const value = load<T>(data + <usize>i * sizeof<T>())
    if (place < 0 || value !== before) {
      const hash = mixed(<u64>value * ODD)
      const slot = findWord<T>(value, hash, table, mask, first)
      if (slot === 0) return -1
      if (place < 0) {
        place = size++
        store<u64>(slot, ((<u64>hash) << 32) | <u64>size)
        store<i32>(first + ((<usize>place) << 2), i)
      }
      before = value
    }
    store<i32>(indexes + ((<usize>i) << 2), place)
  }
  return size
}

function indexBytes(start: i32, end: i32, table: usize, mask: u32, first: usize, indexes: usize, size: i32): i32 {
  let before: usize = 0
  let beforeLength: usize = 0
  place = -1
  for (let i = start; i < end; i++) {
    const at = startOf(i)
    const length = lengthOf(i)
    if (place < 0 || !isSame(at, length, before, beforeLength)) {
      const hash = hashBytes(at, length)
      const slot = findBytes(at, length, hash, table, mask, first)
      if (slot === 0) return -1
      if (place < 0) {
        place = size++
        store<u64>(slot, ((<u64>hash) << 32) | <u64>size)
        store<i32>(first + ((<usize>place) << 2), i)
      }
      before = at
      beforeLength = length
    }
    store<i32>(indexes + ((<usize>i) << 2), place)
  }
  return size
}

/** Whether the table knows value `i`. */
export function isIndexed(i: i32, table: usize, mask: u32, first: usize, maxSteps: i32): bool {
  steps = maxSteps
  let slot: usize
  if (width === 0) {
    const at = startOf(i)
    const length = lengthOf(i)
    slot = findBytes(at, length, hashBytes(at, length), table, mask, first)
  } else {
    const value: u64 = width === 4 ? load<u32>(data + ((<usize>i) << 2)) : load<u64>(data + ((<usize>i) << 3))
    const hash = mixed(value * ODD)
    slot =
      width === 4 ? findWord<u32>(<u32>value, hash, table, mask, first) : findWord<u64>(value, hash, table, mask, first)
  }
  return slot !== 0 && place >= 0
}

/** @returns the slot of a value, or the free one that it may have, {@link place} then being -1; 0 after too many steps. */
function findWord<T>(value: T, hash: u32, table: usize, mask: u32, first: usize): usize {
  for (let at = hash & mask; steps >= 0; at = (at + 1) & mask) {
    const slot = table + ((<usize>at) << 3)
    const entry = load<u64>(slot)
    place = <i32>entry - 1
    if (place < 0) return slot
    if (<u32>(entry >> 32) === hash) {
      const known = load<i32>(first + ((<usize>place) << 2))
      if (load<T>(data + <usize>known * sizeof<T>()) === value) return slot
    }
    steps--
  }
  return 0
}

function findBytes(start: usize, length: usize, hash: u32, table: usize, mask: u32, first: usize): usize {
  for (let at = hash & mask; steps >= 0; at = (at + 1) & mask) {
    const slot = table + ((<usize>at) << 3)
    const entry = load<u64>(slot)
    place = <i32>entry - 1
    if (place < 0) return slot
    if (<u32>(entry >> 32) === hash) {
      const known = load<i32>(first + ((<usize>place) << 2))
      if (isSame(start, length, startOf(known), lengthOf(known))) return slot
    }
    steps--
  }
  return 0
}

/** Rows that share an entry of an Arrow dictionary are the same bytes, which need not be read to see it. */
function isSame(a: usize, length: usize, b: usize, bLength: usize): bool {
  return length === bLength && (a === b || sharedLength(a, b, length) === length)
}

/** Eight bytes at a time, the last eight once more; of a long value sixteen times eight, spread over it. */
function hashBytes(at: usize, length: usize): u32 {
  let hash = <u64>length * ODD
  if (length < 8) return mixed((hash ^ leadingBytes(at, length)) * ODD)
  const end = at + length - 8
  const stride: usize = length <= LONG_VALUE ? 8 : length / SPREAD_WORDS
  for (; at < end; at += stride) {
    hash = (hash ^ load<u64>(at)) * ODD
    hash ^= hash >> 32
  }
  return mixed((hash ^ load<u64>(end)) * ODD)
}

function mixed(hash: u64): u32 {
  hash = (hash ^ (hash >> 32)) * ODD
  return <u32>(hash >> 32)
}

/** Put the entries of one table into another, larger one, all of whose slots are free. */
export function resizeTable(from: usize, fromMask: u32, to: usize, toMask: u32): void {
  for (let i: usize = 0; i <= <usize>fromMask; i++) {
    const entry = load<u64>(from + (i << 3))
    if (entry === 0) continue
    let at = <u32>(entry >> 32) & toMask
    while (load<u64>(to + ((<usize>at) << 3)) !== 0) at = (at + 1) & toMask
    store<u64>(to + ((<usize>at) << 3), entry)
  }
}

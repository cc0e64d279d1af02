// Hashes of 16 bytes, numbered from 0 in order of appearance. They are in segments; a table of slots finds them. TypeScript allocates both.

import { HASH, NO_SLOT, SEGMENT_BITS, WORD } from './record'

const SEGMENT_MASK: u32 = (1 << SEGMENT_BITS) - 1

/** Addresses of the segments. */
let segments: usize = 0
/** A slot holds a hash's number plus 1 in the low bits that the table's size needs, and bits of the hash in the rest. 0: free. */
let table: usize = 0
let mask: u32 = 0

/** Hashes so far. */
export let size: u32 = 0
/** The question of {@link addHashes}: a hash's number, and the slot in which it was found. */
export let askedNumber: i32 = 0
export let askedSlot: i32 = 0

/** Exported, so that the compiler cannot remove the reads. */
export let touched: u32 = 0

/** @param newTable - zeroed slots, a power of two. */
export function useTable(newSegments: usize, newTable: usize, slots: u32): void {
  segments = newSegments
  table = newTable
  mask = slots - 1
}

/** Insert hashes of the segments into a table that does not have them yet. */
export function placeHashes(first: u32, end: u32): void {
  for (let number = first; number < end; number++) {
    const known = hashAt(number)
    let slot = load<u32>(known) & mask
    while (load<u32>(table + <usize>slot * WORD) !== 0) slot = (slot + 1) & mask
    store<u32>(table + <usize>slot * WORD, (load<u32>(known, 4) & ~mask) | (number + 1))
  }
}

function hashAt(number: u32): usize {
  const segment: usize = load<u32>(segments + (number >> SEGMENT_BITS) * WORD)
  return segment + HASH * (number & SEGMENT_MASK)
}

/**
 * Read the slot of every hash. These reads are independent, unlike those of the search: so the slots are in the
 * processor's cache when the search runs.
 */
export function touchSlots(hashes: usize, count: i32): void {
  let sum: u32 = 0
  for (const end = hashes + HASH * count; hashes < end; hashes += HASH) {
    sum ^= load<u32>(table + <usize>(load<u32>(hashes) & mask) * WORD)
  }
  touched = sum
}

/**
 * Write the numbers of the hashes from `index` to `count`. Slots and segments must have space for them.
 *
 * @param asks - stop at an already known hash, to ask whether it counts as known.
 * @param slot - where to continue the search for the first of them, or NO_SLOT for its own slot.
 * @returns where it stopped.
 */
export function addHashes(hashes: usize, index: i32, count: i32, numbers: usize, asks: bool, slot: i32): i32 {
  for (; index < count; index++, slot = NO_SLOT) {
    const hash = hashes + HASH * index
    const low = load<u64>(hash)
    const high = load<u64>(hash, 8)
    const tag = <u32>(low >> 32) & ~mask
    let number = size
    for (let at = slot === NO_SLOT ? <u32>low & mask : slot; ; at = (at + 1) & mask) {
      const place = table + <usize>at * WORD
      const entry = load<u32>(place)
      if (entry === 0) {
        store<u32>(place, tag | (number + 1))
        const fresh = hashAt(number)
        store<u64>(fresh, low)
        store<u64>(fresh, high, 8)
        size = number + 1
        break
      }
      if ((entry & ~mask) !== tag) continue
      const candidate = (entry & mask) - 1
      const known = hashAt(candidate)
      if (load<u64>(known) !== low || load<u64>(known, 8) !== high) continue
      if (asks) {
        askedNumber = candidate
        askedSlot = at
        return index
      }
      number = candidate
      break
    }
    store<u32>(numbers + <usize>index * WORD, number)
  }
  return index
}

import { HASH_WORDS } from './row-hash.ts'

/**
 * Row hashes, numbered from 0 as they come. 16 bytes each in segments that never move, and 4 bytes a slot in a table that is made
 * anew from them when it grows: memory grows by the row, with no spike but the table's own doubling.
 */
export interface HashSet {
  readonly size: number
  /**
   * The number of the hash at `hashes[at]`, which is `size` as it was before where the hash is new.
   *
   * @param isSame - asked where the hash is known already: whether the rows are equal too. Else the search goes on.
   */
  add(hashes: Int32Array, at: number, isSame?: (known: number) => boolean): number
}

const SEGMENT_BITS = 16
const SEGMENT_ROWS = 1 << SEGMENT_BITS
const FIRST_TABLE = 1 << 12
const MAX_TABLE = 2 ** 30
/** Of 8 slots so many are used before the table doubles. */
const MAX_LOAD = 5

export function hashSet(): HashSet {
  const segments: Int32Array[] = []
  let size = 0
  // A slot holds a hash's number plus 1 in the low bits that the table's size needs, and bits of the hash in the rest.
  let table = new Int32Array(FIRST_TABLE)
  let mask = FIRST_TABLE - 1
  let limit = (FIRST_TABLE / 8) * MAX_LOAD

  const grow = (): void => {
    const length = table.length * 2
    if (length > MAX_TABLE) return
    // The old table goes first: the new one is made from the segments.
    table = new Int32Array(0)
    table = new Int32Array(length)
    mask = length - 1
    limit = (length / 8) * MAX_LOAD
    for (let number = 0; number < size; number++) {
      const segment = segments[number >>> SEGMENT_BITS] as Int32Array
      const at = (number & (SEGMENT_ROWS - 1)) * HASH_WORDS
      let slot = (segment[at] as number) & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = ((segment[at + 1] as number) & ~mask) | (number + 1)
    }
  }

  return {
    get size() {
      return size
    },
    add(hashes, at, isSame) {
      const h0 = hashes[at] as number
      const h1 = hashes[at + 1] as number
      let slot = h0 & mask
      for (let entry = table[slot] as number; entry !== 0; entry = table[slot] as number) {
        if (((entry ^ h1) & ~mask) === 0) {
          const number = (entry & mask) - 1
          const segment = segments[number >>> SEGMENT_BITS] as Int32Array
          const known = (number & (SEGMENT_ROWS - 1)) * HASH_WORDS
          if (
            segment[known] === h0 &&
            segment[known + 1] === h1 &&
            segment[known + 2] === hashes[at + 2] &&
            segment[known + 3] === hashes[at + 3] &&
            (isSame === undefined || isSame(number))
          ) {
            return number
          }
        }
        slot = (slot + 1) & mask
      }
      const place = size & (SEGMENT_ROWS - 1)
      if (place === 0) segments.push(new Int32Array(SEGMENT_ROWS * HASH_WORDS))
      const segment = segments[size >>> SEGMENT_BITS] as Int32Array
      for (let word = 0; word < HASH_WORDS; word++) segment[place * HASH_WORDS + word] = hashes[at + word] as number
      table[slot] = (h1 & ~mask) | (size + 1)
      size++
      if (size > limit) grow()
      return size - 1
    },
  }
}

import { HASH_WORDS } from './row-hash.ts'

/**
 * Row hashes, numbered from 0 as they come. 16 bytes each in segments that never move, and 4 bytes a slot in a table that is made
 * anew from them when it grows: memory grows by the row, with no spike but the table's own growth.
 */
export interface HashSet {
  readonly size: number
  /**
   * Write the numbers of `count` hashes: of one that is new, the number of hashes before it.
   *
   * @param isSame - asked where a hash is known already: whether its row and the `index`-th of these are equal too. Else the search
   *   goes on.
   */
  add(hashes: Int32Array, count: number, out: Int32Array, outStart: number, isSame?: IsSameRow): void
}

export type IsSameRow = (known: number, index: number) => boolean

const SEGMENT_BITS = 16
const SEGMENT_ROWS = 1 << SEGMENT_BITS
const FIRST_TABLE = 1 << 12
/** Below so many slots the table grows eightfold: to fill it anew costs more than 8 MB. */
const SMALL_TABLE = 1 << 19
const MAX_TABLE = 2 ** 30
/** Of 8 slots so many are used before the table grows. */
const MAX_LOAD = 5

export function hashSet(): HashSet {
  const segments: Int32Array[] = []
  let size = 0
  // A slot holds a hash's number plus 1 in the low bits that the table's size needs, and bits of the hash in the rest.
  let table = new Int32Array(FIRST_TABLE)
  let mask = FIRST_TABLE - 1
  let limit = (FIRST_TABLE / 8) * MAX_LOAD
  // Written to, so that the compiler may not leave the reads out.
  const touched = new Int32Array(1)

  const grow = (): void => {
    const length = table.length * (table.length < SMALL_TABLE ? 8 : 2)
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

  const addOne = (hashes: Int32Array, index: number, isSame: IsSameRow | undefined): number => {
    const at = index * HASH_WORDS
    const h0 = hashes[at] as number
    const h1 = hashes[at + 1] as number
    let slot = h0 & mask
    for (let entry = table[slot] as number; entry !== 0; entry = table[slot] as number) {
      if (((entry ^ h1) & ~mask) === 0) {
        const number = (entry & mask) - 1
        const segment = segments[number >>> SEGMENT_BITS] as Int32Array
        const known = (number & (SEGMENT_ROWS - 1)) * HASH_WORDS
        if (equalHashes(segment, known, hashes, at) && (isSame === undefined || isSame(number, index))) return number
      }
      slot = (slot + 1) & mask
    }
    table[slot] = (h1 & ~mask) | (size + 1)
    const place = size & (SEGMENT_ROWS - 1)
    if (place === 0) segments.push(new Int32Array(SEGMENT_ROWS * HASH_WORDS))
    const segment = segments[size >>> SEGMENT_BITS] as Int32Array
    for (let word = 0; word < HASH_WORDS; word++) segment[place * HASH_WORDS + word] = hashes[at + word] as number
    if (++size > limit) grow()
    return size - 1
  }

  return {
    get size() {
      return size
    },
    add(hashes, count, out, outStart, isSame) {
      touched[0] = touch(table, hashes, count)
      for (let index = 0; index < count; index++) out[outStart + index] = addOne(hashes, index, isSame)
    },
  }
}

/**
 * Read the slot of every hash. These reads do not wait for each other, while those of the search do: so the slots are in the
 * processor's cache when the search comes.
 */
function touch(table: Int32Array, hashes: Int32Array, count: number): number {
  const mask = table.length - 1
  let sum = 0
  for (let index = 0; index < count; index++) sum ^= table[(hashes[index * HASH_WORDS] as number) & mask] as number
  return sum
}

function equalHashes(left: Int32Array, leftAt: number, right: Int32Array, rightAt: number): boolean {
  for (let word = 0; word < HASH_WORDS; word++) if (left[leftAt + word] !== right[rightAt + word]) return false
  return true
}

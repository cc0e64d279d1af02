import { HASH, NO_SLOT, SEGMENT_BITS, WORD } from '../../kernels/distinct-rows/record.ts'
import { MillraceError } from '../errors.ts'
import { isBeyondKernel } from '../internal/kernel.ts'
import { BLOCK_ROWS, type RowHashKernel } from './row-hash-kernel.ts'

/**
 * Row hashes, numbered from 0 in order of appearance. They are in a kernel's memory: 16 bytes each in segments that
 * never move, and 4 bytes per slot in a table that is rebuilt from them when it grows. So memory grows row by row; the
 * memory of an old table is reused for segments.
 */
export interface HashSet {
  readonly size: number
  /**
   * Write the numbers of `count` hashes, at most {@link BLOCK_ROWS}: a new one gets the number of hashes before it.
   *
   * @param hashes - their address in the kernel's memory.
   * @param isSame - called if a hash is already known, with its number and the index of the row: true if the rows are
   * equal too; otherwise the search continues.
   * @throws MillraceError `LIMIT_EXCEEDED` beyond the 4 GiB of a kernel, enough for 160 million hashes, or the memory of the process.
   */
  add(hashes: number, count: number, out: Int32Array, outStart: number, isSame?: IsSameRow): void
}

export type IsSameRow = (known: number, index: number) => boolean

const SEGMENT_ROWS = 1 << SEGMENT_BITS
const SEGMENT_BYTES = SEGMENT_ROWS * HASH
const MAX_SEGMENTS = 2 ** 32 / SEGMENT_BYTES
const FIRST_TABLE = 1 << 12
/** Below this many slots the table grows eightfold: rebuilding it costs more than 8 MB. */
const SMALL_TABLE = 1 << 19
/** Slots of 8 that are used before the table grows. */
const MAX_LOAD = 5

export function hashSet({ exports, memory }: RowHashKernel): HashSet {
  const segments = memory.reserve(MAX_SEGMENTS * WORD)
  const numbers = memory.reserve(BLOCK_ROWS * WORD)
  let segmentCount = 0
  const spare: number[] = []
  let slots = FIRST_TABLE
  // Nothing is ever released, so reserved memory is all zeros.
  let table = memory.reserve(slots * WORD)
  exports.useTable(segments, table, slots)

  const room = (bytes: number): number => {
    try {
      return memory.reserve(bytes)
    } catch (cause) {
      const cure = 'partition the stream, for example by a hash of the key'
      const rule = isBeyondKernel(memory.top + bytes)
        ? `too many distinct rows for 4 GiB; ${cure}`
        : `the process has no memory for more than ${exports.size.value} distinct rows; raise its memory, or ${cure}`
      throw new MillraceError('LIMIT_EXCEEDED', rule, { cause })
    }
  }

  const growTable = (): void => {
    for (let at = table; at + SEGMENT_BYTES <= table + slots * WORD; at += SEGMENT_BYTES) spare.push(at)
    slots *= slots < SMALL_TABLE ? 8 : 2
    table = room(slots * WORD)
    exports.useTable(segments, table, slots)
    const size = exports.size.value
    for (let first = 0; first < size; first += SEGMENT_ROWS) {
      exports.placeHashes(first, Math.min(first + SEGMENT_ROWS, size))
    }
  }

  const makeRoom = (size: number): void => {
    if (size > (slots / 8) * MAX_LOAD) growTable()
    for (; segmentCount * SEGMENT_ROWS < size; segmentCount++) {
      const segment = spare.pop() ?? room(SEGMENT_BYTES)
      memory.words[(segments >> 2) + segmentCount] = segment
    }
  }

  return {
    get size() {
      return exports.size.value
    },
    add(hashes, count, out, outStart, isSame) {
      makeRoom(exports.size.value + count)
      exports.touchSlots(hashes, count)
      const words = memory.words.subarray(numbers >> 2, (numbers >> 2) + count)
      let written = 0
      let index = exports.addHashes(hashes, 0, count, numbers, isSame !== undefined, NO_SLOT)
      while (index < count) {
        // `isSame` may read the numbers of earlier rows.
        for (; written < index; written++) out[outStart + written] = words[written] as number
        const known = exports.askedNumber.value
        const isKnown = isSame?.(known, index) ?? true
        if (isKnown) words[index] = known
        const next = isKnown ? NO_SLOT : (exports.askedSlot.value + 1) & (slots - 1)
        index = exports.addHashes(hashes, isKnown ? index + 1 : index, count, numbers, true, next)
      }
      out.set(words, outStart)
    },
  }
}

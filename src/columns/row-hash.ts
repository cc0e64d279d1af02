import type { Cells } from './cells.ts'
import { BLOCK_ROWS, type DistinctKernel, HASH_BYTES } from './distinct-kernel.ts'
import { isValid } from './validity.ts'

/**
 * Row hashes of 128 bits under a key of 128 bits: SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"), one round for every word of
 * eight bytes. Who does not know the key cannot make rows collide.
 *
 * Rows are hashed column by column in a kernel's memory, {@link BLOCK_ROWS} at most, to which the cells are copied.
 *
 * @returns where in the kernel's memory the hashes are, one after the other, until the next call.
 */
export type RowHash = (columns: readonly Cells[], first: number, end: number) => number

/** Bytes of a column that are copied at a time: more than most blocks have. A cell that has more is taken in piece by piece. */
const ROOM = 1 << 18
/** The kernel reads words of eight bytes, the last of which may begin at the last byte. */
const SLACK = 8
const STATE_BYTES = 32

/** @param key - four random words, afresh for every run. */
export function rowHash({ exports, memory }: DistinctKernel, key: Int32Array): RowHash {
  const keyAt = memory.reserve(HASH_BYTES)
  memory.words.set(key, keyAt >> 2)
  const states = memory.reserve(BLOCK_ROWS * STATE_BYTES)
  const hashes = memory.reserve(BLOCK_ROWS * HASH_BYTES)
  const bitmap = memory.reserve(BLOCK_ROWS / 8 + 1)
  const bits = memory.reserve(BLOCK_ROWS / 8 + 1)
  const offsetsAt = memory.reserve((BLOCK_ROWS + 1) * 4)
  const room = memory.reserve(ROOM + SLACK)

  const copyBits = (from: Uint8Array, bit: number, rows: number, to: number): void => {
    memory.bytes.set(from.subarray(bit >> 3, (bit + rows + 7) >> 3), to)
  }

  /** @returns where the kernel finds the validity of these rows. */
  const copyNulls = ({ nulls, bitOffset }: Cells, first: number, rows: number): number => {
    if (nulls.length === 0) return 0
    copyBits(nulls, bitOffset + first, rows, bitmap)
    return bitmap
  }

  const absorbFixed = (cells: Cells, first: number, end: number, state: number): void => {
    const { kind, bytes, width, bitOffset } = cells
    const rows = end - first
    const bit = bitOffset + first
    if (kind === 'bits') {
      copyBits(bytes, bit, rows, bits)
      exports.bytesOfBits(bits, bit & 7, rows, room)
    } else memory.bytes.set(bytes.subarray(first * width, end * width), room)
    if (kind === 'doubles') exports.plainDoubles(room, rows)
    exports.absorbFixed(state, rows, room, width, copyNulls(cells, first, rows), bit & 7)
  }

  const absorbBytes = (cells: Cells, first: number, end: number, state: number): void => {
    const { bytes, offsets } = cells
    const start = offsets[first] as number
    const length = (offsets[end] as number) - start
    if (length > ROOM) {
      absorbParts(cells, first, end, state)
      return
    }
    memory.words.set(offsets.subarray(first, end + 1), offsetsAt >> 2)
    memory.bytes.set(bytes.subarray(start, start + length), room)
    const nulls = copyNulls(cells, first, end - first)
    const bit = (cells.bitOffset + first) & 7
    exports.absorbBytes(state, end - first, offsetsAt, room - start, room, room + length, nulls, bit)
  }

  const absorbParts = (cells: Cells, first: number, end: number, state: number): void => {
    const middle = (first + end) >> 1
    if (middle > first) {
      absorbBytes(cells, first, middle, state)
      absorbBytes(cells, middle, end, state + (middle - first) * STATE_BYTES)
    } else absorbLong(cells, first, state)
  }

  const absorbLong = (cells: Cells, row: number, state: number): void => {
    const { bytes, offsets, nulls, bitOffset } = cells
    if (nulls.length > 0 && !isValid(nulls, bitOffset + row)) {
      exports.absorbFixed(state, 1, room, 0, copyNulls(cells, row, 1), (bitOffset + row) & 7)
      return
    }
    const end = offsets[row + 1] as number
    let at = offsets[row] as number
    exports.absorbLength(state, end - at)
    for (; at < end; at += ROOM) {
      const piece = bytes.subarray(at, Math.min(at + ROOM, end))
      memory.bytes.set(piece, room)
      exports.absorbFixed(state, 1, room, piece.length, 0, 0)
    }
  }

  return (columns, first, end) => {
    exports.startRows(states, end - first, keyAt)
    for (const cells of columns) {
      if (cells.kind === 'bytes') absorbBytes(cells, first, end, states)
      else absorbFixed(cells, first, end, states)
    }
    exports.endRows(states, end - first, hashes)
    return hashes
  }
}

import { COLUMN_KEYS, END_KEYS, HASH, SIP_STATE, SPARE, SUMS } from '../../kernels/distinct-rows/record.ts'
import type { HashColumn } from './hash-column.ts'
import { BLOCK_ROWS, type RowHashKernel } from './row-hash-kernel.ts'
import { isValid } from './validity.ts'

/**
 * Row hashes of 128 bits: a universal hash (NH of UMAC) whose random numbers SipHash derives from a key of 128 bits.
 * Two different rows have the same hash with a probability of 2^-124, if their author does not know the key.
 *
 * At most {@link BLOCK_ROWS} rows are hashed column by column in a kernel's memory, to which the cells are copied.
 *
 * @returns the address of the hashes in the kernel's memory, valid until the next call.
 */
export type RowHash = (columns: readonly HashColumn[], first: number, end: number) => number

/** Bytes of a column copied at a time: more than most blocks have. Larger cells are absorbed in pieces. */
const ROOM = 1 << 18

/** @param key - four random words, new for every run. */
export function rowHash({ exports, memory }: RowHashKernel, key: Int32Array): RowHash {
  const keyAt = memory.reserve(HASH)
  memory.words.set(key, keyAt >> 2)
  const sip = memory.reserve(SIP_STATE)
  const sums = memory.reserve(BLOCK_ROWS * SUMS)
  const hashes = memory.reserve(BLOCK_ROWS * HASH)
  const bitmap = memory.reserve(BLOCK_ROWS / 8 + 1)
  const bits = memory.reserve(BLOCK_ROWS / 8 + 1)
  const offsetsAt = memory.reserve((BLOCK_ROWS + 1) * 4)
  const room = memory.reserve(ROOM + SPARE)

  let pieces = 0
  const newKeys = (bytes: number): number => {
    const at = memory.reserve(bytes)
    exports.expandKey(keyAt, pieces, at, bytes)
    pieces += bytes / HASH
    return at
  }
  const endKeys = newKeys(END_KEYS)
  const columnKeys: number[] = []
  const keysOf = (column: number): number => {
    columnKeys[column] ??= newKeys(COLUMN_KEYS)
    return columnKeys[column]
  }

  const copyBits = (from: Uint8Array, bit: number, rows: number, to: number): void => {
    memory.bytes.set(from.subarray(bit >> 3, (bit + rows + 7) >> 3), to)
  }

  /** @returns the address of the validity of these rows. */
  const copyNulls = ({ nulls, bitOffset }: HashColumn, first: number, rows: number): number => {
    if (nulls.length === 0) return 0
    copyBits(nulls, bitOffset + first, rows, bitmap)
    return bitmap
  }

  const absorbFixed = (cells: HashColumn, keys: number, first: number, end: number): void => {
    const { kind, bytes, width, bitOffset } = cells
    const rows = end - first
    const bit = bitOffset + first
    if (kind === 'bits') {
      copyBits(bytes, bit, rows, bits)
      exports.bytesOfBits(bits, bit & 7, rows, room)
    } else memory.bytes.set(bytes.subarray(first * width, end * width), room)
    if (kind === 'doubles') exports.plainDoubles(room, rows)
    exports.absorbFixed(sums, rows, keys, room, width, copyNulls(cells, first, rows), bit & 7)
  }

  const absorbBytes = (cells: HashColumn, keys: number, first: number, end: number, rowSums: number): void => {
    const { bytes, offsets } = cells
    const start = offsets[first] as number
    const length = (offsets[end] as number) - start
    if (length > ROOM) {
      absorbParts(cells, keys, first, end, rowSums)
      return
    }
    memory.words.set(offsets.subarray(first, end + 1), offsetsAt >> 2)
    memory.bytes.set(bytes.subarray(start, start + length), room)
    const nulls = copyNulls(cells, first, end - first)
    const bit = (cells.bitOffset + first) & 7
    exports.absorbBytes(rowSums, end - first, keys, offsetsAt, room - start, room, room + length, nulls, bit, keyAt)
  }

  const absorbParts = (cells: HashColumn, keys: number, first: number, end: number, rowSums: number): void => {
    const middle = (first + end) >> 1
    if (middle > first) {
      absorbBytes(cells, keys, first, middle, rowSums)
      absorbBytes(cells, keys, middle, end, rowSums + (middle - first) * SUMS)
    } else absorbLong(cells, keys, first, rowSums)
  }

  const absorbLong = (cells: HashColumn, keys: number, row: number, rowSums: number): void => {
    const { bytes, offsets, nulls, bitOffset } = cells
    if (nulls.length > 0 && !isValid(nulls, bitOffset + row)) {
      exports.absorbFixed(rowSums, 1, keys, room, 0, copyNulls(cells, row, 1), (bitOffset + row) & 7)
      return
    }
    const start = offsets[row] as number
    const length = (offsets[row + 1] as number) - start
    exports.startSip(sip, keyAt)
    let whole = 0
    for (let at = 0; at < length; at += ROOM) {
      const piece = bytes.subarray(start + at, start + Math.min(at + ROOM, length))
      // In all pieces but the last, these are all bytes.
      whole = piece.length & ~7
      memory.bytes.set(piece, room)
      exports.absorbSip(sip, room, whole)
    }
    exports.absorbLong(rowSums, keys, sip, room + whole, length)
  }

  return (columns, first, end) => {
    exports.startRows(sums, end - first)
    columns.forEach((cells, column) => {
      if (cells.kind === 'bytes') absorbBytes(cells, keysOf(column), first, end, sums)
      else absorbFixed(cells, keysOf(column), first, end)
    })
    exports.endRows(sums, end - first, endKeys, hashes)
    return hashes
  }
}

import type { KernelMemory } from '../../../../internal/kernel.ts'
import { BOOL, type CellKind, DATE, type FixedValues, OTHER, TEXT } from '../columns/cell-buffer.ts'
import type { TextColumn } from '../columns/csv-column.ts'

/** A column's part in the memory of the kernel `csv-rows`. */
export interface KernelColumn {
  /** Begin a run. */
  prepare(): void
  /** Copy what the kernel read into the column, after its last cell. */
  append(rows: number): void
  /**
   * Parse the cells of the first `rows` rows that the kernel left.
   *
   * @param shift - from the kernel's offsets to those of `bytes`.
   * @returns how many rows come before the first that does not fit; `rows` where all do.
   */
  parseLeft(rows: number, bytes: Uint8Array, shift: number): number
}

// The record of a column, in words: see `kernels/csv-rows.ts`.
export const RECORD_BYTES = 48
const TEXT_USED = 5
const TEXT_BEFORE = 6
const NULLS = 7
const FIRST_BIT = 8
const LEFT = 9
const LEFT_COUNT = 10

/** Words of a cell that is left: its row, start and end. */
const LEFT_WORDS = 3
/** The kernel copies so many bytes at once, so it may write as many after the text. */
const SPARE_BYTES = 16

/**
 * @param record - where the column's record lies.
 * @param maxRows - rows of a run.
 * @param maxBytes - bytes of a run: a column's text takes no more.
 */
export function kernelColumn(
  memory: KernelMemory,
  record: number,
  column: TextColumn,
  maxRows: number,
  maxBytes: number,
): KernelColumn {
  const { cells } = column
  const { kind } = cells
  const bitmapBytes = (maxRows >> 3) + 2
  const width = valueBytes(kind)
  const values = memory.reserve(kind === BOOL ? bitmapBytes : width * (maxRows + 1))
  const validity = memory.reserve(bitmapBytes)
  const text = memory.reserve(kind === TEXT ? maxBytes + SPARE_BYTES : 0)
  const left = memory.reserve(kind === TEXT ? 0 : maxRows * LEFT_WORDS * 4)
  const at = record >> 2
  memory.words.set([kind, cells.isRequired ? 1 : 0, values, validity, text], at)
  memory.words[at + LEFT] = left

  function appendValues(rows: number): void {
    const { length } = cells
    const { bytes, words } = memory
    const target = bytesOf(cells.values)
    if (kind === BOOL) {
      const end = length + rows
      target.set(bytes.subarray(values, values + bitmapLength(length, rows)), length >> 3)
      // Bits after the last row are of rows before.
      if ((end & 7) !== 0) target[end >> 3] = (target[end >> 3] as number) & ((1 << (end & 7)) - 1)
    } else if (kind === TEXT) {
      cells.text.set(bytes.subarray(text, text + (words[at + TEXT_USED] as number)), cells.values[length])
      target.set(bytes.subarray(values + 4, values + 4 + rows * 4), (length + 1) * 4)
    } else if (kind !== OTHER) target.set(bytes.subarray(values, values + rows * width), length * width)
  }

  function appendNulls(rows: number): void {
    const { bytes, words } = memory
    const nulls = words[at + NULLS] as number
    if (nulls === 0) return
    cells.nullCount += nulls
    cells.validity ??= new Uint8Array(cells.capacity >> 3).fill(0xff)
    const first = cells.length >> 3
    // The byte that the first row shares with those before it.
    const shared = (cells.validity[first] as number) & (bytes[validity] as number)
    cells.validity.set(bytes.subarray(validity, validity + bitmapLength(cells.length, rows)), first)
    cells.validity[first] = shared
  }

  return {
    prepare() {
      const { words, bytes } = memory
      const { length } = cells
      words[at + TEXT_USED] = 0
      words[at + NULLS] = 0
      words[at + FIRST_BIT] = length & 7
      words[at + LEFT_COUNT] = 0
      bytes.fill(0xff, validity, validity + bitmapBytes)
      if (kind === TEXT) {
        words[at + TEXT_BEFORE] = cells.values[length] as number
        words[values >> 2] = cells.values[length] as number
      } else if (kind === BOOL) bytes[values] = cells.values[length >> 3] ?? 0
    },
    append(rows) {
      column.reserve(rows, memory.words[at + TEXT_USED] as number)
      appendValues(rows)
      appendNulls(rows)
    },
    parseLeft(rows, bytes, shift) {
      const { words } = memory
      const { length } = cells
      const end = (left >> 2) + (words[at + LEFT_COUNT] as number) * LEFT_WORDS
      for (let cell = left >> 2; cell < end; cell += LEFT_WORDS) {
        const row = words[cell] as number
        const start = (words[cell + 1] as number) + shift
        const stop = (words[cell + 2] as number) + shift
        if (!cells.parse(bytes, start, stop, cells.values, length + row)) return row
      }
      return rows
    },
  }
}

/** Bytes of a bitmap that so many rows take after `length` others, with the byte that they share. */
function bitmapLength(length: number, rows: number): number {
  return ((length & 7) + rows + 7) >> 3
}

/** Bytes of a value in the kernel's memory, of an offset where it is text. */
function valueBytes(kind: CellKind): number {
  if (kind === OTHER || kind === BOOL) return 0
  return kind === TEXT || kind === DATE ? 4 : 8
}

function bytesOf({ buffer, byteOffset, byteLength }: FixedValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

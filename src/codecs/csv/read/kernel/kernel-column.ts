import {
  BOOL,
  DATE,
  DEFERRED,
  DEFERRED_CELL,
  DEFERRED_COUNT,
  FIRST_BIT,
  IS_REQUIRED,
  KIND,
  NULLS,
  OTHER,
  TEXT,
  TEXT_BEFORE,
  TEXT_BYTES,
  TEXT_ROOM,
  TEXT_USED,
  VALIDITY,
  VALUES,
} from '../../../../../kernels/csv-rows/record.ts'
import type { KernelMemory } from '../../../../internal/kernel.ts'
import type { CellKind, FixedValues } from '../columns/cell-buffer.ts'
import type { TextColumn } from '../columns/csv-column.ts'

/** A column's part in the memory of the kernel `csv-rows`. */
export interface KernelColumn {
  /** Begin a call. */
  prepare(): void
  /** Copy what the kernel read into the column, after its last cell. @param growth - see `TextColumn.reserve`. */
  append(rows: number, growth: number): void
  /**
   * Parse the cells of the first `rows` rows that the kernel deferred.
   *
   * @param shift - from the kernel's offsets to those of `bytes`.
   * @returns the number of rows before the first that does not fit; `rows` if all fit.
   */
  parseDeferred(rows: number, bytes: Uint8Array, shift: number): number
}

/** The kernel copies this many bytes at a time, so it may write as many after the text. */
const SPARE_BYTES = 16

/**
 * @param record - where the column's record lies.
 * @param maxRows - rows of a call.
 * @param textRoom - bytes of text that a call may read; the kernel stops before more.
 */
export function kernelColumn(
  memory: KernelMemory,
  record: number,
  column: TextColumn,
  maxRows: number,
  textRoom: number,
): KernelColumn {
  const { cells } = column
  const { kind } = cells
  const bitmapBytes = (maxRows >> 3) + 2
  const width = valueBytes(kind)
  const values = memory.reserve(kind === BOOL ? bitmapBytes : width * (maxRows + 1))
  const validity = memory.reserve(bitmapBytes)
  const text = memory.reserve(kind === TEXT ? textRoom + SPARE_BYTES : 0)
  const deferred = memory.reserve(kind === TEXT ? 0 : maxRows * DEFERRED_CELL)
  set(KIND, kind)
  set(IS_REQUIRED, cells.isRequired ? 1 : 0)
  set(VALUES, values)
  set(VALIDITY, validity)
  set(TEXT_BYTES, text)
  set(TEXT_ROOM, textRoom)
  set(DEFERRED, deferred)

  function get(offset: number): number {
    return memory.words[(record + offset) >> 2] as number
  }

  function set(offset: number, value: number): void {
    memory.words[(record + offset) >> 2] = value
  }

  function appendValues(rows: number): void {
    const { length } = cells
    const { bytes } = memory
    const target = bytesOf(cells.values)
    if (kind === BOOL) {
      const end = length + rows
      target.set(bytes.subarray(values, values + bitmapLength(length, rows)), length >> 3)
      // Bits after the last row are left over from earlier rows.
      if ((end & 7) !== 0) target[end >> 3] = (target[end >> 3] as number) & ((1 << (end & 7)) - 1)
    } else if (kind === TEXT) {
      cells.text.set(bytes.subarray(text, text + get(TEXT_USED)), cells.values[length])
      target.set(bytes.subarray(values + 4, values + 4 + rows * 4), (length + 1) * 4)
    } else if (kind !== OTHER) target.set(bytes.subarray(values, values + rows * width), length * width)
  }

  function appendNulls(rows: number): void {
    const { bytes } = memory
    const nulls = get(NULLS)
    if (nulls === 0) return
    cells.nullCount += nulls
    cells.validity ??= new Uint8Array(cells.capacity >> 3).fill(0xff)
    const first = cells.length >> 3
    // The byte that the first row shares with rows before it.
    const shared = (cells.validity[first] as number) & (bytes[validity] as number)
    cells.validity.set(bytes.subarray(validity, validity + bitmapLength(cells.length, rows)), first)
    cells.validity[first] = shared
  }

  return {
    prepare() {
      const { words, bytes } = memory
      const { length } = cells
      set(TEXT_USED, 0)
      set(NULLS, 0)
      set(FIRST_BIT, length & 7)
      set(DEFERRED_COUNT, 0)
      bytes.fill(0xff, validity, validity + bitmapBytes)
      if (kind === TEXT) {
        set(TEXT_BEFORE, cells.values[length] as number)
        words[values >> 2] = cells.values[length] as number
      } else if (kind === BOOL) bytes[values] = cells.values[length >> 3] ?? 0
    },
    append(rows, growth) {
      column.reserve(rows, get(TEXT_USED), growth)
      appendValues(rows)
      appendNulls(rows)
    },
    parseDeferred(rows, bytes, shift) {
      const { words } = memory
      const { length } = cells
      const end = (deferred + get(DEFERRED_COUNT) * DEFERRED_CELL) >> 2
      for (let cell = deferred >> 2; cell < end; cell += DEFERRED_CELL >> 2) {
        const row = words[cell] as number
        const start = (words[cell + 1] as number) + shift
        const stop = (words[cell + 2] as number) + shift
        if (!cells.parse(bytes, start, stop, cells.values, length + row)) return row
      }
      return rows
    },
  }
}

/** Bytes of a bitmap that a number of rows occupy after `length` others, the shared byte included. */
function bitmapLength(length: number, rows: number): number {
  return ((length & 7) + rows + 7) >> 3
}

/** Bytes of a value in the kernel's memory, or of an offset for text. */
function valueBytes(kind: CellKind): number {
  if (kind === OTHER || kind === BOOL) return 0
  return kind === TEXT || kind === DATE ? 4 : 8
}

function bytesOf({ buffer, byteOffset, byteLength }: FixedValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

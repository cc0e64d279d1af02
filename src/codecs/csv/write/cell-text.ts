import type { Data } from 'apache-arrow'
import { isValid } from '../../../columns/validity.ts'

/**
 * The text of one column's cells for a block of rows: cell `row` is `bytes[starts[row], ends[row])`, null if its end is
 * -1. Text that is written unchanged is referenced in the Arrow column's buffer.
 */
export interface CellText {
  bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** The column's own buffer, for text that must be produced. */
  scratch: Uint8Array
}

/** Sets the text of rows `[from, from + count)`. */
export type CellWriter = (cells: CellText, from: number, count: number) => void

/** Writes value `index` at `out[at]`, and returns the offset after its last byte. */
export type ValueWriter = (index: number, out: Uint8Array, at: number) => number

export function newCellText(rows: number): CellText {
  const bytes = new Uint8Array(0)
  return { bytes, starts: new Int32Array(rows), ends: new Int32Array(rows), scratch: bytes }
}

/** The column's own buffer with room for `size` bytes; its content up to `used` is kept. */
export function scratchOf(cells: CellText, size: number, used = 0): Uint8Array {
  if (size > cells.scratch.length) {
    const scratch = new Uint8Array(Math.max(size, cells.scratch.length * 2))
    scratch.set(cells.scratch.subarray(0, used))
    cells.scratch = scratch
  }
  return cells.scratch
}

/** The writer of values whose text has at most `maxBytes` bytes. */
export function shortCells(data: Data, maxBytes: number, writeValue: ValueWriter): CellWriter {
  const { nullBitmap, offset } = data
  const hasNulls = data.nullCount > 0
  return (cells, from, count) => {
    const out = scratchOf(cells, count * maxBytes)
    cells.bytes = out
    let at = 0
    for (let row = 0; row < count; row++) {
      cells.starts[row] = at
      if (hasNulls && !isValid(nullBitmap, offset + from + row)) cells.ends[row] = -1
      else {
        at = writeValue(from + row, out, at)
        cells.ends[row] = at
      }
    }
  }
}

/** The writer of values that are converted to JavaScript strings first. */
export function textCells(data: Data, textOf: (index: number) => string): CellWriter {
  const { nullBitmap, offset } = data
  const hasNulls = data.nullCount > 0
  const encoder = new TextEncoder()
  return (cells, from, count) => {
    let at = 0
    for (let row = 0; row < count; row++) {
      cells.starts[row] = at
      if (hasNulls && !isValid(nullBitmap, offset + from + row)) {
        cells.ends[row] = -1
        continue
      }
      const text = textOf(from + row)
      const out = scratchOf(cells, at + text.length * 3, at)
      at += encoder.encodeInto(text, out.subarray(at)).written
      cells.ends[row] = at
    }
    cells.bytes = cells.scratch
  }
}

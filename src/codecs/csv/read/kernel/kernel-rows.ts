import { kernelMaker } from '../../../../internal/kernel.ts'
import { CSV_ROWS } from '../../../../internal/kernels/csv-rows.ts'
import { takeBack } from '../columns/cell-buffer.ts'
import type { TextColumn } from '../columns/csv-column.ts'
import { kernelColumn, RECORD_BYTES } from './kernel-column.ts'

/** Where rows lie that are to be read straight into their columns. */
export interface DirectRun {
  readonly bytes: Uint8Array
  /** Where the first row begins. */
  readonly start: number
  /** After a line feed; no row is read that ends later. */
  readonly end: number
  /** No row is read that begins here or later. */
  readonly stopAt: number
  readonly maxRows: number
}

export interface TakenRun {
  readonly rows: number
  /** Where the first row begins that was not read. */
  readonly at: number
  /** Physical lines of the rows. */
  readonly lines: number
}

interface CsvRows {
  takeRows(
    columns: number,
    width: number,
    delimiter: number,
    at: number,
    end: number,
    stop: number,
    maxRows: number,
  ): number
  readonly rowsEnd: { readonly value: number }
  readonly breaksTaken: { readonly value: number }
}

/** Bytes after the text that words read at its last byte may hold. */
const PADDING = 64

const newKernel = kernelMaker<CsvRows>(CSV_ROWS)

/**
 * Reads rows straight into their columns, every byte once, by the kernel `csv-rows`. Stops before the first row that is not like most rows:
 * blank, cut off by the end of the run, with a field too many, a value that does not fit. The reader that indexes rows takes it, and knows
 * what is wrong with it, if anything is.
 *
 * @param maxBytes - of a run, from its start to its end.
 */
export function directRows(
  columns: readonly TextColumn[],
  delimiter: number,
  maxBytes: number,
): (run: DirectRun) => TakenRun {
  const { exports, memory } = newKernel()
  // A row has a byte for every field, if only the one that ends it.
  const roomRows = Math.ceil(maxBytes / columns.length)
  const input = memory.reserve(maxBytes + PADDING)
  const records = memory.reserve(columns.length * RECORD_BYTES)
  const parts = columns.map((column, index) =>
    kernelColumn(memory, records + index * RECORD_BYTES, column, roomRows, maxBytes),
  )

  /** Take up to `maxRows` rows, and find how many of them hold no cell that does not fit. */
  function takeRows(run: DirectRun, maxRows: number): TakenRun & { readonly sound: number } {
    const shift = run.start - input
    for (const part of parts) part.prepare()
    const [end, stop] = [run.end - shift, run.stopAt - shift]
    const rows = exports.takeRows(records, columns.length, delimiter, input, end, stop, Math.min(maxRows, roomRows))
    let sound = rows
    for (const part of parts) {
      part.append(rows)
      sound = Math.min(sound, part.parseLeft(rows, run.bytes, shift))
    }
    return { rows, at: exports.rowsEnd.value + shift, lines: rows + exports.breaksTaken.value, sound }
  }

  return (run) => {
    const nulls = columns.map(({ cells }) => cells.nullCount)
    memory.bytes.set(run.bytes.subarray(run.start, run.end), input)
    for (let maxRows = run.maxRows; ; ) {
      const { rows, at, lines, sound } = takeRows(run, maxRows)
      for (const { cells } of columns) cells.length += rows
      if (sound === rows) return { rows, at, lines }
      for (const [index, { cells }] of columns.entries()) takeBack(cells, cells.length - rows, nulls[index] as number)
      maxRows = sound
    }
  }
}

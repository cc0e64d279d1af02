import { RECORD, TEXT } from '../../../../../kernels/csv-rows/record.ts'
import { kernelMaker } from '../../../../internal/kernel.ts'
import { CSV_ROWS } from '../../../../internal/kernels/csv-rows.ts'
import { TEXT_ROOM_BYTES } from '../../../text/kernel-limits.ts'
import { undoRows } from '../columns/cell-buffer.ts'
import type { TextColumn } from '../columns/csv-column.ts'
import { kernelColumn } from './kernel-column.ts'
import type { KernelMarks } from './kernel-marks.ts'

/** The range of rows to read directly into their columns. */
export interface KernelInput {
  readonly bytes: Uint8Array
  /** Start of the first row. */
  readonly start: number
  /** After a line feed; no row is read that ends later. */
  readonly end: number
  /** No row is read that begins here or later. */
  readonly stopAt: number
  readonly maxRows: number
  /** Bytes from `start` on that are expected to be read into the batch; 0 if unknown. */
  readonly expectedBytes: number
}

/** Totals of one call. */
export interface KernelOutput {
  readonly rows: number
  /** Start of the first row that was not read. */
  readonly at: number
  /** Physical lines of the rows and of the comments among them. */
  readonly lines: number
  /** True if the row after them is text in quotes up to the end of the bytes. */
  readonly isCut: boolean
}

/** Reads rows directly into their columns. */
export interface KernelRows {
  read(input: KernelInput): KernelOutput
  /** Release the kernel for other runs, after the last row. */
  leave(): void
}

interface CsvRows {
  useMarks(delimiter: number, quote: number, escapeMark: number, comment: number, skipsComments: boolean): void
  readRows(columns: number, width: number, at: number, end: number, stop: number, maxRows: number): number
  readonly rowsEnd: { readonly value: number }
  readonly breaksRead: { readonly value: number }
  readonly isCut: { readonly value: number }
}

/** Rows too few to predict those that follow. */
const FEW_ROWS = 64
/** Bytes after the text that a word read at its last byte may include. */
const PADDING = 64

const newKernel = kernelMaker<CsvRows>(CSV_ROWS)

/**
 * Reads rows directly into their columns, every byte once, with the kernel `csv-rows`. It stops before the first
 * unusual row: blank, a comment with a longer mark, cut off by the end of the input, with a field too many, or with a
 * value that does not fit. The exact reader reads that row and determines what is wrong with it, if anything.
 *
 * @param maxBytes - the longest input, from its start to its end.
 */
export function kernelRows(columns: readonly TextColumn[], marks: KernelMarks, maxBytes: number): KernelRows {
  const { exports, memory, leave } = newKernel()
  exports.useMarks(marks.delimiter, marks.quote, marks.escape, marks.comment, marks.skipsComments)
  // A row has at least one byte per field, the one that ends it.
  const roomRows = Math.ceil(maxBytes / columns.length)
  const text = memory.reserve(maxBytes + PADDING)
  const records = memory.reserve(columns.length * RECORD)
  const texts = columns.filter(({ cells }) => cells.kind === TEXT).length
  const textRoom = Math.min(maxBytes, Math.floor(TEXT_ROOM_BYTES / texts))
  const parts = columns.map((column, index) =>
    kernelColumn(memory, records + index * RECORD, column, roomRows, textRoom),
  )

  /** Read up to `maxRows` rows, and count those before the first with a cell that does not fit. */
  function readRows(input: KernelInput, maxRows: number): KernelOutput & { readonly sound: number } {
    const shift = input.start - text
    for (const part of parts) part.prepare()
    const [end, stop] = [input.end - shift, input.stopAt - shift]
    const rows = exports.readRows(records, columns.length, text, end, stop, Math.min(maxRows, roomRows))
    const growth = rows < FEW_ROWS ? 0 : input.expectedBytes / (exports.rowsEnd.value - text)
    let sound = rows
    for (const part of parts) {
      part.append(rows, growth)
      sound = Math.min(sound, part.parseDeferred(rows, input.bytes, shift))
    }
    return {
      rows,
      at: exports.rowsEnd.value + shift,
      lines: rows + exports.breaksRead.value,
      isCut: exports.isCut.value !== 0,
      sound,
    }
  }

  function read(input: KernelInput): KernelOutput {
    const nulls = columns.map(({ cells }) => cells.nullCount)
    memory.bytes.set(input.bytes.subarray(input.start, input.end), text)
    for (let maxRows = input.maxRows; ; ) {
      const { sound, ...output } = readRows(input, maxRows)
      const { rows } = output
      for (const { cells } of columns) cells.length += rows
      if (sound === rows) return output
      for (const [index, { cells }] of columns.entries()) undoRows(cells, cells.length - rows, nulls[index] as number)
      maxRows = sound
    }
  }
  return { read, leave }
}

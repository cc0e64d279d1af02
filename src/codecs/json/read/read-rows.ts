import { WAIT } from './kernel/row-kernel.ts'
import { findRow } from './rows/find-row.ts'
import { type ObjectReader, readRow } from './rows/read-row.ts'
import type { RowWindow } from './rows/row-window.ts'

/** A reader of rows: with the kernel while they are usual, otherwise one by one. */
export interface RowReader extends ObjectReader {
  /** Test whether to pause before the next row. */
  isFull(): boolean
  /**
   * Read as many rows from `window.at` on as the kernel can, and move past them.
   *
   * @returns their number, 0 if the row must be read individually, {@link WAIT} if a single row needs more bytes.
   */
  readByKernel(window: RowWindow): number
  /** Release the kernel for other runs, after the last row. */
  leaveKernel(): void
}

/** The reason why reading paused: the reader is full, more bytes are needed, or the file ended. */
export type Pause = 'full' | 'more' | 'done'

/** Read the rows in the available bytes: the one place that chooses between the kernel and the row-by-row reader. */
export function readRows(window: RowWindow, reader: RowReader): Pause {
  for (;;) {
    const place = findRow(window)
    if (place !== 'row') return place
    if (reader.isFull()) return 'full'
    const rows = reader.readByKernel(window)
    if (rows === WAIT || (rows === 0 && !readRow(window, reader))) return 'more'
  }
}

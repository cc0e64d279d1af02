import { WAIT } from './kernel/row-kernel.ts'
import { findRow } from './rows/find-row.ts'
import { type ObjectReader, readRow } from './rows/read-row.ts'
import type { RowWindow } from './rows/row-window.ts'

/** A reader of rows: by the kernel as long as they are like most rows, one by one where they are not. */
export interface RowReader extends ObjectReader {
  /** Test whether to pause before the next row. */
  isFull(): boolean
  /**
   * Read as many rows from `window.at` on as the kernel can, and pass them.
   *
   * @returns their number, 0 where the row is to be read by itself, {@link WAIT} where more bytes are needed for as much as one.
   */
  readByKernel(window: RowWindow): number
  /** Leave the kernel to other runs, after the last row. */
  leaveKernel(): void
}

/** The reason why reading paused: the reader is full, more bytes are needed, or the file is at its end. */
export type Pause = 'full' | 'more' | 'done'

/** Read rows as far as bytes are there: the one place that chooses between the kernel and the reader of single rows. */
export function readRows(window: RowWindow, reader: RowReader): Pause {
  for (;;) {
    const place = findRow(window)
    if (place !== 'row') return place
    if (reader.isFull()) return 'full'
    const rows = reader.readByKernel(window)
    if (rows === WAIT || (rows === 0 && !readRow(window, reader))) return 'more'
  }
}

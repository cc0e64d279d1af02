/** Bytes of text that a kernel reads per call: they stay in the processor's cache between the encoding check and the read. */
export const CALL_BYTES = 128 * 1024
/** Bytes that a call reads for each column of a wide table, so that the work per column and call is spread over some rows. */
const COLUMN_BYTES = 8192
const MAX_CALL_BYTES = 2 * 1024 * 1024
/** Address space for the text of all columns, of which a call uses as much as it reads: with many columns that is less. */
export const TEXT_ROOM_BYTES = 32 * 1024 * 1024

const FEW_ROWS = 64
const FEW_BYTES = 8192

/** Bytes that a kernel reads per call of a table of this width. */
export function callBytes(columns: number): number {
  return Math.max(CALL_BYTES, Math.min(MAX_CALL_BYTES, columns * COLUMN_BYTES))
}

/** Check whether so little has been read, and is there to read, that creating a kernel does not pay off. */
export function isTooLittleForKernel(rowsRead: number, bytesAvailable: number): boolean {
  return rowsRead < FEW_ROWS && bytesAvailable < FEW_BYTES
}

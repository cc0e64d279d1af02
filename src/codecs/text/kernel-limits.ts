/** Bytes of text that a kernel reads in one call: they stay in the processor's cache between the check of their encoding and their reading. */
export const CALL_BYTES = 128 * 1024
/** Address space for the text of all columns, of which a call uses as much as it reads: with many columns that is less. */
export const TEXT_ROOM_BYTES = 32 * 1024 * 1024

const FEW_ROWS = 64
const FEW_BYTES = 8192

/** Check whether so little has been read, and is there to read, that creating a kernel does not pay off. */
export function isTooLittleForKernel(rowsRead: number, bytesAvailable: number): boolean {
  return rowsRead < FEW_ROWS && bytesAvailable < FEW_BYTES
}

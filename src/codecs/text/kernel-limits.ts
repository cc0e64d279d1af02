/** Bytes of text that a kernel reads per call: they stay in the processor's cache between the encoding check and the read. */
export const CALL_BYTES = 128 * 1024
/** Address space for the text of all columns; a call uses as much as it reads, which is less with many columns. */
export const TEXT_ROOM_BYTES = 32 * 1024 * 1024

const FEW_ROWS = 64
const FEW_BYTES = 8192

/** Check whether too little has been read, and is available, for creating a kernel to pay off. */
export function isTooLittleForKernel(rowsRead: number, bytesAvailable: number): boolean {
  return rowsRead < FEW_ROWS && bytesAvailable < FEW_BYTES
}

import { type PageBuffer, roomInPage } from './page-buffer.ts'

/** Bytes of a run's header, and of the value of a repeated run. */
const RUN_BYTES = 9

/** Bits of values up to `max`: 0 for 0. */
export function bitWidthOf(max: number): number {
  return 32 - Math.clz32(max)
}

/**
 * Upper bound of the bytes of a number of values. A repeated run has eight values or more and takes 40 bits, with a
 * bit-packed run between two of them.
 */
function hybridRoom(count: number, bitWidth: number): number {
  const runs = 2 * Math.ceil(count / Math.max(8, 40 / Math.max(1, bitWidth))) + 2
  return Math.ceil(((count + 8) * bitWidth) / 8) + RUN_BYTES * runs
}

/** Append levels, one byte each, in Parquet's hybrid of run-length and bit-packed runs. */
export function appendLevelRuns(page: PageBuffer, levels: Uint8Array, bitWidth: number): void {
  const { length } = levels
  const at = roomInPage(page, hybridRoom(length, bitWidth), length)
  page.kernel.memory.bytes.set(levels, at)
  page.end = page.kernel.exports.appendLevels(page.end, at, length, bitWidth) >>> 0
}

/** Append the width, then `count` 32-bit numbers at `indexes` in the kernel's memory. */
export function appendIndexRuns(page: PageBuffer, indexes: number, count: number, bitWidth: number): void {
  const { exports, memory } = page.kernel
  roomInPage(page, 1 + hybridRoom(count, bitWidth))
  memory.bytes[page.end] = bitWidth
  page.end = exports.appendIndexes(page.end + 1, indexes, count, bitWidth) >>> 0
}

export function appendRepeatedRun(page: PageBuffer, value: number, count: number, bitWidth: number): void {
  roomInPage(page, RUN_BYTES)
  page.end = page.kernel.exports.appendRepeatedRun(page.end, value, count, bitWidth) >>> 0
}

import { type PageBuffer, roomInPage } from './page-buffer.ts'

/** Bytes of a run's header, and of its value where that is repeated. */
const RUN_BYTES = 9

/** Bits that a value up to `max` needs: 0 for 0. */
export function bitWidthOf(max: number): number {
  return 32 - Math.clz32(max)
}

/**
 * Upper bound of the bytes that so many values take. A repeated run is of eight values or more and 40 bits, and there is a bit-packed one between
 * two of them.
 */
function hybridRoom(count: number, bitWidth: number): number {
  const runs = 2 * Math.ceil(count / Math.max(8, 40 / Math.max(1, bitWidth))) + 2
  return Math.ceil(((count + 8) * bitWidth) / 8) + RUN_BYTES * runs
}

/** Append levels, a byte each, in Parquet's hybrid of run-length and bit-packed runs. */
export function appendLevelRuns(page: PageBuffer, levels: Uint8Array, bitWidth: number): void {
  const { length } = levels
  const at = roomInPage(page, hybridRoom(length, bitWidth), length)
  page.kernel.memory.bytes.set(levels, at)
  page.end = page.kernel.exports.appendLevels(page.end, at, length, bitWidth) >>> 0
}

/** Append `count` 32-bit numbers, which lie at `indexes` in the kernel's memory, behind their width. */
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

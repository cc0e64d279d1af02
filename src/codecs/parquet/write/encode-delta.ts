import { DELTA_BLOCK, LENGTH } from '../../../../kernels/parquet-write/record.ts'
import { appendConcatenated } from './encode-plain.ts'
import { byteLength, type LeafValues } from './leaf-values.ts'
import { type PageBuffer, roomInPage } from './page-buffer.ts'

/** The range of integers of 4 and 8 bytes beyond which deltas are not tried: every reader must be able to add them up exactly. */
export const MAX_DELTA_RANGE = { 4: 2 ** 31, 8: 2 ** 51 } as const

const BLOCK_HEADER = 14
const HEADER = 40

/** Upper bound of the bytes of the deltas of a number of integers. */
function deltaRoom(size: 4 | 8, count: number): number {
  return HEADER + Math.ceil(count / DELTA_BLOCK) * (BLOCK_HEADER + DELTA_BLOCK * size)
}

/** DELTA_BINARY_PACKED: integers of `size` bytes, at least one, all within {@link MAX_DELTA_RANGE} of each other. */
export function appendDeltas(page: PageBuffer, { data }: LeafValues, size: 4 | 8, start: number, end: number): void {
  roomInPage(page, deltaRoom(size, end - start))
  page.end = page.kernel.exports.appendDeltas(page.end, data.start + start * size, size, end - start) >>> 0
}

/** DELTA_LENGTH_BYTE_ARRAY: the lengths as deltas, then all bytes. */
export function appendDeltaLengths(page: PageBuffer, values: LeafValues, start: number, end: number): void {
  const { exports } = page.kernel
  const count = end - start
  const lengths = roomInPage(page, deltaRoom(4, count) + byteLength(values, start, end), LENGTH * count)
  exports.takeLengths(lengths, start, count)
  page.end = exports.appendDeltas(page.end, lengths, 4, count) >>> 0
  appendConcatenated(page, values, start, end)
}

/** DELTA_BYTE_ARRAY: the number of bytes each value shares with the previous one, the number of its other bytes, then those bytes of all values. */
export function appendDeltaPrefixes(page: PageBuffer, values: LeafValues, start: number, end: number): void {
  const { exports } = page.kernel
  const count = end - start
  const prefixes = roomInPage(page, 2 * deltaRoom(4, count) + byteLength(values, start, end), 2 * LENGTH * count)
  const suffixes = prefixes + LENGTH * count
  exports.takePrefixes(prefixes, suffixes, start, count)
  page.end = exports.appendDeltas(page.end, prefixes, 4, count) >>> 0
  page.end = exports.appendDeltas(page.end, suffixes, 4, count) >>> 0
  page.end = exports.appendSuffixes(page.end, prefixes, start, count) >>> 0
}

import { SNAPPY_BLOCK, SNAPPY_TABLE } from '../../../../kernels/parquet-write/record.ts'
import { type PageBuffer, roomInPage } from './page-buffer.ts'

/** Space for a block beyond 7/6 of its bytes, and for the length before the first block. */
const BLOCK_ROOM = 32
const LENGTH_ROOM = 8

/**
 * Compress a page with snappy: returns a view after the page, valid until the page changes. One call per block, so that
 * V8 optimizes the function early.
 */
export function snappyBytes(page: PageBuffer): Uint8Array {
  const { start, end, kernel } = page
  const length = end - start
  const most = LENGTH_ROOM + Math.ceil((length * 7) / 6) + BLOCK_ROOM * Math.ceil(length / SNAPPY_BLOCK)
  const table = roomInPage(page, 0, SNAPPY_TABLE + most)
  const output = table + SNAPPY_TABLE
  let to = kernel.exports.appendLength(output, length) >>> 0
  for (let at = start; at < end; at += SNAPPY_BLOCK) {
    to = kernel.exports.compressBlock(at, Math.min(SNAPPY_BLOCK, end - at), to, table) >>> 0
  }
  return kernel.memory.bytes.subarray(output, to)
}

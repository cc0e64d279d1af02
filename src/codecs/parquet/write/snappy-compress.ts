import { type PageBuffer, roomInPage } from './page-buffer.ts'

/** Bytes of a block, beyond whose beginning no copy reaches. */
const BLOCK = 65_536
/** The kernel's table. */
const TABLE_BYTES = 32_768
/** What a block may need beyond 7/6 of its bytes, and the length before the first one. */
const BLOCK_ROOM = 32
const LENGTH_ROOM = 8

/** A page compressed by snappy: a view behind the page, valid until room is made again. One call a block, so that the first is fast soon. */
export function snappyBytes(page: PageBuffer): Uint8Array {
  const { start, end, kernel } = page
  const length = end - start
  const most = LENGTH_ROOM + Math.ceil((length * 7) / 6) + BLOCK_ROOM * Math.ceil(length / BLOCK)
  const table = roomInPage(page, 0, TABLE_BYTES + most)
  const output = table + TABLE_BYTES
  let to = kernel.exports.appendLength(output, length) >>> 0
  for (let at = start; at < end; at += BLOCK) {
    to = kernel.exports.compressBlock(at, Math.min(BLOCK, end - at), to, table) >>> 0
  }
  return kernel.memory.bytes.subarray(output, to)
}

import { allocate } from './allocate.ts'

/** Bytes collected in one buffer. */
export interface GrowingBuffer {
  append(bytes: Uint8Array): void
  /** Return the collected bytes, without a copy, and release them. */
  take(): Uint8Array
}

const FIRST_BYTES = 64 * 1024
const DOUBLING_BYTES = 4 * 1024 * 1024

/**
 * Collect up to `limit` bytes. Small contents double their buffer; beyond 4 MiB the whole limit is reserved, and the
 * system provides memory only for the used part. So a large object is never in memory twice, as it would be when
 * joining a list of chunks.
 *
 * @throws MillraceError `LIMIT_EXCEEDED` if the process has not enough memory.
 */
export function growingBuffer(limit: number): GrowingBuffer {
  let buffer = new Uint8Array(0)
  let length = 0
  return {
    append(bytes) {
      const needed = length + bytes.length
      if (needed > buffer.length) {
        const doubled = Math.max(needed, FIRST_BYTES, buffer.length * 2)
        const size = doubled > DOUBLING_BYTES ? Math.max(needed, limit) : doubled
        const grown = allocate(size, 'the object', 'lower singlePutLimit')
        grown.set(buffer.subarray(0, length))
        buffer = grown
      }
      buffer.set(bytes, length)
      length = needed
    },
    take() {
      const taken = buffer.subarray(0, length)
      buffer = new Uint8Array(0)
      length = 0
      return taken
    },
  }
}

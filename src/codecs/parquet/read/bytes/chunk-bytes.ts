import type { ByteRange, FileBytes } from './file-bytes.ts'

/** The bytes of one column chunk, front to back: all at once, or a window at a time. */
export interface ChunkBytes {
  readonly length: number
  /** `length` bytes from `at` on, fewer at the end of the chunk. */
  read(at: number, length: number): Promise<Uint8Array> | Uint8Array
}

export function wholeChunk(bytes: Uint8Array): ChunkBytes {
  return { length: bytes.length, read: (at, length) => bytes.subarray(at, at + length) }
}

/** A chunk that is read a window at a time, so that memory does not grow with the row group. */
export function windowedChunk(file: FileBytes, { start, end }: ByteRange, windowBytes: number): ChunkBytes {
  let windowAt = 0
  let window = new Uint8Array(0)
  return {
    length: end - start,
    async read(at, length) {
      const stop = Math.min(at + length, end - start)
      if (at < windowAt || stop > windowAt + window.length) {
        const windowEnd = Math.min(Math.max(stop, at + windowBytes), end - start)
        window = (await file.read(start + at, start + windowEnd)) as Uint8Array<ArrayBuffer>
        windowAt = at
      }
      return window.subarray(at - windowAt, stop - windowAt)
    },
  }
}

import { copyOf } from './copy-of.ts'
import type { ByteRange, FileBytes } from './file-bytes.ts'

const EMPTY: Uint8Array = new Uint8Array(0)

/** The bytes of one column chunk, front to back: as a whole, or one window at a time. */
export interface ChunkBytes {
  readonly length: number
  /** `length` bytes from `at` on, fewer at the end of the chunk. */
  read(at: number, length: number): Promise<Uint8Array> | Uint8Array
  /** Bytes before this are no longer needed. */
  release(before: number): void
}

export function wholeChunk(bytes: Uint8Array): ChunkBytes {
  return { length: bytes.length, read: (at, length) => bytes.subarray(at, at + length), release() {} }
}

/** A chunk that is read one window at a time, so that memory does not grow with the row group. Front to back, no byte is read twice. */
export function windowedChunk(file: FileBytes, { start, end }: ByteRange, windowBytes: number): ChunkBytes {
  const chunkLength = end - start
  /** Bytes of earlier windows that are still needed. */
  let tail = EMPTY
  let window = EMPTY
  let windowAt = 0

  /** Number of bytes held. */
  function held(from: number, to: number): Uint8Array {
    if (from >= windowAt) return window.subarray(from - windowAt, to - windowAt)
    const inTail = tail.subarray(from - windowAt + tail.length, Math.min(0, to - windowAt) + tail.length)
    return to <= windowAt ? inTail : Buffer.concat([inTail, window.subarray(0, to - windowAt)])
  }

  async function load(at: number, stop: number): Promise<void> {
    const windowEnd = windowAt + window.length
    const isAhead = at >= windowAt - tail.length && at <= windowEnd
    // A copy, so that the window is free before the next one is read.
    tail = isAhead ? copyOf(held(at, windowEnd)) : EMPTY
    window = EMPTY
    windowAt = isAhead ? windowEnd : at
    const nextEnd = Math.min(Math.max(stop, windowAt + windowBytes), chunkLength)
    window = await file.read(start + windowAt, start + nextEnd)
  }

  async function readNow(at: number, length: number): Promise<Uint8Array> {
    const stop = Math.min(at + length, chunkLength)
    if (at < windowAt - tail.length || stop > windowAt + window.length) await load(at, stop)
    if (at >= windowAt) tail = EMPTY
    return held(at, stop)
  }

  function releaseNow(before: number): void {
    if (before < windowAt + window.length) return
    tail = EMPTY
    window = EMPTY
    windowAt = before
  }

  /** Settles when the window is free. It resolves to no bytes, which would stay in memory. */
  let turn: Promise<void> = Promise.resolve()

  /** Use the window exclusively: an inflater reads its page in the background while the header of the next page is read. */
  function inTurn<T>(use: () => T | Promise<T>): Promise<T> {
    const result = turn.then(use)
    turn = result.then(nothing, nothing)
    return result
  }

  return {
    length: chunkLength,
    read: (at, length) => inTurn(() => readNow(at, length)),
    release: (before) => void inTurn(() => releaseNow(before)),
  }
}

function nothing(): void {}

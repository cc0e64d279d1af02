import { type FileHandle, open } from 'node:fs/promises'
import * as types from 'node:util/types'
import { MillraceError } from '../../errors.ts'
import { bytesOf } from '../../internal/bytes-of.ts'
import { checkArgument, notA } from '../../internal/check-arguments.ts'

/** Bytes that can be read more than once, whole or by range. `end` is excluded. */
export interface ByteSource {
  /** Total bytes, if known before reading. */
  readonly size?: number
  /** Total bytes, for sources that must request it: needed to read a file from its end without reading all of it. */
  length?(): Promise<number>
  stream(range?: { readonly start: number; readonly end?: number }, options?: StreamOptions): AsyncIterable<Uint8Array>
  read(start: number, end: number): Promise<Uint8Array>
}

export interface StreamOptions {
  /** The reader is done with a chunk when it asks for the next, so that a source may reuse its memory. */
  readonly reuse?: boolean
}

/** The input of a codec: ranged bytes, bytes in memory, or a stream of chunks. */
export type CodecInput = ByteSource | Uint8Array | AsyncIterable<Uint8Array>

const CHUNK_BYTES = 256 * 1024
const FILE_CHUNK_BYTES = 512 * 1024

/**
 * A {@link ByteSource} over bytes in memory. Nothing is copied.
 *
 * @example
 * const source = bytesSource(new TextEncoder().encode('id,name\n1,Ada\n'))
 * source.size // => 14
 */
export function bytesSource(given: Uint8Array | ArrayBufferLike | ArrayBufferView): ByteSource {
  const bytes = bytesOf(given)
  if (bytes === undefined) throw notA('bytesSource', 'the first argument', 'bytes in memory', given)
  return {
    size: bytes.length,
    async *stream(range = { start: 0 }) {
      const end = Math.min(range.end ?? bytes.length, bytes.length)
      for (let at = range.start; at < end; at += CHUNK_BYTES) yield bytes.subarray(at, Math.min(at + CHUNK_BYTES, end))
    },
    async read(start, end) {
      return bytes.subarray(start, Math.min(end, bytes.length))
    },
  }
}

/**
 * A {@link ByteSource} over a file of the local disk, such as Lambda's `/tmp`. Opened for every call and closed after
 * it, so nothing is held between reads; a stream reads 512 KiB at a time.
 *
 * @throws MillraceError `SOURCE_UNAVAILABLE` when the file cannot be opened or read, with the system's error as cause; `SOURCE_CHANGED` when it
 *   became shorter while it was read; `TYPE_MISMATCH` for a path that is not a string.
 * @example
 * for await (const batch of csv().read(fileSource('data/people.csv'))) console.log(batch.numRows) // => 2
 */
export function fileSource(path: string): ByteSource {
  checkArgument('fileSource', 'path', path, 'text', 'write fileURLToPath(url) for a URL')
  return {
    length: () => withFile(path, async (file) => (await file.stat().catch(unreadable)).size),
    async *stream(range = { start: 0 }, { reuse = false } = {}) {
      const file = await openFile(path)
      // One that the reader has, and one that is being filled.
      const buffers: ArrayBufferLike[] = []
      let ahead = readAhead(file, range.start, range.end, undefined)
      try {
        const { size } = await file.stat().catch(unreadable)
        for (let at = range.start; ; ) {
          const chunk = await ahead.catch(unreadable)
          if (chunk.length === 0) {
            if (at < Math.min(size, range.end ?? size)) throw shortened()
            return
          }
          at += chunk.length
          ahead = readAhead(file, at, range.end, buffers.pop())
          yield chunk
          if (reuse) buffers.push(chunk.buffer)
        }
      } finally {
        await ahead.catch(() => {})
        await file.close()
      }
    },
    read: (start, end) =>
      withFile(path, async (file) => {
        const { size } = await file.stat().catch(unreadable)
        const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
        let filled = 0
        while (filled < bytes.length) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled).catch(unreadable)
          if (bytesRead === 0) throw shortened()
          filled += bytesRead
        }
        return bytes
      }),
  }
}

/** The next chunk of a file, read while the previous one is processed; its error is thrown when the chunk is requested. */
function readAhead(
  file: FileHandle,
  at: number,
  end: number | undefined,
  buffer: ArrayBufferLike | undefined,
): Promise<Uint8Array> {
  const chunk = readChunk(file, at, end, buffer)
  chunk.catch(() => {})
  return chunk
}

/** The chunk at an offset, empty at the end, in unzeroed memory, of which only bytes that were read are returned. */
async function readChunk(
  file: FileHandle,
  at: number,
  end = Number.POSITIVE_INFINITY,
  buffer: ArrayBufferLike = Buffer.allocUnsafeSlow(Math.max(0, Math.min(FILE_CHUNK_BYTES, end - at))).buffer,
): Promise<Uint8Array> {
  const length = Math.min(buffer.byteLength, end - at)
  if (length <= 0) return new Uint8Array(0)
  const { bytesRead } = await file.read(new Uint8Array(buffer), 0, length, at)
  return new Uint8Array(buffer, 0, bytesRead)
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openFile(path)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, 'r').catch(unreadable)
}

function unreadable(cause: unknown): never {
  throw new MillraceError('SOURCE_UNAVAILABLE', 'the file cannot be opened or read', { cause })
}

function shortened(): MillraceError {
  return new MillraceError('SOURCE_CHANGED', 'the file became shorter while it was read')
}

/** Check whether a codec's input is bytes in memory, of this realm or another. */
export function isBytes(input: CodecInput): input is Uint8Array {
  return types.isUint8Array(input)
}

export function isByteSource(input: CodecInput): input is ByteSource {
  return isObject(input) && !isBytes(input) && 'stream' in input && typeof input.stream === 'function'
}

/**
 * The bytes of any codec input, in order, once.
 *
 * @param options - passed to a source.
 * @throws MillraceError `TYPE_MISMATCH` if the input is not one of these, or a chunk of it is not bytes.
 */
export function chunksOf(input: CodecInput, options?: StreamOptions): AsyncIterable<Uint8Array> {
  if (isBytes(input)) return bytesSource(input).stream()
  const chunks = isByteSource(input) ? input.stream(undefined, options) : input
  if (isObject(chunks) && Symbol.asyncIterator in chunks) return checked(chunks)
  throw new MillraceError('TYPE_MISMATCH', 'a codec reads a Uint8Array, a ByteSource or a stream of Uint8Array')
}

/** A stream with an encoding yields text instead of bytes, whose characters would be misread. */
async function* checked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (!isBytes(chunk)) {
      throw new MillraceError('TYPE_MISMATCH', 'a chunk of the source is not a Uint8Array; read it without an encoding')
    }
    yield chunk
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

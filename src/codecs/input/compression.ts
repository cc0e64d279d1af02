import { type Transform as ByteTransform, pipeline, Readable } from 'node:stream'
import type zlib from 'node:zlib'
import { isMillraceError, MillraceError } from '../../errors.ts'
import { nodeZlib } from '../../internal/node-modules.ts'
import type { Stage } from '../../internal/stage.ts'
import { sourceTail } from './source-tail.ts'
import { zstdFrames } from './zstd-frames.ts'

/** A compression around a whole file. */
export type FileCompression = 'gzip' | 'zstd'

const CHUNK_BYTES = 256 * 1024
const GZIP_MAGIC = [0x1f, 0x8b]
const NOT_GZIP =
  "the file is not gzip: it does not begin with 1f 8b; correct its name, or pass compression: 'none' or 'auto' to codecFor"

/**
 * A stage that inflates a gzip or zstd file, with any number of members or frames, in memory that does not grow with the file.
 *
 * @param maxBytes - limit of the inflated bytes.
 * @throws MillraceError `ENCODING_INVALID` if the bytes have another format, are damaged or cut off; `LIMIT_EXCEEDED`
 * over `maxBytes`; `UNSUPPORTED_FORMAT` for zstd on a Node without it (before 22.15).
 */
export function inflate(compression: FileCompression, maxBytes: number): Stage<Uint8Array, Uint8Array> {
  return async function* (source) {
    let total = 0
    for await (const chunk of compression === 'gzip' ? gunzip(source) : unzstd(source)) {
      total += chunk.length
      if (total > maxBytes) {
        throw new MillraceError(
          'LIMIT_EXCEEDED',
          `the file inflates to more than ${maxBytes} bytes; see limits.maxInflatedBytes`,
        )
      }
      yield chunk
    }
  }
}

/** Detect the compression of a file by its first bytes. @returns the compression, undefined if there is none, and all chunks of the file. */
export async function detectCompression(
  source: AsyncIterable<Uint8Array>,
): Promise<{ found: FileCompression | undefined; chunks: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let size = 0
  while (size < 4) {
    const next = await iterator.next()
    if (next.done === true) break
    held.push(next.value)
    size += next.value.length
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* held.splice(0)
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  const [a = 0, b = 0, c = 0, d = 0] = Buffer.concat(held)
  if (a === 0x1f && b === 0x8b) return { found: 'gzip', chunks: chunks() }
  const isZstd =
    (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) || (a >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18)
  return { found: isZstd ? 'zstd' : undefined, chunks: chunks() }
}

/**
 * A stage that compresses to one gzip member or zstd frame, at the default level of the format.
 *
 * @throws MillraceError `UNSUPPORTED_FORMAT` for zstd on a Node without it (before 22.15).
 */
export function deflate(compression: FileCompression): Stage<Uint8Array, Uint8Array> {
  return (source) =>
    through(
      source,
      compression === 'gzip'
        ? nodeZlib().createGzip({ chunkSize: CHUNK_BYTES })
        : zstd(nodeZlib().createZstdCompress, { params: { [nodeZlib().constants.ZSTD_c_checksumFlag]: 1 } }),
    )
}

/** zlib continues from member to member, but treats a zero after one as padding and stops there, whatever follows. */
async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = gzipOnly(compressed)
  const engine = nodeZlib().createGunzip({ chunkSize: CHUNK_BYTES })
  const tail = sourceTail(source)
  try {
    yield* inflated(tail.chunks(), engine, 'gzip')
    if ((await tail.contentEnd()) > engine.bytesWritten)
      throw new MillraceError('ENCODING_INVALID', 'the gzip file has data after its zero padding', {
        position: { byteOffset: engine.bytesWritten },
      })
  } finally {
    tail.close()
  }
}

/** @throws MillraceError `ENCODING_INVALID` if the first bytes are not gzip's: such a file is not damaged, but has another format. */
async function* gzipOnly(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of source) {
    for (let index = 0; at < GZIP_MAGIC.length && index < chunk.length; index++) {
      if (chunk[index] !== GZIP_MAGIC[at++])
        throw new MillraceError('ENCODING_INVALID', NOT_GZIP, { position: { byteOffset: 0 } })
    }
    yield chunk
  }
}

async function* unzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let frames = 0
  for await (const frame of zstdFrames(source)) {
    yield* inflated(frame, zstd(nodeZlib().createZstdDecompress), 'zstd')
    frames++
  }
  if (frames === 0)
    throw new MillraceError('ENCODING_INVALID', 'the zstd file is empty', { position: { byteOffset: 0 } })
}

/** Convert zlib's errors; those of the source pass unchanged. */
async function* inflated(
  source: AsyncIterable<Uint8Array>,
  engine: ByteTransform,
  name: FileCompression,
): AsyncGenerator<Uint8Array> {
  let sourceError: unknown
  async function* watched() {
    try {
      yield* source
    } catch (error) {
      sourceError = error
      throw error
    }
  }
  try {
    yield* through(watched(), engine)
  } catch (cause) {
    if (cause === sourceError || isMillraceError(cause)) throw cause
    const isCut = cause instanceof Error && 'code' in cause && cause.code === 'Z_BUF_ERROR'
    throw new MillraceError('ENCODING_INVALID', isCut ? `the ${name} file is cut off` : `the ${name} file is damaged`, {
      cause,
    })
  }
}

async function* through(source: AsyncIterable<Uint8Array>, engine: ByteTransform): AsyncGenerator<Uint8Array> {
  // An error of either end reaches the reader of `engine`, so the callback ignores it.
  pipeline(Readable.from(source, { objectMode: true, highWaterMark: 1 }), engine, () => {})
  yield* engine as AsyncIterable<Uint8Array>
}

function zstd(
  create: ((options: zlib.ZstdOptions) => ByteTransform) | undefined,
  options: zlib.ZstdOptions = {},
): ByteTransform {
  if (create === undefined) {
    throw new MillraceError('UNSUPPORTED_FORMAT', 'zstd needs Node 22.15 or later; use gzip, or run on a later Node')
  }
  return create({ chunkSize: CHUNK_BYTES, ...options })
}

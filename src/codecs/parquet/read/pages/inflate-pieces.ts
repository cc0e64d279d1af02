import { addAbortSignal, pipeline, Readable, type Transform } from 'node:stream'
import type { CompressionCodec } from 'hyparquet'
import { isMillraceError } from '../../../../errors.ts'
import { nodeZlib } from '../../../../internal/node-modules.ts'
import { invalid } from '../invalid.ts'
import { FAR_REFERENCE, snappyPieces } from './snappy-stream.ts'

/** The compressed bytes of a page, and its inflated size. */
export interface PageStream {
  readonly codec: CompressionCodec
  readonly size: number
  pieces(): AsyncGenerator<Uint8Array>
  /** The whole page. */
  whole(): Promise<Uint8Array>
  /** Aborts work in progress when the reader is closed. */
  readonly signal: AbortSignal
}

const CHUNK_BYTES = 128 * 1024

/** Test whether pages of this compression can be inflated piece by piece. */
export function inflatesInPieces(codec: CompressionCodec): boolean {
  if (codec === 'ZSTD') return typeof nodeZlib().createZstdDecompress === 'function'
  return codec === 'UNCOMPRESSED' || codec === 'SNAPPY' || codec === 'GZIP' || codec === 'BROTLI'
}

/** Inflate a page piece by piece, in memory that does not grow with it, checking its size. */
export async function* inflatePieces(page: PageStream): AsyncGenerator<Uint8Array> {
  let total = 0
  try {
    for await (const piece of inflating(page)) {
      total += piece.length
      if (total > page.size) break
      yield piece
    }
  } catch (error) {
    if (error !== FAR_REFERENCE) throw error
    const rest = (await page.whole()).subarray(total)
    total += rest.length
    yield rest
  }
  if (total !== page.size) throw invalid(`the size of a ${page.codec} page differs from its header`)
}

function inflating(page: PageStream): AsyncIterable<Uint8Array> {
  const options = { chunkSize: CHUNK_BYTES }
  switch (page.codec) {
    case 'SNAPPY':
      return snappyPieces(page.pieces(), page.size)
    case 'GZIP':
      return through(page, nodeZlib().createUnzip(options))
    case 'BROTLI':
      return through(page, nodeZlib().createBrotliDecompress(options))
    case 'ZSTD':
      return through(page, nodeZlib().createZstdDecompress(options))
    default:
      return page.pieces()
  }
}

async function* through({ pieces, signal, codec }: PageStream, engine: Transform): AsyncGenerator<Uint8Array> {
  // An error of either end destroys the engine, which throws it into the loop below.
  pipeline(Readable.from(pieces(), { objectMode: false }), addAbortSignal(signal, engine), () => {})
  try {
    yield* engine as AsyncIterable<Uint8Array>
  } catch (error) {
    if (isMillraceError(error)) throw error
    throw invalid(`a ${codec} page is damaged`, undefined, error)
  }
}

import * as zlib from 'node:zlib'
import type { CompressionCodec } from 'hyparquet'
import { snappyCompressor } from 'hysnappy'
import { MillraceError } from '../../../errors.ts'
import type { ParquetCompression } from './write-options.ts'

/** Compresses the pages of one run. The result is fresh: the input may be overwritten. */
export interface PageCompressor {
  readonly codec: CompressionCodec
  compress(page: Uint8Array): Uint8Array
}

const NO_COMPRESSION: PageCompressor = { codec: 'UNCOMPRESSED', compress: (page) => page.slice() }

/** Levels that were the fastest within a few per cent of the default's size. */
const ZSTD_LEVEL = 1
const GZIP_LEVEL = 6

/**
 * @throws MillraceError `UNSUPPORTED_FORMAT` for zstd on a Node without it.
 */
export function pageCompressor(compression: ParquetCompression): PageCompressor {
  switch (compression) {
    case 'none':
      return NO_COMPRESSION
    case 'gzip':
      return { codec: 'GZIP', compress: (page) => zlib.gzipSync(page, { level: GZIP_LEVEL }) }
    case 'zstd':
      return zstdCompressor()
    case 'snappy':
      // One instance a run: its memory (twice a page) goes when the run does, and equal input gives equal bytes.
      return { codec: 'SNAPPY', compress: snappyCompressor() }
  }
}

function zstdCompressor(): PageCompressor {
  const { zstdCompressSync, constants } = zlib
  if (typeof zstdCompressSync !== 'function') {
    throw new MillraceError('UNSUPPORTED_FORMAT', 'this Node has no zstd: use Node 22.15 or later, or snappy or gzip')
  }
  const params = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL }
  return { codec: 'ZSTD', compress: (page) => zstdCompressSync(page, { params }) }
}

import type { CompressionCodec } from 'hyparquet'
import { MillraceError } from '../../../errors.ts'
import { nodeZlib } from '../../../internal/node-modules.ts'
import { type PageBuffer, pageBytes } from './page-buffer.ts'
import { snappyBytes } from './snappy-compress.ts'
import type { ParquetCompression } from './write-options.ts'

/** Compresses the pages of one run. */
export interface PageCompressor {
  readonly codec: CompressionCodec
  /** A page's final bytes, in an array of their own. */
  compress(page: PageBuffer): Uint8Array
  /** Number of these bytes. */
  compressedLength(page: PageBuffer): number
}

const NO_COMPRESSION: PageCompressor = {
  codec: 'UNCOMPRESSED',
  compress: (page) => copied(pageBytes(page)),
  compressedLength: ({ start, end }) => end - start,
}

const SNAPPY: PageCompressor = {
  codec: 'SNAPPY',
  compress: (page) => copied(snappyBytes(page)),
  compressedLength: (page) => snappyBytes(page).length,
}

/** The fastest levels within a few per cent of the default's size. */
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
      return zlibCompressor('GZIP', (page) => nodeZlib().gzipSync(page, { level: GZIP_LEVEL }))
    case 'zstd':
      return zlibCompressor('ZSTD', zstd())
    case 'snappy':
      return SNAPPY
  }
}

/** Copy to a separate buffer, which is not zeroed first. */
function copied(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(Buffer.allocUnsafeSlow(bytes.length).buffer)
  copy.set(bytes)
  return copy
}

function zlibCompressor(codec: CompressionCodec, deflate: (page: Uint8Array) => Uint8Array): PageCompressor {
  const compress = (page: PageBuffer) => deflate(pageBytes(page))
  return { codec, compress, compressedLength: (page) => compress(page).length }
}

function zstd(): (page: Uint8Array) => Uint8Array {
  const { zstdCompressSync, constants } = nodeZlib()
  if (typeof zstdCompressSync !== 'function') {
    throw new MillraceError('UNSUPPORTED_FORMAT', 'this Node has no zstd: use Node 22.15 or later, or snappy or gzip')
  }
  const params = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL }
  return (page) => zstdCompressSync(page, { params })
}

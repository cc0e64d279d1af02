import type { CompressionCodec } from 'hyparquet'
import { nodeZlib } from '../../../../internal/node-modules.ts'
import { invalid, unsupported } from '../invalid.ts'
import { inflateInKernel } from '../kernel/inflate-snappy.ts'
import type { ReadKernel } from '../kernel/read-kernel.ts'
import { lz4Decompress, lz4Raw } from './lz4.ts'
import type { PagePool } from './page-pool.ts'
import { corruptSnappy, snappyInflate } from './snappy-decompress.ts'

/** Snappy pages above this are inflated in JavaScript, for WebAssembly memory never shrinks. */
const MAX_KERNEL_PAGE = 32 * 1024 * 1024
/** The most that a byte of these can inflate to: what claims more is refused before room is made for it. */
const MAX_RATIO = new Map<CompressionCodec, number>([
  ['SNAPPY', 22],
  ['GZIP', 1033],
  ['LZ4', 256],
  ['LZ4_RAW', 256],
])

/**
 * The most bytes of a snappy block per byte that it inflates to: a literal of one byte, whose length takes four more. Its
 * own length takes five at most.
 */
const SNAPPY_MOST = { perByte: 6, length: 5 }

/** Memory for inflated pages, and a kernel where one has been started. */
export interface Inflater {
  readonly pool: PagePool
  readonly kernel: ReadKernel | undefined
}

/** Inflate a page to the size that its header says. The result may be of the pool. */
export function decompress(codec: CompressionCodec, bytes: Uint8Array, size: number, inflater: Inflater): Uint8Array {
  if (codec === 'UNCOMPRESSED') {
    if (bytes.length !== size) throw invalid('an uncompressed page has another size than its header says')
    return bytes
  }
  // Writers leave an empty page empty, or compress it to a few bytes.
  if (size === 0) return EMPTY
  if (size > (bytes.length + 1) * (MAX_RATIO.get(codec) ?? Number.POSITIVE_INFINITY)) {
    throw invalid(`a page claims more bytes than ${codec} can hold in its size`)
  }
  const output = codec === 'SNAPPY' ? snappy(bytes, size, inflater) : inflate(codec, bytes, size)
  if (output.length !== size) throw invalid(`a ${codec} page has another size than its header says`)
  return output
}

function snappy(bytes: Uint8Array, size: number, { pool, kernel }: Inflater): Uint8Array {
  if (snappyLength(bytes) !== size) throw invalid('a snappy page has another size than its header says')
  // Checked before the block is copied to a kernel.
  if (bytes.length > SNAPPY_MOST.perByte * size + SNAPPY_MOST.length) throw corruptSnappy()
  const output = pool.take(size)
  if (kernel === undefined || size > MAX_KERNEL_PAGE) snappyInflate(bytes, output)
  else inflateInKernel(kernel, bytes, output)
  return output
}

const EMPTY = new Uint8Array(0)
const MAX_CHUNK = 16 * 1024 * 1024

function inflate(codec: CompressionCodec, bytes: Uint8Array, size: number): Uint8Array {
  const options = { maxOutputLength: size, chunkSize: Math.max(64, Math.min(size + 1, MAX_CHUNK)) }
  switch (codec) {
    case 'GZIP':
      return nodeZlib().unzipSync(bytes, options)
    case 'BROTLI':
      return nodeZlib().brotliDecompressSync(bytes, options)
    case 'ZSTD':
      if (typeof nodeZlib().zstdDecompressSync !== 'function') {
        throw unsupported('zstd pages need Node 22.15 or later: run on it, or write the file with snappy or gzip')
      }
      return nodeZlib().zstdDecompressSync(bytes, options)
    case 'LZ4':
      return lz4Decompress(bytes, size)
    case 'LZ4_RAW':
      return lz4Raw(bytes, size)
    default:
      throw unsupported(`pages compressed with ${codec} cannot be read; write the file with snappy, zstd or gzip`)
  }
}

/** The length at the start of a snappy block. */
function snappyLength(bytes: Uint8Array): number {
  let length = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i] ?? 0x80
    length += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return length
  }
  throw invalid('a snappy page has no length')
}

import zlib from 'node:zlib'
import type { CompressionCodec } from 'hyparquet'
import { snappyUncompressor } from 'hysnappy'
import { invalid, unsupported } from '../invalid.ts'
import { lz4Decompress, lz4Raw } from './lz4.ts'
import { snappyInflate } from './snappy-decompress.ts'

/** Inflate a page to the size in its header. One per file read, since it may hold a WASM instance meanwhile. */
export type Decompress = (codec: CompressionCodec, bytes: Uint8Array, size: number) => Uint8Array

/** Snappy pages over this size are inflated in JavaScript, since WASM memory never shrinks. */
const MAX_WASM_PAGE = 32 * 1024 * 1024
/** So are the first bytes of snappy in a file, which do not pay for starting WASM. */
const MIN_WASM_BYTES = 1024 * 1024
/** Largest inflation ratio of each codec: pages that claim more are rejected before they are allocated. */
const MAX_RATIO = new Map<CompressionCodec, number>([
  ['SNAPPY', 22],
  ['GZIP', 1033],
  ['LZ4', 256],
  ['LZ4_RAW', 256],
])

type SnappyUncompressor = (input: Uint8Array, size: number) => Uint8Array

/** The last WASM instance started: a call leaves no state in it, so all files being read share it while one of them holds it. */
const snappyEngine = /* @__PURE__ */ sharedEngine()

function sharedEngine() {
  let last: WeakRef<SnappyUncompressor> | undefined
  return {
    running: () => last?.deref(),
    start(): SnappyUncompressor {
      const uncompress = snappyUncompressor()
      last = new WeakRef(uncompress)
      return uncompress
    },
    drop(): void {
      last = undefined
    },
  }
}

export function decompressor(): Decompress {
  let snappyBytes = 0
  let snappyWasm: SnappyUncompressor | undefined

  function snappy(bytes: Uint8Array, size: number): Uint8Array {
    if (snappyLength(bytes) !== size) throw invalid('the size of a snappy page differs from its header')
    snappyBytes += size
    snappyWasm ??= snappyEngine.running()
    if (size > MAX_WASM_PAGE || (snappyWasm === undefined && snappyBytes < MIN_WASM_BYTES))
      return snappyInflate(bytes, size)
    snappyWasm ??= snappyEngine.start()
    try {
      return snappyWasm(bytes, size)
    } catch (error) {
      // A trap does not reset the instance's stack.
      snappyWasm = undefined
      snappyEngine.drop()
      throw error
    }
  }

  return (codec, bytes, size) => {
    if (codec === 'UNCOMPRESSED') {
      if (bytes.length !== size) throw invalid('the size of an uncompressed page differs from its header')
      return bytes
    }
    // Writers keep an empty page empty, or compress it to a few bytes.
    if (size === 0) return EMPTY
    if (size > (bytes.length + 1) * (MAX_RATIO.get(codec) ?? Number.POSITIVE_INFINITY)) {
      throw invalid(`a page claims more bytes than ${codec} can inflate from its size`)
    }
    const output = codec === 'SNAPPY' ? snappy(bytes, size) : inflate(codec, bytes, size)
    if (output.length !== size) throw invalid(`the size of a ${codec} page differs from its header`)
    return output
  }
}

const EMPTY = new Uint8Array(0)
const MAX_CHUNK = 16 * 1024 * 1024

function inflate(codec: CompressionCodec, bytes: Uint8Array, size: number): Uint8Array {
  const options = { maxOutputLength: size, chunkSize: Math.max(64, Math.min(size + 1, MAX_CHUNK)) }
  switch (codec) {
    case 'GZIP':
      return zlib.unzipSync(bytes, options)
    case 'BROTLI':
      return zlib.brotliDecompressSync(bytes, options)
    case 'ZSTD':
      if (typeof zlib.zstdDecompressSync !== 'function') {
        throw unsupported('zstd pages need Node 22.15 or later: run on it, or write the file with snappy or gzip')
      }
      return zlib.zstdDecompressSync(bytes, options)
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

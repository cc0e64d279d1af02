import type { CompressionCodec } from 'hyparquet'
import { snappyUncompressor } from 'hysnappy'
import { nodeZlib } from '../../../../internal/node-modules.ts'
import { invalid, unsupported } from '../invalid.ts'
import { lz4Decompress, lz4Raw } from './lz4.ts'
import { snappyInflate } from './snappy-decompress.ts'

/** Inflate a page to the size that its header says. One per file read: it may keep a WASM instance for as long as that lasts. */
export type Decompress = (codec: CompressionCodec, bytes: Uint8Array, size: number) => Uint8Array

/** Snappy pages above this are inflated in JavaScript, for WASM memory never shrinks. */
const MAX_WASM_PAGE = 32 * 1024 * 1024
/** Until a file has had this many bytes of snappy, too: starting WASM costs more than it gains. */
const MIN_WASM_BYTES = 1024 * 1024
/** The most that a byte of these can inflate to: what claims more is refused before room is made for it. */
const MAX_RATIO = new Map<CompressionCodec, number>([
  ['SNAPPY', 22],
  ['GZIP', 1033],
  ['LZ4', 256],
  ['LZ4_RAW', 256],
])

type SnappyUncompressor = (input: Uint8Array, size: number) => Uint8Array

/** The WASM instance that was started last: a call leaves nothing in it, so all files that are read share it while one of them holds it. */
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
    if (snappyLength(bytes) !== size) throw invalid('a snappy page has another size than its header says')
    snappyBytes += size
    snappyWasm ??= snappyEngine.running()
    if (size > MAX_WASM_PAGE || (snappyWasm === undefined && snappyBytes < MIN_WASM_BYTES))
      return snappyInflate(bytes, size)
    snappyWasm ??= snappyEngine.start()
    try {
      return snappyWasm(bytes, size)
    } catch (error) {
      // A trap leaves the instance's stack where it was.
      snappyWasm = undefined
      snappyEngine.drop()
      throw error
    }
  }

  return (codec, bytes, size) => {
    if (codec === 'UNCOMPRESSED') {
      if (bytes.length !== size) throw invalid('an uncompressed page has another size than its header says')
      return bytes
    }
    // Writers leave an empty page empty, or compress it to a few bytes.
    if (size === 0) return EMPTY
    if (size > (bytes.length + 1) * (MAX_RATIO.get(codec) ?? Number.POSITIVE_INFINITY)) {
      throw invalid(`a page claims more bytes than ${codec} can hold in its size`)
    }
    const output = codec === 'SNAPPY' ? snappy(bytes, size) : inflate(codec, bytes, size)
    if (output.length !== size) throw invalid(`a ${codec} page has another size than its header says`)
    return output
  }
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

/** The length that a snappy block begins with. */
function snappyLength(bytes: Uint8Array): number {
  let length = 0
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i] ?? 0x80
    length += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return length
  }
  throw invalid('a snappy page has no length')
}

import zlib from 'node:zlib'
import type { CompressionCodec } from 'hyparquet'
import { snappyCompressor } from 'hysnappy'
import { describe, expect, test } from 'vitest'
import { readKernels } from '../../../../../src/codecs/parquet/read/kernel/read-kernel.ts'
import { decompress } from '../../../../../src/codecs/parquet/read/pages/decompress.ts'
import { inflatePieces, inflatesInPieces } from '../../../../../src/codecs/parquet/read/pages/inflate-pieces.ts'
import { pagePool } from '../../../../../src/codecs/parquet/read/pages/page-pool.ts'
import { varint } from '../../support/encodings.ts'

const KIB = 1024
const BODY = Uint8Array.from({ length: 140 * KIB }, (_, i) => (i * 7919) >> 9)

const lz4 = (bytes: Uint8Array): Uint8Array => {
  const rest = bytes.length - 15
  const head =
    rest < 0 ? [bytes.length << 4] : [0xf0, ...new Array<number>(Math.floor(rest / 255)).fill(255), rest % 255]
  return Buffer.concat([Uint8Array.from(head), bytes])
}
const CODECS = new Map<CompressionCodec, (bytes: Uint8Array) => Uint8Array>([
  ['UNCOMPRESSED', (bytes) => bytes],
  ['SNAPPY', snappyCompressor()],
  ['GZIP', (bytes) => zlib.gzipSync(bytes)],
  ['BROTLI', (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ['ZSTD', (bytes) => zlib.zstdCompressSync(bytes)],
  ['LZ4', lz4],
  ['LZ4_RAW', lz4],
])
const SIZES = [1, 50, 64, 65, 1000, BODY.length]

describe.each([...CODECS])('%s', (codec, compress) => {
  const inflate = (bytes: Uint8Array, size: number, kernelBytes = 0) =>
    decompress(codec, bytes, size, { pool: pagePool(), kernel: readKernels(kernelBytes).start() })

  async function inPieces(bytes: Uint8Array, size: number, pieceBytes: number): Promise<Uint8Array> {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.slice(at, at + pieceBytes)
    }
    const whole = async () => inflate(bytes, size)
    const out: Uint8Array[] = []
    const { signal } = new AbortController()
    for await (const piece of inflatePieces({ codec, size, pieces, whole, signal })) out.push(piece)
    return Buffer.concat(out)
  }

  test.each(SIZES)('a page of %i bytes', async (size) => {
    const body = BODY.slice(0, size)
    const packed = compress(body)
    for (const kernelBytes of [0, 1 << 20]) expect(Buffer.compare(inflate(packed, size, kernelBytes), body)).toBe(0)
    if (!inflatesInPieces(codec)) return
    for (const pieceBytes of [100, 128 * KIB]) {
      if (size > 10_000 && pieceBytes < 1000) continue
      expect(Buffer.compare(await inPieces(packed, size, pieceBytes), body)).toBe(0)
    }
  })

  test.each([-1, 1])('a size that is %i off is refused', async (off) => {
    for (const size of [1000, BODY.length]) {
      const packed = compress(BODY.slice(0, size))
      expect(() => inflate(packed, size + off)).toThrow()
      expect(() => inflate(packed, size + off, 1 << 20)).toThrow()
      if (!inflatesInPieces(codec)) continue
      await expect(inPieces(packed, size + off, 5000)).rejects.toMatchObject({ code: 'PARQUET_INVALID' })
    }
  })

  test('bytes that are cut off are refused', async () => {
    const packed = compress(BODY)
    for (const kept of [1, packed.length >> 1, packed.length - 1]) {
      expect(() => inflate(packed.subarray(0, kept), BODY.length)).toThrow()
      if (!inflatesInPieces(codec)) continue
      await expect(inPieces(packed.subarray(0, kept), BODY.length, 5000)).rejects.toMatchObject({
        code: 'PARQUET_INVALID',
      })
    }
  })

  test('an empty page is empty, compressed or not', () => {
    expect(inflate(new Uint8Array(0), 0).length).toBe(0)
    if (codec !== 'UNCOMPRESSED') expect(inflate(Uint8Array.of(1, 2, 3), 0).length).toBe(0)
    else
      expect(() => inflate(Uint8Array.of(1), 0)).toThrow('an uncompressed page has another size than its header says')
  })
})

test.each(['GZIP', 'BROTLI', 'ZSTD'] as const)('%s: no more is inflated than the header says', (codec) => {
  const packed = CODECS.get(codec)?.(BODY) as Uint8Array
  const inflate = () => decompress(codec, packed, BODY.length - 1, { pool: pagePool(), kernel: undefined })
  expect(inflate).toThrow(expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }))
})

test('SNAPPY: a page that refers farther back than is kept is inflated as a whole', async () => {
  const literal = BODY.slice(0, 100 * KIB)
  const bytes24 = (value: number) => [value & 255, (value >> 8) & 255, value >> 16]
  const copies = 5000
  const copy = Uint8Array.of(3 | (63 << 2), ...bytes24(literal.length), 0)
  const size = literal.length + 64 * copies
  const block = Buffer.concat([
    Uint8Array.from([...varint(size), 62 << 2, ...bytes24(literal.length - 1)]),
    literal,
    ...new Array<Uint8Array>(copies).fill(copy),
  ])
  const whole = () => decompress('SNAPPY', block, size, { pool: pagePool(), kernel: undefined })
  async function* pieces() {
    yield block
  }
  const page = { codec: 'SNAPPY' as const, size, pieces, signal: new AbortController().signal }
  const out: Uint8Array[] = []
  let asked = 0
  const counted = async () => {
    asked++
    return whole()
  }
  for await (const piece of inflatePieces({ ...page, whole: counted })) out.push(piece)
  expect(Buffer.compare(Buffer.concat(out), whole())).toBe(0)
  expect(asked).toBe(1)
})

test('which compressions are inflated piece by piece', () => {
  const all: CompressionCodec[] = [...CODECS.keys(), 'LZO' as CompressionCodec]
  expect(all.filter(inflatesInPieces)).toEqual(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'])
})

test('a failure of the source is not one of the page', async () => {
  const gone = new Error('gone')
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1, 2)
    throw gone
  }
  const { signal } = new AbortController()
  for (const codec of ['UNCOMPRESSED', 'SNAPPY'] as const) {
    const page = { codec, size: 10, pieces, whole: () => Promise.reject(new Error('not this')), signal }
    const read = async () => {
      for await (const _ of inflatePieces(page));
    }
    await expect(read()).rejects.toBe(gone)
  }
})

describe('sizes that cannot be', () => {
  test.each<[CompressionCodec, number]>([
    ['GZIP', 1033],
    ['LZ4', 256],
    ['LZ4_RAW', 256],
  ])('%s inflates to %i times its bytes at most', (codec, ratio) => {
    const of = (size: number) =>
      decompress(codec, Uint8Array.of(0, 0, 0), size, { pool: pagePool(), kernel: undefined })
    expect(() => of(4 * ratio + 1)).toThrow(`a page claims more bytes than ${codec} can hold in its size`)
    expect(() => of(4 * ratio)).not.toThrow(`a page claims more bytes than ${codec} can hold in its size`)
  })

  test('SNAPPY inflates to 22 times its bytes at most', () => {
    const of = (size: number) =>
      decompress('SNAPPY', Uint8Array.from([...varint(size), 0]), size, { pool: pagePool(), kernel: undefined })
    expect(() => of(88 + 1)).toThrow('a page claims more bytes than SNAPPY can hold in its size')
    expect(() => of(66)).toThrow('a snappy page is corrupt')
  })

  test('a snappy page without a length, or of another', () => {
    const of = (bytes: number[], size: number) =>
      decompress('SNAPPY', Uint8Array.from(bytes), size, { pool: pagePool(), kernel: undefined })
    expect(() => of([0x80, 0x80, 0x80, 0x80, 0x80, 1], 10)).toThrow('a snappy page has no length')
    expect(() => of([0x80], 10)).toThrow('a snappy page has no length')
    expect(() => of([], 10)).toThrow('a snappy page has no length')
    expect(() => of([3, 0x08, 1, 2, 3], 4)).toThrow('a snappy page has another size than its header says')
    expect(() => of([0x83, 0x80, 0x80, 0x80, 0x10, 0x08, 1, 2, 3], 3)).toThrow('a snappy page has another size')
    expect([...of([0x83, 0x80, 0x80, 0x80, 0x00, 0x08, 1, 2, 3], 3)]).toEqual([1, 2, 3])
  })

  test('a compression that nobody reads', () => {
    expect(() =>
      decompress('LZO' as CompressionCodec, Uint8Array.of(1, 2), 2, { pool: pagePool(), kernel: undefined }),
    ).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_FORMAT', message: expect.stringContaining('LZO') }))
  })
})

test('SNAPPY: a block has at most six bytes for each that it inflates to, and five of its length', () => {
  const length = [0x82, 0x80, 0x80, 0x80, 0x00]
  const longest = [...length, 0xfc, 0, 0, 0, 0, 7, 0xfc, 0, 0, 0, 0, 8]
  for (const kernelBytes of [0, 1 << 20]) {
    const inflate = (bytes: number[]) =>
      decompress('SNAPPY', Uint8Array.from(bytes), 2, { pool: pagePool(), kernel: readKernels(kernelBytes).start() })
    expect([...inflate(longest)]).toEqual([7, 8])
    expect(() => inflate([...longest, 0])).toThrow('a snappy page is corrupt')
    expect(() => inflate([...longest, 0, 9])).toThrow('a snappy page is corrupt')
  }
})

import zlib, { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { deflate, detectCompression, type FileCompression, inflate } from '../../../src/codecs/input/compression.ts'
import { collect, collectBytes, stream } from '../../support/streams.ts'

const compress = {
  gzip: (data: string | Uint8Array) => gzipSync(data),
  zstd: (data: string | Uint8Array) => zstdCompressSync(data, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
}
const text = (value: string) => new TextEncoder().encode(value)

async function* oneChunk(bytes: Uint8Array) {
  yield bytes
}

async function* chunksOf(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const inflated = (compression: FileCompression, bytes: Uint8Array, maxBytes = 1e9) =>
  collectBytes(inflate(compression, maxBytes)(oneChunk(bytes)))

describe.each(['gzip', 'zstd'] as const)('%s', (compression) => {
  test('several members in a row are one file', async () => {
    const bytes = Buffer.concat([compress[compression]('first '), compress[compression]('second')])
    expect(await inflated(compression, bytes)).toEqual(text('first second'))
  })

  test.each([
    ['nothing at all', new Uint8Array(0)],
    ['another format', text('plain text, long enough to hold any header')],
    ['a file cut in the middle', compress[compression]('x'.repeat(1000)).subarray(0, -3)],
    ['bytes after the end', Buffer.concat([compress[compression]('x'), text('leftover')])],
    ['a damaged file', compress[compression]('some text, some more text').fill(255, 12, 20)],
  ])('%s is ENCODING_INVALID', async (_, bytes) => {
    await expect(inflated(compression, bytes)).rejects.toMatchObject({
      name: 'ENCODING_INVALID',
      code: 'ENCODING_INVALID',
    })
  })

  test('the limit is how many bytes there may be', async () => {
    const bytes = compress[compression]('x'.repeat(1000))
    expect((await inflated(compression, bytes, 1000)).length).toBe(1000)
    await expect(inflated(compression, bytes, 999)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    await expect(inflated(compression, bytes, 999)).rejects.toThrow(/more than 999 bytes; see limits.maxInflatedBytes/)
    const members = Buffer.concat([bytes, bytes, bytes])
    expect((await inflated(compression, members, 3000)).length).toBe(3000)
    await expect(inflated(compression, members, 2999)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('chunks have at most 256 KiB', async () => {
    let state = 1
    const data = Uint8Array.from({ length: 1_000_000 }, () => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state & 255
    })
    const written = await collect(deflate(compression)(oneChunk(data)))
    const read = await collect(inflate(compression, 1e9)(stream(written)))
    for (const chunks of [written, read]) {
      expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(262_144)
      expect(chunks.length).toBeLessThanOrEqual(16)
    }
    expect(Buffer.concat(read).equals(data)).toBe(true)
  })

  test('what is written has one member, and another reader accepts it', async () => {
    const data = text('x'.repeat(1000))
    const written = await collectBytes(deflate(compression)(chunksOf(data, 100)))
    const read = compression === 'gzip' ? gunzipSync(written) : zstdDecompressSync(written)
    expect(new Uint8Array(read)).toEqual(data)
    // A frame of zstd has a checksum only if its descriptor says so; a gzip member always has one.
    if (compression === 'zstd') expect((written[4] as number) & 4).toBe(4)
    const damaged = written.slice()
    damaged[damaged.length - (compression === 'gzip' ? 8 : 1)] =
      (damaged.at(compression === 'gzip' ? -8 : -1) as number) ^ 1
    await expect(inflated(compression, damaged)).rejects.toThrow(/is damaged/)
  })

  test.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp, object | undefined]>([
    ['cut off', (bytes) => bytes.subarray(0, -3), /file is cut off/, undefined],
    ['damaged', (bytes) => bytes.slice().fill(255, 12, 20), /file is damaged/, undefined],
    ['of another format', () => text('plain text'), /does not begin with/, { byteOffset: 0 }],
    [
      'of another format from its second byte on',
      (bytes) => Uint8Array.of(bytes[0] as number, 1, 2, 3, 4),
      /does not begin with/,
      { byteOffset: 0 },
    ],
  ])('a file that is %s', async (_, change, message, position) => {
    const bytes = change(new Uint8Array(compress[compression]('some text, some more text')))
    for (const source of [oneChunk(bytes), chunksOf(bytes, 1)]) {
      const failure = collectBytes(inflate(compression, 1e9)(source))
      await expect(failure).rejects.toMatchObject({ code: 'ENCODING_INVALID', ...(position && { position }) })
      await expect(failure).rejects.toThrow(message)
      if (position === undefined) await expect(failure).rejects.toThrow(`the ${compression} file`)
    }
  })

  test('an error of the engine is kept as the cause', async () => {
    const bytes = new Uint8Array(compress[compression]('some text, some more text')).fill(255, 12, 20)
    const failure: unknown = await inflated(compression, bytes).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      cause: { code: compression === 'gzip' ? 'Z_DATA_ERROR' : expect.stringMatching(/^ZSTD_error/) },
    })
  })

  test('a bomb is stopped at the limit', async () => {
    const bomb = compress[compression](new Uint8Array(50_000_000))
    await expect(inflated(compression, bomb, 1_000_000)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('an error of the source passes as it is', async () => {
    const fault = new Error('connection reset')
    async function* broken() {
      yield compress[compression]('x'.repeat(100)).subarray(0, 12)
      throw fault
    }
    await expect(collectBytes(inflate(compression, 1e9)(broken()))).rejects.toBe(fault)
  })

  test('a reader that stops early closes the source', async () => {
    let closed = false
    async function* endless() {
      try {
        for (;;) yield compress[compression](new Uint8Array(1_000_000))
      } finally {
        closed = true
      }
    }
    for await (const _ of inflate(compression, 1e12)(endless())) break
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(closed).toBe(true)
  })
})

describe('the compression of a file is detected', () => {
  const detected = async (bytes: Uint8Array, size: number) => {
    const { found, chunks } = await detectCompression(chunksOf(bytes, size))
    return { found, bytes: await collectBytes(chunks) }
  }

  test.each<[FileCompression | undefined, readonly number[]]>([
    ['gzip', [0x1f, 0x8b]],
    ['gzip', [0x1f, 0x8b, 8, 0, 0, 0]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]],
    ['zstd', [0x50, 0x2a, 0x4d, 0x18]],
    ['zstd', [0x5f, 0x2a, 0x4d, 0x18, 0]],
    [undefined, []],
    [undefined, [0x1f]],
    [undefined, [0x8b, 0x1f]],
    [undefined, [0x1f, 0x8c, 8]],
    [undefined, [0x1e, 0x8b, 8]],
    [undefined, [0x28, 0xb5, 0x2f]],
    [undefined, [0x29, 0xb5, 0x2f, 0xfd]],
    [undefined, [0x28, 0xb4, 0x2f, 0xfd]],
    [undefined, [0x28, 0xb5, 0x2e, 0xfd]],
    [undefined, [0x28, 0xb5, 0x2f, 0xfc]],
    [undefined, [0x4f, 0x2a, 0x4d, 0x18]],
    [undefined, [0x60, 0x2a, 0x4d, 0x18]],
    [undefined, [0x50, 0x2b, 0x4d, 0x18]],
    [undefined, [0x50, 0x2a, 0x4c, 0x18]],
    [undefined, [0x50, 0x2a, 0x4d, 0x19]],
    [undefined, [0x50, 0x2a, 0x4d]],
    [undefined, [0x61, 0x2c, 0x62, 0x0a, 0x31]],
  ])('%s: %j', async (found, start) => {
    const bytes = Uint8Array.from(start)
    for (const size of [1, 2, 3, 4, 100]) expect(await detected(bytes, size)).toEqual({ found, bytes })
  })

  test('from as few chunks as have four bytes, each of which is passed on', async () => {
    let taken = 0
    const all = [[1], [], [2, 3], [4], [5, 6], [7]].map((bytes) => Uint8Array.from(bytes))
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const chunk of all) {
        taken++
        yield chunk
      }
    }
    const { chunks } = await detectCompression(source())
    expect(taken).toBe(4)
    expect(await collect(chunks)).toEqual(all)
    expect((await detectCompression(stream([Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5)]))).found).toBeUndefined()
  })

  test.each(['early', 'end'])('the source is closed: %s', async (how) => {
    let closed = 0
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (let index = 0; index < 9; index++) yield Uint8Array.of(1, 2)
      } finally {
        closed++
      }
    }
    const { chunks } = await detectCompression(source())
    let count = 0
    for await (const _ of chunks) if (++count === 3 && how === 'early') break
    expect([count, closed]).toEqual([how === 'early' ? 3 : 9, 1])
  })
})

test('zstd needs a Node that has it', async () => {
  const older = { ...zlib, createZstdCompress: undefined, createZstdDecompress: undefined }
  const module = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(older as never)
  try {
    const read = collectBytes(inflate('zstd', 1e9)(oneChunk(zstdCompressSync('x'))))
    await expect(read).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
    expect(() => deflate('zstd')(oneChunk(text('x')))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_FORMAT' }))
    expect(await inflated('gzip', gzipSync('x'))).toEqual(text('x'))
  } finally {
    module.mockRestore()
  }
})

test('zstd: an empty file, and one of skippable frames alone, is none', async () => {
  for (const bytes of [new Uint8Array(0), Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9)]) {
    const failure = inflated('zstd', bytes)
    await expect(failure).rejects.toMatchObject({ code: 'ENCODING_INVALID', position: { byteOffset: 0 } })
    await expect(failure).rejects.toThrow(/the zstd file is empty/)
  }
})

test('zstd: skippable frames are left out', async () => {
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3)
  const bytes = Buffer.concat([skippable, zstdCompressSync('kept'), skippable])
  expect(await inflated('zstd', bytes)).toEqual(text('kept'))
})

describe('gzip: zeros after the end', () => {
  const zeros = new Uint8Array(700)

  test('are padding', async () => {
    const bytes = Buffer.concat([gzipSync('first '), gzipSync('second'), zeros])
    for (const size of [1, 7, 1000]) {
      expect(await collectBytes(inflate('gzip', 1e9)(chunksOf(bytes, size)))).toEqual(text('first second'))
    }
  })

  test.each([
    ['a member', gzipSync('lost')],
    ['anything else', text('lost')],
  ])('are not when %s follows them', async (_, rest) => {
    const bytes = Buffer.concat([gzipSync('first'), zeros, rest])
    for (const size of [1, 7, 500, 1000]) {
      const read = collectBytes(inflate('gzip', 1e9)(chunksOf(bytes, size)))
      const byteOffset = gzipSync('first').length
      await expect(read).rejects.toMatchObject({
        code: 'ENCODING_INVALID',
        position: { byteOffset: expect.any(Number) },
      })
      await expect(read).rejects.toThrow(/data after its zero padding/)
      expect(
        ((await read.catch((error) => error)) as { position: { byteOffset: number } }).position.byteOffset,
      ).toBeGreaterThanOrEqual(byteOffset)
    }
  })
})

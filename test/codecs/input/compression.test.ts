import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type FileCompression, inflate } from '../../../src/codecs/input/compression.ts'
import { collectBytes } from '../../support/streams.ts'

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
      await expect(read).rejects.toMatchObject({ code: 'ENCODING_INVALID' })
    }
  })
})

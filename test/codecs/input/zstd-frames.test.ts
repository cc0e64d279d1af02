import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { zstdFrames } from '../../../src/codecs/input/zstd-frames.ts'
import { law } from '../../support/law.ts'
import { collectBytes, cutAnywhere, stream } from '../../support/streams.ts'

const MAGIC = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)
const littleEndian = (value: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (value >>> (8 * index)) & 255)
const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte)

interface Block {
  readonly kind: 'raw' | 'repeated' | 'compressed'
  readonly size: number
}
interface Frame {
  /** Bytes of the content size, of the dictionary's identifier, and whether there is a window and a checksum. */
  readonly sizeBytes: 0 | 1 | 2 | 4 | 8
  readonly dictionaryBytes: 0 | 1 | 2 | 4
  readonly isSingle: boolean
  readonly hasChecksum: boolean
  readonly blocks: readonly Block[]
}

/** The bytes of a frame, whose contents only a decompressor would look at. */
function frameBytes({ sizeBytes, dictionaryBytes, isSingle, hasChecksum, blocks }: Frame): Uint8Array {
  const sizeFlag = { 0: 0, 1: 0, 2: 1, 4: 2, 8: 3 }[sizeBytes]
  const dictionaryFlag = { 0: 0, 1: 1, 2: 2, 4: 3 }[dictionaryBytes]
  const descriptor = (sizeFlag << 6) | (isSingle ? 0x20 : 0) | (hasChecksum ? 4 : 0) | dictionaryFlag
  const parts = [
    MAGIC,
    Uint8Array.of(descriptor),
    filled(isSingle ? 0 : 1, 0xaa),
    filled(dictionaryBytes + sizeBytes, 0xbb),
  ]
  for (const [index, { kind, size }] of blocks.entries()) {
    const isLast = index === blocks.length - 1 ? 1 : 0
    const type = { raw: 0, repeated: 1, compressed: 2 }[kind]
    parts.push(littleEndian((size << 3) | (type << 1) | isLast, 3), filled(kind === 'repeated' ? 1 : size, 0xcc))
  }
  if (hasChecksum) parts.push(filled(4, 0xdd))
  return new Uint8Array(Buffer.concat(parts))
}

const skippable = (kind: number, length: number): Uint8Array =>
  new Uint8Array(
    Buffer.concat([Uint8Array.of(0x50 | kind, 0x2a, 0x4d, 0x18), littleEndian(length, 4), filled(length, 0xee)]),
  )

async function framesOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []
  for await (const frame of zstdFrames(source)) frames.push(await collectBytes(frame))
  return frames
}

const frame = fc
  .record({
    sizeBytes: fc.constantFrom(0, 1, 2, 4, 8),
    dictionaryBytes: fc.constantFrom(0, 1, 2, 4),
    hasChecksum: fc.boolean(),
    isSingle: fc.boolean(),
    blocks: fc.array(
      fc.record({
        kind: fc.constantFrom('raw', 'repeated', 'compressed'),
        size: fc.constantFrom(0, 1, 5, 31, 32, 300, 70_000),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  // A size of one byte is that of a single segment, which always has one.
  .map((one) => ({ ...one, isSingle: one.sizeBytes === 1 || (one.isSingle && one.sizeBytes !== 0) }) as Frame)
const parts = fc.array(
  fc.oneof(
    frame.map((one) => ({ bytes: frameBytes(one), isFrame: true })),
    fc
      .tuple(fc.nat(15), fc.constantFrom(0, 1, 300))
      .map(([kind, length]) => ({ bytes: skippable(kind, length), isFrame: false })),
  ),
  { maxLength: 4 },
)

law(
  'zstd: frames are split where their lengths say, without skippable ones, under any chunking',
  fc.asyncProperty(parts, fc.infiniteStream(fc.integer({ min: 1, max: 9000 })), async (all, cuts) => {
    const bytes = new Uint8Array(Buffer.concat(all.map((part) => part.bytes)))
    const expected = all.filter(({ isFrame }) => isFrame).map((part) => part.bytes)
    const found = await framesOf(cutAnywhere(bytes, cuts))
    expect(found.length).toBe(expected.length)
    for (const [index, one] of expected.entries()) expect(Buffer.compare(found[index] as Uint8Array, one)).toBe(0)
  }),
  { runs: 100 },
)

const SMALL: Frame = {
  sizeBytes: 1,
  dictionaryBytes: 2,
  isSingle: true,
  hasChecksum: true,
  blocks: [
    { kind: 'raw', size: 3 },
    { kind: 'repeated', size: 900 },
    { kind: 'compressed', size: 2 },
  ],
}

describe('what is no frame', () => {
  test('a file that is cut off anywhere, at the end of what there is', async () => {
    const whole = Buffer.concat([skippable(3, 2), frameBytes(SMALL), frameBytes(SMALL)])
    const ends = [skippable(3, 2).length, skippable(3, 2).length + frameBytes(SMALL).length]
    for (let length = 1; length < whole.length; length++) {
      if (ends.includes(length)) continue
      const read = framesOf(cutAnywhere(whole.subarray(0, length), [4, 1, 3, 5]))
      await expect(read).rejects.toMatchObject({ code: 'ENCODING_INVALID', position: { byteOffset: length } })
      await expect(read).rejects.toThrow(/is cut off/)
    }
  })

  test('another format, at its start and behind a frame', async () => {
    const other = Buffer.from('{"a":1}')
    await expect(framesOf(stream([other]))).rejects.toMatchObject({
      code: 'ENCODING_INVALID',
      position: { byteOffset: 0 },
    })
    await expect(framesOf(stream([other]))).rejects.toThrow(/is not zstd/)
    const first = frameBytes(SMALL)
    const behind = framesOf(stream([first.subarray(0, 5), first.subarray(5), other]))
    await expect(behind).rejects.toMatchObject({ code: 'ENCODING_INVALID', position: { byteOffset: first.length } })
    await expect(behind).rejects.toThrow(/damaged/)
  })

  test('a magic number of which a byte differs', async () => {
    for (let index = 0; index < 4; index++) {
      const bytes = frameBytes(SMALL)
      bytes[index] = (bytes[index] as number) ^ 1
      await expect(framesOf(stream([bytes]))).rejects.toThrow(/is not zstd/)
      const skipped = skippable(0, 1)
      skipped[index] = (skipped[index] as number) ^ (index === 0 ? 0x10 : 1)
      await expect(framesOf(stream([skipped]))).rejects.toThrow(/is not zstd/)
    }
  })

  test('nothing: no frames', async () => {
    expect(await framesOf(stream([]))).toEqual([])
    expect(await framesOf(stream([new Uint8Array(0), skippable(15, 0), new Uint8Array(0)]))).toEqual([])
  })
})

test.each(['end', 'error', 'early'])('the source is closed: %s', async (how) => {
  let closed = 0
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield how === 'error' ? Uint8Array.of(1, 2, 3, 4) : frameBytes(SMALL)
      yield frameBytes(SMALL)
    } finally {
      closed++
    }
  }
  const read = (async () => {
    for await (const one of zstdFrames(source())) {
      await collectBytes(one)
      if (how === 'early') return
    }
  })()
  if (how === 'error') await expect(read).rejects.toThrow(/is not zstd/)
  else await read
  expect(closed).toBe(1)
})

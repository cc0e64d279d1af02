import { describe, expect, test } from 'vitest'
import { type ByteSource, bytesSource } from '../../../../../src/codecs/input/source.ts'
import { fileBytes } from '../../../../../src/codecs/parquet/read/bytes/file-bytes.ts'
import { openFile, readFooter } from '../../../../../src/codecs/parquet/read/footer/read-footer.ts'
import { concat, handmadeFile, pageV1 } from '../../support/parquet-file.ts'

const MAGIC = new TextEncoder().encode('PAR1')
const uint32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer)
const trailer = (length: number, magic = 'PAR1') => concat(uint32(length), new TextEncoder().encode(magic))

/** A file of noise whose footer has so many bytes. */
const noise = (size: number, footer: number) =>
  concat(
    Uint8Array.from({ length: size - 8 }, (_, i) => i),
    trailer(footer),
  )

function counting(bytes: Uint8Array) {
  const ranges: [number, number][] = []
  const file = fileBytes(
    {
      size: bytes.length,
      async read(start, end) {
        ranges.push([start, end])
        return bytes.slice(start, end)
      },
    },
    bytes.length,
  )
  return { file, ranges }
}

describe('the footer is read', () => {
  test.each([
    ['with the whole of a small file', 100, 30, 200, [[0, 100]]],
    ['with a tail that ends where the file begins', 100, 30, 100, [[0, 100]]],
    ['with a tail that holds it just so', 100, 30, 38, [[62, 100]]],
    [
      'after a tail that lacks its first byte',
      100,
      30,
      37,
      [
        [63, 100],
        [62, 92],
      ],
    ],
    [
      'of all bytes but magic and trailer',
      100,
      88,
      20,
      [
        [80, 100],
        [4, 92],
      ],
    ],
    ['of no bytes', 12, 0, 50, [[0, 12]]],
  ])('%s', async (_, size, footerBytes, tailBytes, expected) => {
    const bytes = noise(size, footerBytes)
    const { file, ranges } = counting(bytes)
    const read = await readFooter(file, tailBytes)
    expect(ranges).toEqual(expected)
    expect(read.footerAt).toBe(size - 8 - footerBytes)
    expect([...read.footer]).toEqual([...bytes.subarray(size - 8 - footerBytes, size - 8)])
    // What the tail has is not read again, the rest is.
    const tailAt = Math.max(0, size - tailBytes)
    for (const [start, end, isKnown] of [
      [tailAt, size, true],
      [tailAt, tailAt + 5, true],
      [size - 3, size, true],
      [tailAt - 1, tailAt + 2, false],
    ] as const) {
      if (start < 0) continue
      ranges.length = 0
      expect([...(await read.bytes.read(start, end))]).toEqual([...bytes.subarray(start, end)])
      expect(ranges).toEqual(isKnown ? [] : [[start, end]])
    }
    expect(read.bytes.size).toBe(size)
  })

  test.each<[string, Uint8Array, string, string, number | undefined]>([
    ['an empty file', new Uint8Array(0), 'PARQUET_INVALID', 'the file is empty', 0],
    ['11 bytes', noise(11, 0), 'PARQUET_INVALID', 'the file is too short for Parquet', 11],
    [
      'other magic',
      concat(
        noise(12, 0),
        MAGIC.map((byte) => byte + 1),
      ),
      'PARQUET_INVALID',
      'PAR1',
      12,
    ],
    ['a footer that is a byte longer than the file', noise(100, 89), 'PARQUET_INVALID', 'longer than the file', 92],
    [
      'an encrypted footer',
      concat(new Uint8Array(20), trailer(4, 'PARE')),
      'UNSUPPORTED_FORMAT',
      'encrypted',
      undefined,
    ],
  ])('unless it is not there: %s', async (_, bytes, code, message, byteOffset) => {
    const error = await readFooter(counting(bytes).file, 50).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) })
    expect((error as { position?: unknown }).position).toEqual(byteOffset === undefined ? undefined : { byteOffset })
  })

  test('unless it has more than 32 MiB', async () => {
    const footer = (length: number) => {
      const size = 40 * 1024 * 1024
      const source = { size, read: async (start: number, end: number) => tailOf(size, length, start, end) }
      return readFooter(fileBytes(source, size), 100)
    }
    const tailOf = (size: number, length: number, start: number, end: number) => {
      const bytes = new Uint8Array(end - start)
      if (end === size) bytes.set(trailer(length), bytes.length - 8)
      return bytes
    }
    expect((await footer(32 * 1024 * 1024)).footer.length).toBe(32 * 1024 * 1024)
    await expect(footer(32 * 1024 * 1024 + 1)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })
})

const FILE = handmadeFile({
  columns: [{ type: 'INT32', values: 1, pages: [pageV1({ values: 1, body: Uint8Array.of(7, 0, 0, 0) })] }],
})

describe('a file is opened', () => {
  const footerBytes = new DataView(FILE.buffer).getUint32(FILE.length - 8, true)

  test('from a source that knows its size, has to ask for it, or has none', async () => {
    const { read, stream } = bytesSource(FILE)
    const sources: [string, ByteSource][] = [
      ['size', { size: FILE.length, read, stream }],
      ['length', { length: async () => FILE.length, read, stream }],
      ['none', { read, stream }],
    ]
    for (const [name, source] of sources) {
      const { dataEnd, bytes, metadata } = await openFile(source, {})
      expect([bytes.size, dataEnd, metadata.rowGroups.length], name).toEqual([
        FILE.length,
        FILE.length - 8 - footerBytes,
        1,
      ])
    }
  })

  test('from a stream of up to the bytes that may be inflated', async () => {
    const stream = () => bytesSource(FILE).stream()
    expect((await openFile(stream(), { maxInflatedBytes: FILE.length })).bytes.size).toBe(FILE.length)
    await expect(openFile(stream(), { maxInflatedBytes: FILE.length - 1 })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('the stream exceeds'),
    })
  })

  test('unless its source fails', async () => {
    const { read, stream } = bytesSource(FILE)
    const gone = new Error('gone')
    const failing = async function* () {
      yield FILE.subarray(0, 10)
      throw gone
    }
    await expect(openFile(failing(), {})).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', cause: gone })
    await expect(openFile({ length: () => Promise.reject(gone), read, stream }, {})).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      cause: gone,
    })
    const unknown = { length: async () => undefined, read, stream } as unknown as ByteSource
    await expect(openFile(unknown, {})).rejects.toMatchObject({
      code: 'PARQUET_INVALID',
      message: 'the size of the source is unknown',
    })
  })

  test('unless its footer is broken: the error has its position', async () => {
    const broken = (bytes: Uint8Array) => concat(MAGIC, bytes, trailer(bytes.length))
    const open = (bytes: Uint8Array) => openFile(broken(bytes), {}).catch((thrown: unknown) => thrown)
    expect(await open(Uint8Array.of(0x15))).toMatchObject({
      code: 'PARQUET_INVALID',
      message: expect.stringContaining('the footer ends before its last field'),
      position: { byteOffset: 4 },
    })
    expect(await open(Uint8Array.of(0))).toMatchObject({
      code: 'PARQUET_INVALID',
      message: expect.stringContaining('the schema is missing'),
      position: { byteOffset: 4 },
    })
    const limited = await openFile(FILE, { maxColumns: 0 }).catch((thrown: unknown) => thrown)
    expect(limited).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect((limited as { position?: unknown }).position).toBeUndefined()
  })
})

import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesSource, chunksOf, fileSource, isByteSource, isBytes } from '../../../src/codecs/input/source.ts'
import { isMillraceError } from '../../../src/errors.ts'
import { collect, collectBytes, stream } from '../../support/streams.ts'

const text = (value: string) => new TextEncoder().encode(value)

test('bytesSource: a range leaves out its end', async () => {
  const source = bytesSource(text('abcdef'))
  expect(await source.read(1, 3)).toEqual(text('bc'))
  expect(await collectBytes(source.stream({ start: 2, end: 100 }))).toEqual(text('cdef'))
})

describe('bytesSource', () => {
  const KIB = 1024

  test.each([
    [0, []],
    [1, [1]],
    [256 * KIB, [256 * KIB]],
    [256 * KIB + 1, [256 * KIB, 1]],
    [600 * KIB, [256 * KIB, 256 * KIB, 88 * KIB]],
  ])('%d bytes are chunks of %j', async (length, lengths) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index % 251)
    const source = bytesSource(bytes)
    const chunks = await collect(source.stream())
    expect([source.size, chunks.map((chunk) => chunk.length)]).toEqual([length, lengths])
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    for (const chunk of chunks) expect(chunk.buffer).toBe(bytes.buffer)
  })

  test('ranges', async () => {
    const bytes = Uint8Array.from({ length: 600 * KIB }, (_, index) => index % 251)
    const source = bytesSource(bytes)
    for (const [start, end] of [
      [0, 0],
      [3, 3],
      [5, 3],
      [0, 10],
      [7, 256 * KIB + 7],
      [7, 256 * KIB + 8],
      [600 * KIB - 1, 600 * KIB],
      [600 * KIB, 600 * KIB],
      [5, 10_000_000],
    ] as const) {
      const expected = bytes.subarray(start, Math.max(start, end))
      expect(Buffer.from(await collectBytes(source.stream({ start, end }))).equals(expected)).toBe(true)
      expect(Buffer.from(await source.read(start, end)).equals(expected)).toBe(true)
    }
    expect((await collect(source.stream({ start: 0, end: 300 * KIB }))).map((chunk) => chunk.length)).toEqual([
      256 * KIB,
      44 * KIB,
    ])
    expect((await collectBytes(source.stream({ start: 10 }))).length).toBe(600 * KIB - 10)
  })

  test('any view or buffer is bytes, and nothing else', async () => {
    const view = new Uint16Array([0x201, 0x403])
    for (const given of [view, view.buffer, new DataView(view.buffer)])
      expect(await bytesSource(given).read(0, 9)).toEqual(Uint8Array.of(1, 2, 3, 4))
    for (const given of ['text', [1], null, undefined, {}, new Blob([])])
      expect(() => bytesSource(given as never)).toThrow(
        /^bytesSource: the first argument must be bytes in memory, not /,
      )
  })
})

describe('the chunks of an input', () => {
  test('of each kind', async () => {
    const bytes = text('abc')
    expect(await collectBytes(chunksOf(bytes))).toEqual(bytes)
    expect(await collectBytes(chunksOf(bytesSource(bytes)))).toEqual(bytes)
    expect(await collectBytes(chunksOf(stream([bytes])))).toEqual(bytes)
    const options: unknown[] = []
    const source = {
      stream(...given: unknown[]) {
        options.push(given)
        return stream([bytes])
      },
      read: async () => bytes,
    }
    expect(await collect(chunksOf(source, { reuse: true }))).toEqual([bytes])
    expect(options).toEqual([[undefined, { reuse: true }]])
  })

  test.each<[string, unknown]>([
    ['text', 'abc'],
    ['null', null],
    ['nothing', undefined],
    ['an object', {}],
    ['an object whose stream is no function', { stream: 7 }],
    ['a source whose stream is none', { stream: () => 7 }],
    ['a source of a null stream', { stream: () => null }],
    ['a function', () => {}],
    ['an array', [text('a')]],
  ])('%s has none', (_, input) => {
    expect(() => chunksOf(input as never)).toThrow(/a codec reads a Uint8Array, a ByteSource or a stream of Uint8Array/)
  })

  test.each<[string, unknown]>([
    ['text', 'abc'],
    ['null', null],
    ['a view of larger numbers', new Uint16Array(2)],
    ['a list', [1, 2]],
  ])('%s is no chunk', async (_, chunk) => {
    for (const input of [stream([text('a'), chunk]), { stream: () => stream([text('a'), chunk]) }]) {
      const chunks = chunksOf(input as never)[Symbol.asyncIterator]()
      expect((await chunks.next()).value).toEqual(text('a'))
      const failure: unknown = await chunks.next().catch((error: unknown) => error)
      expect(isMillraceError(failure, 'TYPE_MISMATCH')).toBe(true)
    }
  })

  test('kinds', () => {
    const source = bytesSource(text('a'))
    const all: unknown[] = [
      text('a'),
      Buffer.from('a'),
      source,
      stream([]),
      null,
      undefined,
      'a',
      {},
      { stream: 1 },
      Object.assign(text('a'), { stream: () => {} }),
      new Uint8ClampedArray(1),
    ]
    expect(all.map((input) => isBytes(input as never))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      true,
      false,
    ])
    expect(all.map((input) => isByteSource(input as never))).toEqual([
      false,
      false,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('fileSource', () => {
  let folder = ''
  let path = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-source-'))
    path = join(folder, 'bytes')
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('whole, by range, and its length', async () => {
    await writeFile(path, 'abcdef')
    const source = fileSource(path)
    expect(await source.length?.()).toBe(6)
    expect(await collectBytes(source.stream())).toEqual(text('abcdef'))
    expect(await collectBytes(source.stream({ start: 2, end: 100 }))).toEqual(text('cdef'))
    expect(await collectBytes(source.stream({ start: 9 }))).toEqual(text(''))
    expect(await source.read(1, 3)).toEqual(text('bc'))
    expect(await source.read(4, 100)).toEqual(text('ef'))
  })

  test('memory that is used again holds each chunk until the next is asked for', async () => {
    const bytes = Uint8Array.from({ length: 2_000_000 }, (_, index) => index % 251)
    await writeFile(path, bytes)
    const buffers = new Set<ArrayBufferLike>()
    const copies: Uint8Array[] = []
    for await (const chunk of fileSource(path).stream({ start: 3 }, { reuse: true })) {
      buffers.add(chunk.buffer)
      copies.push(chunk.slice())
    }
    expect(Buffer.concat(copies).equals(bytes.subarray(3))).toBe(true)
    expect(buffers.size).toBe(2)
  })

  test('chunks are of 512 KiB, and hold their bytes when later ones are read', async () => {
    const bytes = Uint8Array.from({ length: 1_500_000 }, (_, index) => index % 251)
    await writeFile(path, bytes)
    for (const options of [undefined, {}, { reuse: false }]) {
      const chunks = await collect(fileSource(path).stream({ start: 1 }, options))
      expect(chunks.map((chunk) => chunk.length)).toEqual([524_288, 524_288, 451_423])
      expect(Buffer.concat(chunks).equals(bytes.subarray(1))).toBe(true)
      expect(new Set(chunks.map((chunk) => chunk.buffer)).size).toBe(3)
    }
    for (const [start, end] of [
      [0, 524_288],
      [0, 524_289],
      [100, 100],
      [100, 50],
      [1_499_999, 1_500_000],
      [1_499_999, 9_000_000],
      [1_500_000, 1_500_001],
      [524_287, 1_048_577],
    ] as const) {
      const expected = bytes.subarray(start, Math.max(start, end))
      for (const reuse of [false, true]) {
        const copies: Uint8Array[] = []
        for await (const chunk of fileSource(path).stream({ start, end }, { reuse })) copies.push(chunk.slice())
        expect(Buffer.concat(copies).equals(expected)).toBe(true)
      }
      expect(Buffer.from(await fileSource(path).read(start, end)).equals(expected)).toBe(true)
    }
  })

  test('nothing stays open, however reading ends', async ({ skip }) => {
    if (!existsSync('/proc/self/fd')) skip('the open files of a process are listed by Linux alone')
    await writeFile(path, Buffer.alloc(2_000_000))
    const source = fileSource(path)
    const open = (): number => readdirSync('/proc/self/fd').length
    const before = open()
    await source.length?.()
    await source.read(0, 10)
    await collectBytes(source.stream())
    for await (const _ of source.stream()) break
    const shortened = (async () => {
      for await (const _ of source.stream()) await truncate(path, 600_000)
    })()
    await expect(shortened).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(open()).toBe(before)
  })

  test('a file that becomes shorter below a range, and one that does not reach it', async () => {
    await writeFile(path, Buffer.alloc(2_000_000))
    const readTo = async (end: number, size: number): Promise<number> => {
      let length = 0
      for await (const chunk of fileSource(path).stream({ start: 0, end })) {
        length += chunk.length
        await truncate(path, size)
      }
      return length
    }
    await expect(readTo(1_900_000, 1_100_000)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    await writeFile(path, Buffer.alloc(2_000_000))
    expect(await readTo(1_048_576, 1_500_000)).toBe(1_048_576)
    await writeFile(path, 'abc')
    expect(await collectBytes(fileSource(path).stream({ start: 0, end: 50 }))).toEqual(text('abc'))
  })

  test('a file that becomes shorter while it is read', async () => {
    await writeFile(path, Buffer.alloc(2_000_000))
    const read = async (): Promise<void> => {
      for await (const _ of fileSource(path).stream()) await truncate(path, 100_000)
    }
    await expect(read()).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
  })

  test.each(['nothing', ''])('what is no file: %j', async (name) => {
    const source = fileSource(join(folder, name))
    await expect(collectBytes(source.stream())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    await expect(source.read(0, 9)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    if (name !== '') {
      const error = { code: 'SOURCE_UNAVAILABLE', cause: { code: 'ENOENT' } }
      await expect(source.length?.()).rejects.toMatchObject(error)
    }
  })

  test('a path is a text', () => {
    for (const path of [undefined, 7, new URL('file:///tmp/a'), ''])
      expect(() => fileSource(path as never)).toThrow(
        /^fileSource: path must be a non-empty string, not .*fileURLToPath/,
      )
  })

  test('a folder cannot be read', async () => {
    const inner = join(folder, 'inner')
    await mkdir(inner, { recursive: true })
    await expect(collectBytes(fileSource(inner).stream())).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      cause: { code: 'EISDIR' },
    })
    await expect(fileSource(inner).read(0, 9)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })
})

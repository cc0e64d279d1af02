import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesSource, fileSource } from '../../../src/codecs/input/source.ts'
import { collectBytes } from '../../support/streams.ts'

const text = (value: string) => new TextEncoder().encode(value)

test('bytesSource: a range leaves out its end', async () => {
  const source = bytesSource(text('abcdef'))
  expect(await source.read(1, 3)).toEqual(text('bc'))
  expect(await collectBytes(source.stream({ start: 2, end: 100 }))).toEqual(text('cdef'))
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
  })
})

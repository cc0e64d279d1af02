import { describe, expect, test } from 'vitest'
import { replay } from '../../../src/codecs/input/replay.ts'
import type { ByteSource } from '../../../src/codecs/input/source.ts'
import { collect } from '../../support/streams.ts'

const MIB = 1024 * 1024

/** A source whose chunks are all in one memory, each one number throughout, and that counts how often it is opened and closed. */
function countingSource(lengths: readonly number[]) {
  const counts = { opened: 0, closed: 0, options: [] as unknown[] }
  const source: ByteSource = {
    async *stream(_, options) {
      counts.opened++
      counts.options.push(options)
      const memory = new Uint8Array(Math.max(...lengths))
      try {
        for (const [index, length] of lengths.entries()) {
          memory.fill(index + 1)
          yield memory.subarray(0, length)
        }
      } finally {
        counts.closed++
      }
    },
    read: async () => new Uint8Array(0),
  }
  return { source, counts }
}

/** Each chunk's length and its first and last byte. */
async function shapes(chunks: AsyncIterable<Uint8Array>, most = Number.POSITIVE_INFINITY): Promise<number[][]> {
  const all: number[][] = []
  if (most > 0)
    for await (const chunk of chunks) {
      all.push([chunk.length, chunk[0] as number, chunk.at(-1) as number])
      if (all.length === most) break
    }
  return all
}
const expected = (lengths: readonly number[]): number[][] =>
  lengths.map((length, index) => [length, index + 1, index + 1])

describe('a source', () => {
  test.each([
    [[3, 4, 5], 1],
    [[16 * MIB], 1],
    [[16 * MIB - 1, 1, 1], 2],
    [[16 * MIB, 1], 2],
    [[10 * MIB, 10 * MIB, 1], 2],
  ])('of chunks of %j bytes is opened %d times to be read twice', async (lengths, opened) => {
    const { source, counts } = countingSource(lengths)
    const all = replay(source)
    expect(await shapes(all.chunks())).toEqual(expected(lengths))
    expect(await shapes(all.chunks())).toEqual(expected(lengths))
    expect(counts).toMatchObject({ opened, closed: opened })
    expect(counts.options).toEqual(new Array(opened).fill({ reuse: true }))
  })

  test('that is left early is read on where it was, behind the chunks that are held', async () => {
    const { source, counts } = countingSource([1, 2, 3, 4])
    const all = replay(source)
    for (const most of [0, 2, 1, 3, 3, 4, 4])
      expect(await shapes(all.chunks(), most)).toEqual(expected([1, 2, 3, 4]).slice(0, most))
    expect(counts.opened).toBe(1)
  })

  test('that is left early once it is too large to hold is closed, and opened again', async () => {
    const { source, counts } = countingSource([17 * MIB, 1, 2])
    const all = replay(source)
    expect(await shapes(all.chunks(), 1)).toEqual(expected([17 * MIB]))
    expect(counts).toMatchObject({ opened: 1, closed: 0 })
    expect(await shapes(all.chunks(), 2)).toEqual(expected([17 * MIB, 1]))
    expect(counts).toMatchObject({ opened: 2, closed: 1 })
    await all.close()
    expect(counts).toMatchObject({ opened: 2, closed: 2 })
  })

  test('is not held once it is released', async () => {
    const { source, counts } = countingSource([1, 2, 3])
    const all = replay(source)
    const chunks = all.chunks()
    await chunks.next()
    all.release()
    expect(await shapes(chunks)).toEqual(expected([1, 2, 3]).slice(1))
    expect(await shapes(all.chunks())).toEqual(expected([1, 2, 3]))
    expect(counts.opened).toBe(2)
  })

  test('is closed where it was left', async () => {
    const { source, counts } = countingSource([1, 2, 3])
    const all = replay(source)
    await shapes(all.chunks(), 2)
    expect(counts.closed).toBe(0)
    await all.close()
    expect(counts).toMatchObject({ opened: 1, closed: 1 })
  })
})

test('bytes in memory are held by their own memory', async () => {
  const bytes = Uint8Array.from({ length: 600_000 }, (_, index) => index % 251)
  const all = replay(bytes)
  for (let times = 0; times < 2; times++) {
    const chunks = await collect(all.chunks())
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    for (const chunk of chunks) expect(chunk.buffer).toBe(bytes.buffer)
  }
})

test('a stream is read once and held, however long it is, without a copy', async () => {
  const chunk = new Uint8Array(6 * MIB)
  let taken = 0
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (; taken < 4; taken++) yield chunk
  }
  const all = replay(stream())
  await shapes(all.chunks(), 2)
  expect(taken).toBe(1)
  for (let times = 0; times < 2; times++) {
    const chunks = await collect(all.chunks())
    expect(chunks.map((one) => one === chunk)).toEqual([true, true, true, true])
  }
  expect(taken).toBe(4)
})

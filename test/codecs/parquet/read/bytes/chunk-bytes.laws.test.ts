import fc from 'fast-check'
import { expect, test } from 'vitest'
import { windowedChunk } from '../../../../../src/codecs/parquet/read/bytes/chunk-bytes.ts'
import { law } from '../../../../support/law.ts'

const FILE = Uint8Array.from({ length: 4000 }, (_, i) => (i * 7) % 251)

/** Steps from where the last read ended; a read may begin before that, as the body of a page does whose header was read with room to spare. */
const reads = fc.array(fc.record({ back: fc.nat(30), length: fc.nat(300), isLast: fc.boolean() }), { maxLength: 40 })

law(
  'parquet windows: reads return the bytes of the chunk for any window, and read no byte of the source twice',
  fc.asyncProperty(reads, fc.nat(500), fc.integer({ min: 1, max: 400 }), async (steps, start, windowBytes) => {
    const end = FILE.length - 100
    const counts = new Uint8Array(FILE.length)
    const file = {
      size: FILE.length,
      read: async (from: number, to: number) => {
        for (let at = from; at < to; at++) counts[at] = (counts[at] as number) + 1
        return Buffer.from(FILE.slice(from, to))
      },
    }
    const chunk = windowedChunk(file, { start, end }, windowBytes)
    let at = 0
    let from = 0
    for (const { back, length, isLast } of steps) {
      from = Math.max(from, at - back)
      const bytes = await chunk.read(from, length)
      const stop = Math.min(end, start + from + length)
      expect(Buffer.compare(bytes, FILE.subarray(start + from, Math.max(start + from, stop)))).toBe(0)
      at = Math.max(at, Math.min(from + length, end - start))
      from = isLast ? at : Math.min(from, at)
      if (isLast) chunk.release(from)
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(1)
  }),
)

/** Two readers of one chunk: the page before, whose inflater asks in the background, and the header of the next page. */
const together = fc.array(
  fc.record({ at: fc.nat(3000), length: fc.nat(300), releases: fc.boolean(), waits: fc.boolean() }),
  { maxLength: 30 },
)

law(
  'parquet windows: concurrent reads, forwards or backwards, return the bytes of the chunk in any order of responses',
  fc.asyncProperty(fc.scheduler(), together, fc.integer({ min: 1, max: 400 }), async (s, steps, windowBytes) => {
    const end = FILE.length - 100
    const file = {
      size: FILE.length,
      read: async (from: number, to: number) => {
        await s.schedule(Promise.resolve(), `${from} to ${to}`)
        return FILE.slice(from, to)
      },
    }
    const chunk = windowedChunk(file, { start: 0, end }, windowBytes)
    const underWay: Promise<void>[] = []
    for (const { at, length, releases, waits } of steps) {
      const reading = (async () => {
        const bytes = await chunk.read(at, length)
        expect(Buffer.compare(bytes, FILE.subarray(at, Math.min(end, at + length)))).toBe(0)
        if (releases) chunk.release(at + length)
      })()
      underWay.push(reading)
      if (waits) await s.waitFor(reading)
    }
    await s.waitFor(Promise.all(underWay))
  }),
)

test('a window has the bytes of its size, or of a read that is longer', async () => {
  const reads: [number, number][] = []
  const file = {
    size: FILE.length,
    read: async (from: number, to: number) => {
      reads.push([from, to])
      return FILE.slice(from, to)
    },
  }
  const chunk = windowedChunk(file, { start: 10, end: 1010 }, 100)
  expect(chunk.length).toBe(1000)
  for (const [at, length] of [
    [0, 10],
    [10, 90],
    [100, 1],
    [101, 300],
    [401, 5],
    [990, 100],
  ] as const) {
    expect(Buffer.compare(await chunk.read(at, length), FILE.subarray(10 + at, Math.min(1010, 10 + at + length)))).toBe(
      0,
    )
    chunk.release(at + length)
  }
  expect(reads).toEqual([
    [10, 110],
    [110, 210],
    [210, 411],
    [411, 511],
    [1000, 1010],
  ])
})

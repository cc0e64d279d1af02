import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fileBytes, readRanges, withKnownBytes } from '../../../../../src/codecs/parquet/read/bytes/file-bytes.ts'
import { partsSource } from '../../../../../src/codecs/parquet/read/bytes/parts-source.ts'
import { MillraceError } from '../../../../../src/errors.ts'
import { law } from '../../../../support/law.ts'

const KIB = 1024
const FILE = Uint8Array.from({ length: 2048 * KIB }, (_, i) => (i * 7 + (i >> 9)) & 255)

function counting() {
  const reads: [number, number][] = []
  const source = {
    size: FILE.length,
    async read(start: number, end: number) {
      reads.push([start, end])
      return FILE.slice(start, end)
    },
  }
  return { file: fileBytes(source, FILE.length), reads }
}

const range = fc
  .tuple(fc.nat(1900 * KIB), fc.oneof(fc.nat(100), fc.nat(140 * KIB)))
  .map(([start, length]) => ({ start, end: start + length }))

law(
  'parquet ranges: each comes as its bytes, in one request with those that are less than 128 KiB away',
  fc.asyncProperty(fc.array(range, { maxLength: 8, size: 'max' }), async (ranges) => {
    const { file, reads } = counting()
    const found = await readRanges(file, ranges)
    for (const [i, { start, end }] of ranges.entries()) {
      expect(Buffer.compare(found[i] as Uint8Array, FILE.subarray(start, end))).toBe(0)
    }
    const runs: [number, number][] = []
    for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
      const last = runs.at(-1)
      if (last !== undefined && start - last[1] <= 128 * KIB) last[1] = Math.max(last[1], end)
      else runs.push([start, end])
    }
    expect(reads).toEqual(runs)
  }),
)

describe('ranges', () => {
  test('128 KiB apart are read at once, a byte more is not', async () => {
    const { file, reads } = counting()
    await readRanges(file, [
      { start: 10, end: 20 },
      { start: 20 + 128 * KIB, end: 30 + 128 * KIB },
    ])
    await readRanges(file, [
      { start: 10, end: 20 },
      { start: 21 + 128 * KIB, end: 31 + 128 * KIB },
    ])
    expect(reads.length).toBe(3)
  })

  test('in others end with the longer one', async () => {
    const { file, reads } = counting()
    const [long, short] = await readRanges(file, [
      { start: 10, end: 50 },
      { start: 20, end: 30 },
    ])
    expect([long?.length, short?.length, short?.[0]]).toEqual([40, 10, FILE[20]])
    expect(reads).toEqual([[10, 50]])
  })

  test('that are known are not read', async () => {
    const { file, reads } = counting()
    const known = withKnownBytes(file, 100, FILE.slice(100, 200))
    expect(known.size).toBe(FILE.length)
    for (const [start, end] of [
      [100, 200],
      [100, 101],
      [199, 200],
      [150, 150],
    ] as const) {
      expect([...(await known.read(start, end))]).toEqual([...FILE.subarray(start, end)])
    }
    expect(reads).toEqual([])
    await known.read(99, 150)
    await known.read(150, 201)
    expect(reads).toEqual([
      [99, 150],
      [150, 201],
    ])
  })

  test('of a source that fails or has fewer bytes', async () => {
    const of = (read: () => Promise<Uint8Array>) => fileBytes({ size: 9, read }, 9).read(2, 5)
    const gone = new Error('gone')
    await expect(of(() => Promise.reject(gone))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', cause: gone })
    const own = new MillraceError('SOURCE_CHANGED', 'changed')
    await expect(of(() => Promise.reject(own))).rejects.toBe(own)
    for (const length of [2, 4]) {
      await expect(of(async () => new Uint8Array(length))).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    }
  })
})

const part = fc.uint8Array({ maxLength: 9 })

law(
  'parquet streams: any range of a file in parts is as of the file in one',
  fc.asyncProperty(
    fc.array(part, { maxLength: 9, size: 'max' }),
    fc.nat(80),
    fc.nat(80),
    async (parts, from, length) => {
      const whole = Buffer.concat(parts)
      const source = partsSource(parts)
      expect(source.size).toBe(whole.length)
      const start = Math.min(from, whole.length)
      const read = await source.read(start, start + length)
      expect(Buffer.compare(read, whole.subarray(start, start + length))).toBe(0)
    },
  ),
  { runs: 400 },
)

test('a range inside of one part is not copied', async () => {
  const parts = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]
  const source = partsSource(parts)
  expect((await source.read(3, 6)).buffer).toBe(parts[1]?.buffer)
  expect((await source.read(0, 3)).buffer).toBe(parts[0]?.buffer)
  expect([...(await source.read(2, 5))]).toEqual([3, 4, 5])
})

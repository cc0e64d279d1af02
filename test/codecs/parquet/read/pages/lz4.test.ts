import { describe, expect, test } from 'vitest'
import { lz4Decompress, lz4Raw } from '../../../../../src/codecs/parquet/read/pages/lz4.ts'

const CORRUPT = 'an LZ4 page is corrupt'
const refused = (message: string) => expect.objectContaining({ code: 'PARQUET_INVALID', message })
const uint32 = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]
const seq = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => (from + i) & 255)

/** Lengths over 15 go on in bytes of 255. */
function more(length: number): number[] {
  const rest = length - 15
  if (rest < 0) return []
  return [...new Array<number>(Math.floor(rest / 255)).fill(255), rest % 255]
}

/** Literals, then a match of a length and a distance. */
function sequence(literals: readonly number[], match = 4, distance = 1): number[] {
  const token = (Math.min(literals.length, 15) << 4) | Math.min(match - 4, 15)
  return [token, ...more(literals.length), ...literals, distance & 255, distance >> 8, ...more(match - 4)]
}

function last(literals: readonly number[]): number[] {
  return [Math.min(literals.length, 15) << 4, ...more(literals.length), ...literals]
}

const inflate = (block: readonly number[], size: number) => [...lz4Raw(Uint8Array.from(block), size)]

describe('a block', () => {
  test.each([0, 1, 14, 15, 16, 31, 32, 33, 269, 270, 271, 600])('of %i literals', (count) => {
    expect(inflate(last(seq(count)), count)).toEqual(seq(count))
  })

  test.each([4, 5, 18, 19, 20, 32, 33, 40, 273, 274, 275, 600])('with a match of %i bytes at any distance', (match) => {
    for (const distance of [1, 2, 3, 31, 32, 33, match - 1, match, match + 1, 700].filter((value) => value > 0)) {
      const literals = seq(700, 3)
      const out = [...literals]
      for (let i = 0; i < match; i++) out.push(out[out.length - distance] as number)
      expect(inflate([...sequence(literals, match, distance), ...last([9])], 701 + match)).toEqual([...out, 9])
    }
  })

  test('may end with a match that is followed by no literals', () => {
    expect(inflate([...sequence([1, 2], 4, 2), 0], 6)).toEqual([1, 2, 1, 2, 1, 2])
  })

  test.each<[string, number[], number, string?]>([
    ['literals that are cut off', [0x30, 1, 2], 3],
    ['literals beyond the page', last([1, 2, 3]), 2],
    ['fewer bytes than the page has', last([1, 2, 3]), 4, 'the size of an LZ4 page differs from its header'],
    ['no distance', [0x10, 1, 1], 9],
    ['nothing behind a match', sequence([1], 4, 1), 5],
    ['a distance of zero', [...sequence([1], 4, 0), ...last([])], 5],
    ['a distance before the page', [...sequence([1, 2], 4, 3), ...last([])], 6],
    ['a match beyond the page', [...sequence([1], 5, 1), ...last([])], 5],
    ['a match alone', [0x00, 1, 0, 0], 4],
    ['no end of a length', [0xf0, 255, 255], 600],
    ['no end of the length of a match', [0x1f, 7, 1, 0, 255, 255], 600],
  ])('%s', (_, block, size, message = CORRUPT) => {
    expect(() => inflate(block, size)).toThrow(refused(message))
  })
})

describe('blocks in frames of Hadoop', () => {
  const frame = (block: readonly number[], size: number, bytes = block.length) => [
    ...uint32(size),
    ...uint32(bytes),
    ...block,
  ]
  const read = (bytes: readonly number[], size: number) => [...lz4Decompress(Uint8Array.from(bytes), size)]
  const first = [...sequence([1, 2, 3], 5, 3), ...last([7])]
  const inflated = [1, 2, 3, 1, 2, 3, 1, 2, 7]

  test('one or several', () => {
    expect(read(frame(first, 9), 9)).toEqual(inflated)
    expect(read([...frame(first, 9), ...frame(last([4]), 1), ...frame(first, 9)], 19)).toEqual([
      ...inflated,
      4,
      ...inflated,
    ])
  })

  test('a view of other bytes', () => {
    const bytes = Uint8Array.from([9, 9, 9, ...frame(first, 9)]).subarray(3)
    expect([...lz4Decompress(bytes, 9)]).toEqual(inflated)
  })

  test('a match does not refer to the frame before', () => {
    const far = [...sequence([5], 4, 2), ...last([])]
    expect(() => read([...frame(first, 9), ...frame(far, 5)], 14)).toThrow(refused(CORRUPT))
  })

  test('a frame of another size than it says', () => {
    for (const size of [8, 10]) {
      expect(() => read([...frame(first, size), ...frame(last([1]), 1)], size + 1)).toThrow(
        refused('the size of an LZ4 frame differs from its header'),
      )
    }
  })

  test('what is no frame is a bare block', () => {
    expect(read(first, 9)).toEqual(inflated)
    // The token and four literals look like a size.
    const looksLike = last([0, 0, 9, 0, 0, 0, 1, 5])
    expect(read(looksLike, 8)).toEqual([0, 0, 9, 0, 0, 0, 1, 5])
    for (const [bytes, size] of [
      [frame(first, 9, first.length + 1), 9],
      [frame(first, 9), 10],
      [frame(first, 9), 8],
      [[...frame(first, 9), 0], 9],
    ] as const) {
      expect(() => read(bytes, size)).toThrow()
    }
  })
})

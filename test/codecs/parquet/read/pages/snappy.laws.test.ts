import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { littleEndian, snappyInflate } from '../../../../../src/codecs/parquet/read/pages/snappy-decompress.ts'
import { FAR_REFERENCE, snappyPieces } from '../../../../../src/codecs/parquet/read/pages/snappy-stream.ts'
import { law } from '../../../../support/law.ts'
import { varint } from '../../support/encodings.ts'

const CORRUPT = 'a snappy page is corrupt'
const KIB = 1024

interface Literal {
  readonly literal: number
  /** Bytes of its length beyond those that it needs. */
  readonly spare?: number
}
interface Copy {
  readonly kind: 1 | 2 | 3
  readonly length: number
  readonly distance: number
}
type Element = Literal | Copy

const numberBytes = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) & 255)

/** A block of these elements, and what it inflates to: undefined where an element refers to what is not there. */
function blockOf(elements: readonly Element[]) {
  const bytes: number[] = []
  const output: number[] = []
  let isSound = true
  for (const element of elements) {
    if ('literal' in element) {
      const less = element.literal - 1
      const needed = less < 60 ? 0 : less < 256 ? 1 : less < 65_536 ? 2 : 3
      const lengthBytes = Math.min(4, needed + (element.spare ?? 0))
      bytes.push((lengthBytes === 0 ? less : 59 + lengthBytes) << 2, ...numberBytes(less, lengthBytes))
      for (let i = 0; i <= less; i++) {
        const byte = (output.length * 7 + i) & 255
        bytes.push(byte)
        output.push(byte)
      }
      continue
    }
    const { kind, distance } = element
    const length = kind === 1 ? 4 + (element.length & 7) : element.length
    if (kind === 1) bytes.push(1 | ((length - 4) << 2) | ((distance >> 8) << 5), distance & 255)
    else bytes.push(kind | ((length - 1) << 2), ...numberBytes(distance, kind === 2 ? 2 : 4))
    isSound &&= distance > 0 && distance <= output.length
    for (let i = 0; i < length; i++) output.push(output[output.length - distance] ?? 0)
  }
  return { bytes, output, isSound }
}

async function piecewise(block: readonly number[], size: number, sizes: readonly number[]): Promise<Uint8Array> {
  async function* input() {
    for (let at = 0, i = 0; at < block.length; i++) {
      const take = sizes[i % sizes.length] ?? block.length
      yield Uint8Array.from(block.slice(at, at + take))
      at += take
    }
  }
  const out: Uint8Array[] = []
  for await (const piece of snappyPieces(input(), size)) out.push(piece)
  return Buffer.concat(out)
}

function whole(block: readonly number[], size: number): Uint8Array {
  const output = new Uint8Array(size)
  snappyInflate(Uint8Array.from(block), output)
  return output
}

const literal = fc.record({
  literal: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(48, 49, 60, 61, 256, 257, 300)),
  spare: fc.constantFrom(0, 0, 0, 1, 2),
})
const copy = fc.constantFrom(1 as const, 2 as const, 3 as const).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    length: fc.integer({ min: 1, max: 64 }),
    distance: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.nat(kind === 1 ? 2047 : 3000)),
  }),
)
const elements = fc.array(fc.oneof(literal, copy), { minLength: 1, maxLength: 40, size: 'max' })
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 })

law(
  'parquet snappy: blocks of any elements inflate as a whole and in any pieces, or are refused by both',
  fc.asyncProperty(elements, sizes, fc.constantFrom(0, 0, 0, -1, 1), async (parts, cuts, off) => {
    // Copies that refer too far are left out in most cases.
    const sound: Element[] = []
    for (const part of parts) {
      const distance = 'distance' in part ? part.distance : 0
      if ('literal' in part || (distance > 0 && distance <= blockOf(sound).output.length) || cuts[0] === 13)
        sound.push(part)
    }
    const { bytes, output, isSound } = blockOf(sound)
    const size = Math.max(0, output.length + off)
    const block = [...varint(size), ...bytes]
    if (isSound && off === 0) {
      expect(Buffer.compare(whole(block, size), Uint8Array.from(output))).toBe(0)
      expect(Buffer.compare(await piecewise(block, size, cuts), Uint8Array.from(output))).toBe(0)
    } else if (size > 0 || output.length > 0) {
      expect(() => whole(block, size)).toThrow(CORRUPT)
      await expect(piecewise(block, size, cuts)).rejects.toThrow(CORRUPT)
    }
  }),
  { runs: 300 },
)

describe('blocks that are corrupt', () => {
  test.each<[string, number[], number]>([
    ['no bytes', [], 1],
    ['a length alone', [1], 1],
    ['a literal that is cut off', [3, 0x08, 1, 2], 3],
    ['a literal beyond the page', [2, 0x08, 1, 2, 3], 2],
    ['a literal without its length', [3, 0xf0], 3],
    ['a literal of 4 GiB', [3, 0xfc, 255, 255, 255, 255, 1, 2, 3], 3],
    ['a copy at the start', [4, 0x01, 1], 4],
    ['a copy of distance zero', [6, 0x04, 1, 2, 0x01, 0], 6],
    ['a copy from before the start', [6, 0x04, 1, 2, 0x01, 3], 6],
    ['a copy beyond the page', [5, 0x04, 1, 2, 0x01, 2], 5],
    ['a copy without its distance', [6, 0x04, 1, 2, 0x02, 1], 6],
    ['a copy without any of it', [6, 0x04, 1, 2, 0x01], 6],
    ['a copy of distance 2^31', [6, 0x04, 1, 2, 0x0f, 0, 0, 0, 0x80], 6],
    ['fewer bytes than the page has', [4, 0x08, 1, 2, 3], 4],
    ['elements behind the page', [3, 0x08, 1, 2, 3, 0x00, 4], 3],
  ])('%s', async (_, block, size) => {
    expect(() => whole(block, size)).toThrow(CORRUPT)
    for (const cuts of [[], [1], [2]]) await expect(piecewise(block, size, cuts)).rejects.toThrow(CORRUPT)
  })

  test('numbers are unsigned and little-endian', () => {
    const bytes = Uint8Array.of(9, 1, 2, 3, 0xff)
    expect([0, 1, 2, 3, 4].map((count) => littleEndian(bytes, 1, count))).toEqual([0, 1, 0x0201, 0x030201, 0xff030201])
    expect(littleEndian(bytes, 4, 3)).toBe(255)
  })
})

describe('blocks larger than what is held of them', () => {
  const size = 360 * KIB
  const repeating = (distance: number, kind: 2 | 3): Element[] => {
    const literals = Array.from({ length: Math.ceil(distance / 60) }, () => ({ literal: 60 }))
    const copies = Math.floor((size - literals.length * 60) / 64)
    return [...literals, ...Array.from({ length: copies }, () => ({ kind, length: 64, distance }))]
  }

  test.each<[string, Element[]]>([
    ['copies from near', repeating(60, 2)],
    ['copies from 64 KiB before', repeating(64 * KIB, 3)],
    ['long literals', Array.from({ length: 2 }, () => ({ literal: 170 * KIB }))],
    ['literals of 64 bytes', Array.from({ length: 5500 }, () => ({ literal: 64 }))],
  ])('%s', async (_, parts) => {
    const { bytes, output } = blockOf(parts)
    const block = [...varint(output.length), ...bytes]
    expect(Buffer.compare(await piecewise(block, output.length, [10_007, 128 * KIB]), Uint8Array.from(output))).toBe(0)
  })

  test('a copy from farther than is kept is a far reference', async () => {
    const { bytes, output } = blockOf(repeating(200 * KIB, 3))
    const block = [...varint(output.length), ...bytes]
    await expect(piecewise(block, output.length, [50 * KIB])).rejects.toBe(FAR_REFERENCE)
    expect(Buffer.compare(whole(block, output.length), Uint8Array.from(output))).toBe(0)
  })
})

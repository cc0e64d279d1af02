import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type DeltaReader,
  deltaEnd,
  deltaInt32Reader,
  deltaInt64Reader,
} from '../../../../../src/codecs/parquet/read/encodings/delta-reader.ts'
import { law } from '../../../../support/law.ts'
import { deltaPacked, varint, zigzag } from '../../support/encodings.ts'

const READERS = { 32: deltaInt32Reader, 64: deltaInt64Reader } as const
type Bits = keyof typeof READERS

/** Read `count` values in pieces of these sizes, behind two other ones. */
function readIn(reader: DeltaReader, bits: Bits, count: number, sizes: readonly number[]): bigint[] {
  const words = bits / 32
  const out = new Int32Array((count + 3) * words).fill(-7)
  reader.read(out, 0, 0)
  for (let at = 0, i = 0; at < count; i++) {
    const take = Math.min(count - at, sizes[i % sizes.length] ?? count)
    reader.read(out, 2 + at, take)
    at += take
  }
  reader.read(out, 2 + count, 0)
  const values = bits === 32 ? Array.from(out, BigInt) : [...new BigInt64Array(out.buffer)]
  const noise = BigInt.asIntN(bits, bits === 32 ? -7n : (-7n << 32n) | 0xfffffff9n)
  expect([values[0], values[1], values.at(-1)]).toEqual([noise, noise, noise])
  return values.slice(2, -1)
}

const shape = fc
  .tuple(fc.constantFrom(1, 2, 3, 4, 8), fc.constantFrom(8, 16, 24, 32, 72))
  .map(([miniblocks, each]) => ({ blockValues: miniblocks * each, miniblocks }))
const blocks = fc.tuple(shape, fc.nat(5), fc.nat(40)).map(([of, spare, unused]) => ({ ...of, spare, unused }))
const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 })
/** Values whose deltas take about so many bits. */
const valuesOf = (bits: Bits) =>
  fc
    .tuple(fc.integer({ min: 0, max: bits }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
    .chain(([width, start]) =>
      fc
        .array(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n }), { minLength: 1, maxLength: 260, size: 'max' })
        .map((noise) => noise.map((value) => BigInt.asIntN(bits, start + value))),
    )
const anyCase = fc
  .constantFrom<Bits[]>(32, 64)
  .chain((bits) => fc.record({ bits: fc.constant(bits), values: valuesOf(bits), blocks, sizes }))

law(
  'parquet deltas: integers in blocks of any shape and widths are read in any pieces, from any offset, up to their end',
  fc.property(anyCase, fc.nat(3), ({ bits, values, blocks: of, sizes: cuts }, before) => {
    const packed = deltaPacked(values, bits, of)
    const bytes = Uint8Array.of(...new Array<number>(before).fill(0xff), ...packed, 0xff, 0xff)
    const end = before + packed.length
    const reader = READERS[bits](bytes, before, end)
    expect(reader.total).toBe(values.length)
    expect(readIn(reader, bits, values.length, cuts)).toEqual(values)
    expect(deltaEnd(bytes, before, bytes.length)).toBe(end)
    expect(deltaEnd(bytes, before, end)).toBe(end)
    for (const cut of [0, 1, 2, 3, packed.length >> 1, packed.length - 1]) {
      expect(() => deltaEnd(bytes, before, before + Math.min(cut, packed.length - 1))).toThrow(
        expect.objectContaining({ code: 'PARQUET_INVALID' }),
      )
    }
    expect(() => reader.read(new Int32Array(2), 0, 1)).toThrow('delta encoding has fewer values than its page declares')
  }),
)

law(
  'parquet deltas: bytes that are cut off are refused if a value needs them',
  fc.property(anyCase, fc.nat(), ({ bits, values, blocks: of }, pick) => {
    const packed = Uint8Array.from(deltaPacked(values, bits, of))
    const cut = pick % packed.length
    const out = new Int32Array(2 * values.length)
    packed.fill(0xff, cut)
    const read = () => {
      const reader = READERS[bits](packed, 0, cut)
      reader.read(out, 0, values.length)
      return bits === 32 ? Array.from(out.subarray(0, values.length), BigInt) : [...new BigInt64Array(out.buffer)]
    }
    let found: bigint[] | undefined
    try {
      found = read()
    } catch (error) {
      expect(error).toMatchObject({ code: 'PARQUET_INVALID' })
    }
    // Only the padding of the last miniblock can be missed.
    if (found !== undefined) expect(found).toEqual(values)
  }),
)

describe('headers', () => {
  const header = (blockValues: bigint, miniblocks: bigint, total: bigint, first = 0n) =>
    Uint8Array.from([...varint(blockValues), ...varint(miniblocks), ...varint(total), ...zigzag(first)])
  const open = (bytes: Uint8Array) => deltaInt32Reader(bytes, 0, bytes.length)

  test.each<[bigint, bigint]>([
    [128n, 0n],
    [0n, 4n],
    [0n, 0n],
    [100n, 3n],
    [12n, 1n],
    [20n, 5n],
  ])('no block: %d values in %d miniblocks', (blockValues, miniblocks) => {
    expect(() => open(header(blockValues, miniblocks, 1n))).toThrow('the block size of delta encoding is invalid')
  })

  test.each([2n ** 31n, 2n ** 32n, 2n ** 35n, 2n ** 40n])('no size: %d', (size) => {
    for (const bytes of [header(size, 1n, 1n), header(128n, size, 1n), header(128n, 4n, size)]) {
      expect(() => open(bytes)).toThrow('a size in delta encoding is above 31 bits')
    }
  })

  test('the largest size', () => {
    expect(open(header(2n ** 31n - 8n, 1n, 2n ** 31n - 1n)).total).toBe(2 ** 31 - 1)
  })

  test('numbers that end early, or never', () => {
    const whole = header(128n, 4n, 300n, -1000n)
    for (let end = 0; end < whole.length; end++) {
      expect(() => deltaInt32Reader(whole, 0, end)).toThrow('a number in delta encoding ends early')
    }
    const endless = Uint8Array.of(...new Array<number>(11).fill(0x80), 1)
    expect(() => open(endless)).toThrow('a number in delta encoding ends early')
    const first = (bytes: number) => Uint8Array.of(0x80, 1, 4, 1, ...new Array<number>(bytes - 1).fill(0xff), 1)
    expect(open(first(10)).total).toBe(1)
    expect(() => open(first(11))).toThrow('a number in delta encoding ends early')
  })

  test('no values at all', () => {
    const none = header(128n, 4n, 0n)
    const reader = open(none)
    reader.read(new Int32Array(0), 0, 0)
    expect(deltaEnd(none, 0, none.length)).toBe(none.length)
    expect(() => reader.read(new Int32Array(1), 0, 1)).toThrow('fewer values than its page declares')
  })

  test.each<[Bits, number]>([
    [32, 33],
    [64, 65],
  ])('a delta of %i bits is not wider', (bits, width) => {
    const block = (of: number) => Uint8Array.of(...header(8n, 1n, 2n), 0, of, ...new Array<number>(of).fill(0xff))
    const read = (of: number) => {
      const out = new Int32Array(4)
      READERS[bits](block(of), 0, block(of).length).read(out, 0, 2)
      return out[bits === 32 ? 1 : 2]
    }
    expect(read(width - 1)).toBe(-1)
    expect(() => read(width)).toThrow('a delta is wider than its column')
  })

  test('a block that ends before its widths', () => {
    const bytes = Uint8Array.of(...header(32n, 4n, 5n), 0, 0, 0, 0)
    expect(() => deltaEnd(bytes, 0, bytes.length)).toThrow('delta encoded values end before the last one')
    expect(() => open(bytes).read(new Int32Array(5), 0, 5)).toThrow('delta encoded values end before the last one')
    const whole = Uint8Array.of(...bytes, 0)
    open(whole).read(new Int32Array(5), 0, 5)
    expect(deltaEnd(whole, 0, whole.length)).toBe(whole.length)
  })
})

test.each([
  ['carried from the low words', [-1n, 0n, -1n]],
  ['carried from the low words of wide deltas', [-1n, 2n ** 40n, 2n ** 40n - 1n]],
  ['in miniblocks of more than 64 values', Array.from({ length: 150 }, (_, i) => BigInt(i * i))],
])('64-bit integers %s', (_, values) => {
  const packed = Uint8Array.from(deltaPacked(values, 64, { blockValues: 144, miniblocks: 2 }))
  expect(readIn(deltaInt64Reader(packed, 0, packed.length), 64, values.length, [])).toEqual(values)
})

test('a block is cut off anywhere', () => {
  const values = Array.from({ length: 40 }, (_, i) => BigInt(i * i))
  for (const bits of [32, 64] as const) {
    const packed = Uint8Array.from(deltaPacked(values, bits, { blockValues: 16, miniblocks: 2 }))
    for (let cut = 6; cut < packed.length - 10; cut++) {
      for (const bytes of [packed.slice(0, cut), packed]) {
        const reader = () => READERS[bits](bytes, 0, cut).read(new Int32Array(80), 0, 40)
        expect(reader, String(cut)).toThrow(expect.objectContaining({ code: 'PARQUET_INVALID' }))
      }
    }
  }
})

law(
  'parquet deltas: first values and minima of up to ten bytes are read exactly',
  fc.property(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    (first, least) => {
      const bytes = Uint8Array.of(...varint(8), 1, 3, ...zigzag(first), ...zigzag(least), 0)
      const out = new BigInt64Array(3)
      deltaInt64Reader(bytes, 0, bytes.length).read(new Int32Array(out.buffer), 0, 3)
      expect([...out]).toEqual([first, BigInt.asIntN(64, first + least), BigInt.asIntN(64, first + 2n * least)])
    },
  ),
)

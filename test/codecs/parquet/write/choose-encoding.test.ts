import { Bool, type DataType, FixedSizeBinary, Float32, Float64, Int32, Int64, Uint64, Utf8 } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { chooseEncoding } from '../../../../src/codecs/parquet/write/choose-encoding.ts'
import { pageCompressor } from '../../../../src/codecs/parquet/write/page-compressor.ts'
import type { ParquetCompression, ParquetEncodings } from '../../../../src/codecs/parquet/write/write-options.ts'
import type { Cell } from '../../../support/arbitrary-table.ts'
import { collected } from '../support/leaf-of-cells.ts'

let state = 1
const noise = (below: number) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

function chosen(
  type: DataType,
  cells: readonly Cell[],
  encodings: ParquetEncodings = 'compact',
  compression: ParquetCompression = 'none',
) {
  const { kernel, leaf, values } = collected(type, cells, false)
  const page = { kernel, start: 0, end: 0 }
  return chooseEncoding(values, leaf, pageCompressor(compression), page, encodings)
}
const many = <T>(cell: (at: number) => T, count = 5000) => Array.from({ length: count }, (_, at) => cell(at))

describe('the encoding of a column', () => {
  test.each<[string, DataType, readonly Cell[], string]>([
    ['few integers', new Int32(), many((at) => at % 7), 'RLE_DICTIONARY'],
    ['rising integers', new Int32(), many((at) => at * 5), 'DELTA_BINARY_PACKED'],
    ['rising long integers', new Int64(), many((at) => BigInt(at) * 1000n), 'DELTA_BINARY_PACKED'],
    ['integers of 32 random bits', new Int32(), many(() => noise(2 ** 32) | 0), 'PLAIN'],
    ['integers whose range is too large', new Int64(), many((at) => BigInt(at) * 2n ** 40n), 'PLAIN'],
    ['large unsigned integers', new Uint64(), many((at) => 2n ** 64n - 10_000n + BigInt(at)), 'DELTA_BINARY_PACKED'],
    ['floats that differ', new Float64(), many((at) => Math.sqrt(at)), 'PLAIN'],
    ['floats whose bits rise', new Float32(), many((at) => 1 + at * 2 ** -23), 'PLAIN'],
    ['few floats', new Float64(), many((at) => Math.sqrt(at % 9)), 'RLE_DICTIONARY'],
    ['rising text', new Utf8(), many((at) => `order ${1_000_000 + at}`), 'DELTA_BYTE_ARRAY'],
    [
      'text without a common beginning',
      new Utf8(),
      many(() => `${noise(10 ** 9)} x`.slice(0, 12)),
      'DELTA_LENGTH_BYTE_ARRAY',
    ],
    ['long text that differs', new Utf8(), many(() => many(() => noise(36).toString(36), 300).join(''), 300), 'PLAIN'],
    ['few texts', new Utf8(), many((at) => `status ${at % 3}`), 'RLE_DICTIONARY'],
    ['fixed bytes that differ', new FixedSizeBinary(4), many((at) => Uint8Array.of(at, at >> 8, 7, 9)), 'PLAIN'],
    ['booleans', new Bool(), many((at) => at % 2 === 0), 'PLAIN'],
    ['one value', new Int32(), [7], 'PLAIN'],
    ['no values', new Utf8(), [], 'PLAIN'],
  ])('of %s', (_, type, cells, encoding) => {
    const found = chosen(type, cells)
    expect(found.encoding).toBe(encoding)
    expect(found.dictionary === undefined).toBe(encoding !== 'RLE_DICTIONARY')
    const compatible = chosen(type, cells, 'compatible')
    expect(compatible.encoding).toBe(encoding.startsWith('DELTA') ? 'PLAIN' : encoding)
    expect(found.bounds).toEqual(compatible.bounds)
  })

  test('integers may be apart as far as readers add deltas exactly', () => {
    const within = (type: DataType, range: bigint, cell: (value: bigint) => Cell) =>
      chosen(type, [...many((at) => cell(BigInt(at) * 3n), 3000), cell(range)]).encoding
    expect(within(new Int32(), 2n ** 31n - 1n, Number)).toBe('DELTA_BINARY_PACKED')
    expect(within(new Int64(), 2n ** 51n - 1n, (value) => value)).toBe('DELTA_BINARY_PACKED')
    expect(within(new Int64(), 2n ** 51n, (value) => value)).toBe('PLAIN')
  })

  test('bounds are positions of the least and the greatest value', () => {
    const cells = [5, 3, 9, 3, 9]
    expect(chosen(new Int32(), cells).bounds).toEqual({ min: 1, max: 2 })
    const few = many((at) => [5, 3, 9][at % 3] as number)
    expect(chosen(new Int32(), few).bounds).toEqual({ min: 1, max: 2 })
    expect(chosen(new Float64(), [1, Number.NaN]).bounds).toBeUndefined()
  })
})

describe('compression', () => {
  test.each(['snappy', 'gzip', 'zstd'] as const)('%s is for what it makes smaller', (compression) => {
    const letters = many((at) => `${'ab'.repeat(20)}${at}`)
    expect(chosen(new Utf8(), letters, 'compatible', compression).compresses).toBe(true)
    const random = many(() => BigInt.asIntN(64, (BigInt(noise(2 ** 32)) << 32n) | BigInt(noise(2 ** 32))))
    expect(chosen(new Int64(), random, 'compatible', compression).compresses).toBe(false)
    expect(chosen(new Utf8(), letters, 'compatible', 'none').compresses).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'
import { byteValues, fixedValues, usedBytes } from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import {
  deltaByteArrayDecoder,
  deltaLengthDecoder,
} from '../../../../../src/codecs/parquet/read/encodings/delta-byte-array.ts'
import { deltaPacked } from '../../support/encodings.ts'

const lengths = (...values: number[]): number[] =>
  deltaPacked(
    values.map((value) => BigInt(value)),
    32,
  )
const text = (value: string): number[] => [...Buffer.from(value)]
const refused = (message: string) => expect.objectContaining({ code: 'PARQUET_INVALID', message })

describe('DELTA_LENGTH_BYTE_ARRAY', () => {
  const read = (bytes: readonly number[], count: number) => {
    const into = byteValues(0)
    deltaLengthDecoder(Uint8Array.from(bytes)).read(count, into)
    return Array.from({ length: into.count }, (_, i) =>
      Buffer.from(into.bytes.subarray(into.offsets[i], into.offsets[i + 1])).toString(),
    )
  }

  test('values follow their lengths', () => {
    expect(read([...lengths(1, 0, 3), ...text('abcd')], 3)).toEqual(['a', '', 'bcd'])
  })

  test('a value may fill the page but for its lengths', () => {
    const page = [...lengths(50, 1), ...text('x'.repeat(51))]
    expect(read(page, 2)).toEqual(['x'.repeat(50), 'x'])
  })

  test.each([
    ['a length that is negative', [...lengths(1, -1), ...text('ab')], 'a value is longer than its page'],
    ['a length beyond the page', [...lengths(1, 200), ...text('ab')], 'a value is longer than its page'],
    ['more bytes than are left', [...lengths(1, 2), ...text('ab')], 'a page ends before its values'],
    ['a length of all the page', [...lengths(1, 7), ...text('ab')], 'a page ends before its values'],
  ])('%s', (_, page, message) => {
    expect(() => read(page, 2)).toThrow(refused(message))
  })

  test('4,096 values and more at once, and in pieces', () => {
    for (const count of [4095, 4096, 4097, 9000]) {
      const page = Uint8Array.from([
        ...lengths(...new Array<number>(count).fill(1)),
        ...new Array<number>(count).fill(0x61),
      ])
      const into = byteValues(0)
      deltaLengthDecoder(page).read(count, into)
      expect([into.count, usedBytes(into)]).toEqual([count, count])
      const cut = byteValues(0)
      const decoder = deltaLengthDecoder(page)
      for (let left = count; left > 0; left -= 1000) decoder.read(Math.min(left, 1000), cut)
      expect([cut.count, usedBytes(cut), cut.bytes[count - 1]]).toEqual([count, count, 0x61])
    }
  })

  test('values that take more than a batch may', () => {
    const decoder = deltaLengthDecoder(Uint8Array.from([...lengths(3, 3), ...text('abcdef')]))
    expect(() => decoder.read(2, byteValues(0, 5))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })
})

describe('DELTA_BYTE_ARRAY', () => {
  const open = (prefixes: readonly number[], suffixes: readonly string[], width = 0) =>
    deltaByteArrayDecoder(
      Uint8Array.from([
        ...lengths(...prefixes),
        ...lengths(...suffixes.map(({ length }) => length)),
        ...text(suffixes.join('')),
      ]),
      width,
    )
  const read = (prefixes: readonly number[], suffixes: readonly string[], cuts = [prefixes.length]) => {
    const into = byteValues(0)
    const decoder = open(prefixes, suffixes)
    for (const take of cuts) decoder.read(take, into)
    return Array.from({ length: into.count }, (_, i) =>
      Buffer.from(into.bytes.subarray(into.offsets[i], into.offsets[i + 1])).toString(),
    )
  }
  const LONG = 'x'.repeat(47)

  test('values begin as the one before, in any pieces', () => {
    const prefixes = [0, 2, 1, 0, 46, 47, 48]
    const suffixes = ['ab', 'c', 'd', LONG, 'yz', '12', LONG]
    const values = ['ab', 'abc', 'ad', LONG, `${LONG.slice(1)}yz`, `${LONG.slice(1)}y12`, `${LONG.slice(1)}y1${LONG}`]
    for (const cuts of [[7], [1, 1, 1, 1, 1, 1, 1], [3, 4], [0, 5, 2]])
      expect(read(prefixes, suffixes, cuts)).toEqual(values)
  })

  test('the longest value is known before any is read', () => {
    expect(open([0, 2, 1], ['ab', 'cde', 'f']).longestValue).toBe(5)
    expect(open([0], ['']).longestValue).toBe(0)
    expect(open([0, 2], ['ab', ''], 2).longestValue).toBe(0)
    const many = [...new Array<string>(5000).fill('a'), 'abc']
    expect(
      open(
        many.map(() => 0),
        many,
      ).longestValue,
    ).toBe(3)
  })

  test.each<[string, readonly number[], readonly string[], string]>([
    [
      'a prefix longer than the value before',
      [0, 3],
      ['ab', 'c'],
      'a value shares more bytes than its predecessor has',
    ],
    [
      'a prefix longer than the second value',
      [0, 1, 3],
      ['ab', 'c', 'd'],
      'a value shares more bytes than its predecessor has',
    ],
    ['a first value with a prefix', [1, 0], ['ab', 'c'], 'a value shares more bytes than its predecessor has'],
    ['a prefix that is negative', [0, -1], ['ab', 'c'], 'a value is longer than its page'],
    ['a prefix beyond the page', [0, 200], ['ab', 'c'], 'a value is longer than its page'],
  ])('%s', (_, prefixes, suffixes, message) => {
    expect(() => read(prefixes, suffixes)).toThrow(refused(message))
  })

  test('suffixes that are not there, negative, or of another number', () => {
    const decode = (...bytes: number[]) => deltaByteArrayDecoder(Uint8Array.from(bytes), 0).read(2, byteValues(0))
    expect(() => decode(...lengths(0, 0), ...lengths(1, 2), ...text('ab'))).toThrow(
      refused('a page ends before its values'),
    )
    expect(() => decode(...lengths(0, 0), ...lengths(1, -2), ...text('ab'))).toThrow(
      refused('a value is longer than its page'),
    )
    expect(() => decode(...lengths(0, 0), ...lengths(1), ...text('ab'))).toThrow(
      refused('a page has different numbers of prefixes and suffixes'),
    )
  })

  test('4,096 values and more at once, and in pieces', () => {
    for (const count of [4095, 4096, 4097, 9000]) {
      const prefixes = Array.from({ length: count }, (_, i) => (i === 0 ? 0 : 1))
      const suffixes = Array.from({ length: count }, (_, i) => (i === 0 ? 'ab' : String.fromCharCode(97 + (i % 26))))
      const expected = suffixes.map((suffix, i) => (i === 0 ? suffix : `a${suffix}`))
      expect(read(prefixes, suffixes)).toEqual(expected)
      expect(read(prefixes, suffixes, [4000, count - 4000])).toEqual(expected)
    }
  })

  describe('of a fixed length', () => {
    test('values are appended behind those that are there', () => {
      const into = fixedValues(3, 0)
      const decoder = open([0, 2, 0], ['abc', 'd', 'xyz'], 3)
      for (const take of [1, 2]) decoder.read(take, into)
      expect(Buffer.from(into.bytes.subarray(0, 9)).toString()).toBe('abcabdxyz')
      expect(into.count).toBe(3)
    })

    test.each<[string, readonly number[], readonly string[], string]>([
      ['a longer one', [0, 3], ['abc', 'd'], 'a value is longer than its column allows'],
      ['a shorter one', [0, 1], ['abc', 'd'], 'a value is shorter than its column allows'],
      ['two that fit together', [0, 0], ['ab', 'cdef'], 'a value is longer than its column allows'],
    ])('%s', (_, prefixes, suffixes, message) => {
      expect(() => open(prefixes, suffixes, 3).read(2, fixedValues(3, 0))).toThrow(refused(message))
    })
  })
})

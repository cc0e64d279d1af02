import { describe, expect, test } from 'vitest'
import { byteValues, fixedValues, usedBytes } from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import { plainDecoder } from '../../../../../src/codecs/parquet/read/encodings/decode-plain.ts'
import { prefixed, uint32 } from '../../support/encodings.ts'

const refused = (message: string) => expect.objectContaining({ code: 'PARQUET_INVALID', message })

describe('byte strings', () => {
  const read = (bytes: readonly number[], count: number) => {
    const into = byteValues(0)
    plainDecoder(Uint8Array.from(bytes), 'BYTE_ARRAY', 0, count).read(count, into)
    return Array.from({ length: into.count }, (_, i) => [...into.bytes.subarray(into.offsets[i], into.offsets[i + 1])])
  }
  /** Of each length around words and around those that are copied by a call. */
  const values = [0, 1, 2, 3, 4, 5, 7, 8, 9, 47, 48, 49, 50, 100].map((length) =>
    Array.from({ length }, (_, i) => (length + i * 3) & 255),
  )

  test('of any length, in any pieces', () => {
    const page = [...values, []].flatMap(prefixed)
    expect(read(page, values.length + 1)).toEqual([...values, []])
    const into = byteValues(0)
    const decoder = plainDecoder(Uint8Array.from(page), 'BYTE_ARRAY', 0, values.length + 1)
    for (const take of [1, 0, 5, 9]) decoder.read(take, into)
    expect([...into.bytes.subarray(0, usedBytes(into))]).toEqual(values.flat())
  })

  test.each([
    ['a length of three bytes', [1, 0, 0], 'a page ends before its values'],
    ['a value that is cut off', [...uint32(2), 1], 'a value is longer than its page'],
    ['a length below zero', [...uint32(-1), 1], 'a value is longer than its page'],
    ['a length of 2 GiB', [...uint32(0x7fffffff), 1], 'a value is longer than its page'],
    ['no bytes', [], 'a page ends before its values'],
  ])('%s', (_, bytes, message) => {
    expect(() => read(bytes, 1)).toThrow(refused(message))
    expect(() => read([...prefixed([7]), ...bytes], 2)).toThrow(refused(message))
  })

  test.each([1, 2, 3, 4])('all bytes of a length count: %i', (byte) => {
    const length = 3 * 256 ** (byte - 1)
    if (byte < 4) expect(read([...uint32(length), ...new Uint8Array(length)], 1)[0]?.length).toBe(length)
    else expect(() => read([...uint32(length), 1, 2, 3], 1)).toThrow('a value is longer than its page')
  })

  test('that take more than a batch may', () => {
    const decoder = plainDecoder(Uint8Array.from([1, 2].flatMap(() => prefixed([1, 2, 3]))), 'BYTE_ARRAY', 0, 2)
    expect(() => decoder.read(2, byteValues(0, 5))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
    const exact = byteValues(0, 6)
    decoder.read(1, exact)
    decoder.read(1, exact)
    expect(usedBytes(exact)).toBe(6)
  })
})

describe('values of a fixed width', () => {
  test('in any pieces, up to the end', () => {
    const into = fixedValues(3, 0)
    const decoder = plainDecoder(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 'FIXED_LEN_BYTE_ARRAY', 3, 3)
    for (const take of [1, 0, 2]) decoder.read(take, into)
    expect([...into.bytes.subarray(0, 9)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(() => decoder.read(1, into)).toThrow(refused('a page ends before its values'))
    expect(into.count).toBe(3)
  })
})

describe('booleans', () => {
  test('in any pieces, up to the last bit', () => {
    const into = fixedValues(1, 0)
    const decoder = plainDecoder(Uint8Array.of(0b10110010, 0b00000001), 'BOOLEAN', 1, 16)
    for (const take of [3, 0, 6, 7]) decoder.read(take, into)
    expect([...into.bytes.subarray(0, 16)]).toEqual([0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    expect(() => decoder.read(1, into)).toThrow(refused('a page ends before its values'))
    expect(() => decoder.read(1, byteValues(0))).toThrow(refused('values of a fixed width were expected'))
  })
})

describe('a page that is mostly read', () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i)

  test.each([
    [28, false],
    [29, false],
    [30, true],
    [31, true],
    [40, true],
  ])('%i of 40 bytes: lets go of its memory: %s', (taken, isReleased) => {
    const page = bytes.slice()
    const decoder = plainDecoder(page, 'FIXED_LEN_BYTE_ARRAY', 1, 40)
    const into = fixedValues(1, 40)
    decoder.read(taken, into)
    expect(decoder.compact?.()).toBe(isReleased)
    if (isReleased) page.fill(0xff)
    decoder.read(40 - taken, into)
    expect([...into.bytes]).toEqual([...bytes])
    expect(() => decoder.read(1, into)).toThrow('a page ends before its values')
  })
})

import { describe, expect, test } from 'vitest'
import { murmur3, murmur3OfInt64 } from '../../src/internal/murmur3.ts'
import { parseTimeOfDay } from '../../src/internal/time-of-day.ts'

describe('murmur3', () => {
  // https://en.wikipedia.org/wiki/MurmurHash and the test vectors of SMHasher's users, seed 0.
  test.each<[string, number]>([
    ['', 0],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
    ['aaaa', 0x7eeed987],
    ['a', 0x3c2569b2],
  ])('%j', (text, hash) => {
    const bytes = Buffer.from(`x${text}yy`)
    expect(murmur3(bytes, 1, bytes.length - 2)).toBe(hash | 0)
    expect(murmur3(Buffer.from(text))).toBe(hash | 0)
  })

  test('hashes high bytes, and the halves of an integer like its bytes', () => {
    expect(murmur3(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toBe(0x76293b50)
    expect(murmur3(Uint8Array.of(0x21, 0x43, 0x65, 0x87))).toBe(0xf55b516b | 0)
    expect(murmur3(Uint8Array.of(0x21, 0x43, 0x65))).toBe(0x7e4a8634)
    expect(murmur3(Uint8Array.of(0x21, 0x43))).toBe(0xa0f7b07a | 0)
    expect(murmur3(Uint8Array.of(0x21))).toBe(0x72661cf4)
    const words = Int32Array.of(-123_456_789, 0x12345678)
    expect(murmur3OfInt64(-123_456_789, 0x12345678)).toBe(murmur3(new Uint8Array(words.buffer)))
  })
})

describe('parseTimeOfDay', () => {
  test.each<[string, bigint, bigint | undefined]>([
    ['00:00:00', 1n, 0n],
    ['23:59:59', 1n, 86_399n],
    ['01:02:03.5', 1000n, 3_723_500n],
    ['01:02:03.500000000', 1000n, 3_723_500n],
    ['01:02:03.0', 1n, 3723n],
    ['19:00:00', 1n, 68_400n],
    ['20:00:00', 1n, 72_000n],
    ['24:00:00', 1n, undefined],
    ['30:00:00', 1n, undefined],
    ['00:60:00', 1n, undefined],
    ['00:00:60', 1n, undefined],
    ['01:02:03.5', 1n, undefined],
    ['01:02:03.0005', 1000n, undefined],
    ['01:02', 1n, undefined],
    ['1:02:03', 1n, undefined],
    ['01:02:03.', 1n, undefined],
    ['01:02:03Z', 1n, undefined],
    ['x01:02:03', 1n, undefined],
    ['01-02-03', 1n, undefined],
    ['', 1n, undefined],
  ])('%j in units of a second by %i: %s', (text, perSecond, units) => {
    expect(parseTimeOfDay(text, perSecond)).toBe(units)
  })
})

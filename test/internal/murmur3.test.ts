import { expect, test } from 'vitest'
import { murmur3, murmur3OfInt64 } from '../../src/internal/murmur3.ts'

const hashOf = (text: string): number => murmur3(Buffer.from(text)) >>> 0

// Values of the reference implementation with seed 0.
test.each([
  ['', 0],
  ['test', 0xba6bd213],
  ['hello', 0x248bfa47],
  ['hello, world', 0x149bbb7f],
  ['Hello, world!', 0xc0363e43],
  ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ['iceberg', 1_210_000_089],
])('murmur3 of %j', (text, hash) => {
  expect(hashOf(text)).toBe(hash)
})

test('of bytes, those between start and end alone, and of a 64-bit integer as its eight bytes', () => {
  expect(murmur3(Uint8Array.of(0, 1, 2, 3))).toBe(-188_683_207)
  const bytes = Buffer.from('xxhello, worldxx')
  for (const [start, end] of [
    [2, 14],
    [2, 7],
    [3, 9],
    [0, 3],
    [5, 5],
  ] as const)
    expect(murmur3(bytes, start, end)).toBe(murmur3(Uint8Array.from(bytes.subarray(start, end))))
  expect(murmur3OfInt64(34, 0)).toBe(2_017_239_379)
  const eight = Buffer.alloc(8)
  eight.writeBigInt64LE(-123_456_789_012_345n)
  expect(murmur3OfInt64(eight.readInt32LE(0), eight.readInt32LE(4))).toBe(murmur3(eight))
})

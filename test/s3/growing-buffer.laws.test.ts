import fc from 'fast-check'
import { expect, test } from 'vitest'
import { growingBuffer } from '../../src/s3/growing-buffer.ts'
import { law } from '../support/law.ts'

const KIB = 1024

law(
  'growingBuffer: what is taken is what was appended, and the next begins empty',
  fc.property(
    fc.array(fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 200 * KIB })), { maxLength: 6 }),
    fc.nat(2 ** 20),
    (sizes, limit) => {
      const buffer = growingBuffer(limit)
      for (let round = 0; round < 2; round++) {
        const chunks = sizes.map((size, at) => Buffer.alloc(size, at + 1))
        for (const chunk of chunks) buffer.append(chunk)
        expect(Buffer.compare(buffer.take(), Buffer.concat(chunks))).toBe(0)
      }
    },
  ),
  { runs: 60 },
)

test('memory grows twofold up to 4 MiB, and is the limit beyond', () => {
  const capacityAfter = (...sizes: number[]): number => {
    const buffer = growingBuffer(64 * KIB * KIB)
    for (const size of sizes) buffer.append(Buffer.alloc(size))
    return buffer.take().buffer.byteLength
  }
  expect(capacityAfter(1)).toBe(64 * KIB)
  expect(capacityAfter(64 * KIB)).toBe(64 * KIB)
  expect(capacityAfter(32 * KIB, 32 * KIB)).toBe(64 * KIB)
  expect(capacityAfter(64 * KIB, 1)).toBe(128 * KIB)
  expect(capacityAfter(300 * KIB)).toBe(300 * KIB)
  expect(capacityAfter(2048 * KIB, 1)).toBe(4096 * KIB)
  expect(capacityAfter(4096 * KIB, 1)).toBe(64 * KIB * KIB)
  expect(growingBuffer(0).take()).toHaveLength(0)
})

import { expect, test } from 'vitest'
import { fixedValues } from '../../../../../src/codecs/parquet/read/bytes/value-buffers.ts'
import { gatherFixed } from '../../../../../src/codecs/parquet/read/encodings/gather-fixed.ts'

const INDEXES = Int32Array.of(3, 0, 2, 2, 1)

test.each([1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 32, 127, 128, 129, 200])('entries of %i bytes', (width) => {
  const from = fixedValues(width, 4)
  for (const i of from.bytes.keys()) from.bytes[i] = (i * 7) % 251
  for (const before of [0, 1, 2]) {
    const into = fixedValues(width, before + 6)
    into.count = before
    gatherFixed(from, INDEXES, 5, into)
    const entries = [...INDEXES].flatMap((index) => [...from.bytes.subarray(index * width, (index + 1) * width)])
    expect(into.count).toBe(before + 5)
    expect([...into.bytes.subarray(before * width, (before + 5) * width)]).toEqual(entries)
    expect(into.bytes.subarray(0, before * width).every((byte) => byte === 0)).toBe(true)
  }
})

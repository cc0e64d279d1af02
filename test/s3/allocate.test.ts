import { expect, test } from 'vitest'
import { allocate } from '../../src/s3/allocate.ts'

test('bytes, in a buffer of their own', () => {
  const bytes = allocate(7, 'a part', 'lower partBytes')
  expect([bytes.length, bytes.byteOffset, bytes.buffer.byteLength]).toEqual([7, 0, 7])
})

test('what there is no memory for is LIMIT_EXCEEDED, with the reason and what to do', () => {
  expect(() => allocate(2 ** 52, 'a part', 'lower partBytes')).toThrow(
    expect.objectContaining({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringMatching(/for a part of 4503599627370496 bytes; lower partBytes, or /),
      cause: expect.any(RangeError),
    }),
  )
})

import { expect, test } from 'vitest'
import { CALL_BYTES, callBytes, isTooLittleForKernel, TEXT_ROOM_BYTES } from '../../../src/codecs/text/kernel-limits.ts'

const KIB = 1024

test.each([
  [0, 128 * KIB],
  [1, 128 * KIB],
  [16, 128 * KIB],
  [17, 136 * KIB],
  [255, 2040 * KIB],
  [256, 2048 * KIB],
  [257, 2048 * KIB],
])('a call for %d columns reads %d bytes', (columns, bytes) => expect(callBytes(columns)).toBe(bytes))

test('the text of all columns has room for some calls', () => {
  expect([CALL_BYTES, TEXT_ROOM_BYTES]).toEqual([128 * KIB, 32 * KIB * KIB])
})

test.each([
  [0, 0, true],
  [63, 8191, true],
  [64, 8191, false],
  [63, 8192, false],
  [64, 8192, false],
  [1000, 0, false],
])('a kernel after %d rows, for %d bytes: too little is %j', (rows, bytes, isTooLittle) => {
  expect(isTooLittleForKernel(rows, bytes)).toBe(isTooLittle)
})

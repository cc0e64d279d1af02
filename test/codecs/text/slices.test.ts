import { expect, test } from 'vitest'
import { slices } from '../../../src/codecs/text/slices.ts'

const SLICE = 256 * 1024

test.each([
  [0, []],
  [1, [1]],
  [SLICE, [SLICE]],
  [SLICE + 1, [SLICE, 1]],
  [2 * SLICE, [SLICE, SLICE]],
  [2 * SLICE + 7, [SLICE, SLICE, 7]],
])('%d bytes are slices of %j', (length, lengths) => {
  const bytes = Uint8Array.from({ length }, (_, index) => index % 251)
  const all = [...slices(bytes)]
  expect(all.map((slice) => slice.length)).toEqual(lengths)
  expect(Buffer.concat(all).equals(bytes)).toBe(true)
  for (const slice of all) expect(slice.buffer).toBe(bytes.buffer)
})

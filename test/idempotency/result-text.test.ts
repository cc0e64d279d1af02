import { expect, test } from 'vitest'
import { decodeResult, encodeResult } from '../../src/idempotency/result-text.ts'

test.each([
  ['an ArrayBuffer', Uint8Array.of(1, 2).buffer],
  ['a DataView', new DataView(Uint8Array.of(1, 2, 3).buffer, 1)],
  ['a Float64Array', Float64Array.of(1.5, Number.NaN)],
  ['a Buffer', Buffer.from('a')],
])('%s comes back equal', (_, value) => {
  const outcome = encodeResult({ value })
  expect(outcome.kind).toBe('result')
  const { value: back } = decodeResult(outcome.kind === 'result' ? outcome.text : '') as { value: typeof value }
  expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(value))
  const bytes = (each: ArrayBuffer | ArrayBufferView): number[] =>
    ArrayBuffer.isView(each)
      ? [...new Uint8Array(each.buffer, each.byteOffset, each.byteLength)]
      : [...new Uint8Array(each)]
  expect(bytes(back)).toEqual(bytes(value))
})

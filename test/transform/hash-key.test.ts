import { expect, test } from 'vitest'
import { hashKey } from '../../src/transform/hash-key.ts'

test('four words of 32 bits, from a source of numbers or from that of the system', () => {
  const numbers = [0, 0.25, 0.5, 1 - 2 ** -32]
  expect([...hashKey(() => numbers.shift() ?? 0)]).toEqual([0, 2 ** 30, -(2 ** 31), -1])
  const keys = Array.from({ length: 4 }, () => `${hashKey(undefined)}`)
  expect(new Set(keys).size).toBe(4)
  expect(keys.every((key) => key.split(',').length === 4)).toBe(true)
})

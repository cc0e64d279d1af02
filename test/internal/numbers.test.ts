import crypto from 'node:crypto'
import zlib from 'node:zlib'
import { expect, test } from 'vitest'
import { keepsNumber } from '../../src/internal/float64.ts'
import { int64ToNumber } from '../../src/internal/int64.ts'
import { nodeCrypto, nodeZlib } from '../../src/internal/node-modules.ts'
import { parseTimeOfDay } from '../../src/internal/time-of-day.ts'

const keeps = (value: number, text: string): boolean => keepsNumber(value, Buffer.from(text), 0, text.length)

test('keepsNumber: a double of 17 digits in any form, of either sign', () => {
  for (const value of [-1 / 3000, 1 / 3000, -1e15 / 3, 1e300 / 7]) {
    for (const text of [String(value), value.toExponential(16), value.toPrecision(17)]) {
      expect([text, keeps(value, text)]).toEqual([text, true])
    }
  }
  expect(keeps(1 / 3, '0.33333333333333339')).toBe(false)
})

test('int64ToNumber adds the halves, the low one without its sign', () => {
  expect(int64ToNumber(1, 2)).toBe(2 ** 33 + 1)
  expect(int64ToNumber(-1, 0)).toBe(2 ** 32 - 1)
  expect(int64ToNumber(-1, -1)).toBe(-1)
  expect(int64ToNumber(0, -0x80000000)).toBe(-(2 ** 63))
})

test('parseTimeOfDay drops all zeros at the end of a fraction', () => {
  expect(parseTimeOfDay('00:00:01.500000', 1000n)).toBe(1500n)
  expect(parseTimeOfDay('00:00:01.000000', 1n)).toBe(1n)
  expect(parseTimeOfDay('00:00:01.5001', 1000n)).toBeUndefined()
})

test('modules of Node that are loaded at their first use', () => {
  expect([nodeCrypto().createHash, nodeZlib().gzipSync]).toEqual([crypto.createHash, zlib.gzipSync])
})

import { describe, expect, test } from 'vitest'
import { requiredFields, validationScore } from '../../src/transform/validation-score.ts'
import { failure, fault } from './support/run-rows.ts'

describe('validationScore', () => {
  test('each of the default fields counts 25 when it is there and truthy', () => {
    expect(validationScore({})).toBe(0)
    expect(validationScore({ event_id: 'e', event_type: 't', user_id: 'u', amount: 1 })).toBe(100)
    for (const amount of [null, undefined, '', 0, -0, 0n, false, NaN, [], {}, new Map(), new Uint8Array(0)]) {
      expect(validationScore({ event_id: 'e', event_type: 't', user_id: 'u', amount })).toBe(75)
    }
    for (const amount of ['0', 'false', [0], new Array(1), { a: 0 }, new Date(0), 1n, new Map([[1, 1]])]) {
      expect(validationScore({ amount })).toBe(25)
    }
  })

  test('weights are shares; defined counts empty values', () => {
    const rules = [
      { name: 'id', weight: 2, test: (record: Record<string, unknown>) => record['id'] !== undefined },
      { name: 'positive', weight: 1, test: (record: Record<string, unknown>) => Number(record['amount']) > 0 },
    ]
    expect(validationScore({ id: 1, amount: -1 }, rules)).toBe(67)
    expect(validationScore({ a: 0, b: null, c: '' }, requiredFields(['a', 'b', 'c'], { present: 'defined' }))).toBe(67)
    expect(validationScore({}, [])).toBe(100)
    expect(validationScore({}, requiredFields(['constructor', '__proto__', 'toString']))).toBe(0)
  })

  test('bad weights are refused', () => {
    const weigh = (weight: number) => fault(() => validationScore({}, [{ name: 'x', weight, test: () => true }]))
    for (const weight of [-1, NaN, Infinity, 0]) expect(weigh(weight)).toEqual(failure('OPTION_INVALID'))
  })

  test('what is no record, and another meaning of present, are refused', () => {
    expect(fault(() => validationScore(null as never))).toEqual(failure('TYPE_MISMATCH'))
    expect(fault(() => requiredFields(['a'], { present: 'some' as 'truthy' }))).toEqual(failure('OPTION_INVALID'))
  })

  test('requiredFields: defined does not count undefined, and bytes count by their length', () => {
    expect(validationScore({ a: undefined }, requiredFields(['a'], { present: 'defined' }))).toBe(0)
    expect([[1], []].map((bytes) => validationScore({ a: Uint8Array.from(bytes) }, requiredFields(['a'])))).toEqual([
      100, 0,
    ])
  })
})

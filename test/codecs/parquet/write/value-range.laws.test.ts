import {
  DateMillisecond,
  Decimal,
  Int32,
  TimeMillisecond,
  TimeSecond,
  TimestampMillisecond,
  TimestampSecond,
} from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { misfitSlot } from '../../../../src/codecs/parquet/write/value-range.ts'
import { type Cell, dataOf } from '../../../support/arbitrary-table.ts'
import { law } from '../../../support/law.ts'

const misfit = (type: Parameters<typeof dataOf>[0], cells: Cell[], slots?: number[]) =>
  misfitSlot(
    dataOf(type, cells),
    slots === undefined ? undefined : Int32Array.from(slots),
    slots?.length ?? cells.length,
  )

law(
  'parquet decimals: those of more digits than their precision are found, of any precision and size',
  fc.property(
    fc.integer({ min: 1, max: 38 }),
    fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.boolean()), { maxLength: 6 }),
    (precision, draws) => {
      const limit = 10n ** BigInt(precision)
      const values = draws.map(([off, isNegative, isSmall]) => {
        const value = isSmall ? BigInt(off) : limit + BigInt(off)
        return BigInt.asIntN(128, isNegative ? -value : value)
      })
      const index = values.findIndex((value) => value >= limit || value <= -limit)
      const found = misfit(new Decimal(0, precision, 128), values)
      expect(found?.index ?? -1).toBe(index)
      if (found !== undefined) expect(found.rule).toBe(`a decimal has more than ${precision} digits: cast the column`)
    },
  ),
  { runs: 600 },
)

describe('decimals of 128 bits', () => {
  test.each([-(2n ** 127n), 2n ** 127n - 1n, -(2n ** 64n), 2n ** 64n, -(2n ** 96n), 2n ** 96n])(
    '%d has the digits that it has',
    (value) => {
      const digits = String(value).replace('-', '').length
      for (const precision of [9, 18, 19, 20, 28, 29, 30, 37, 38]) {
        expect(misfit(new Decimal(0, precision, 128), [value]) === undefined, String(precision)).toBe(
          digits <= precision,
        )
      }
    },
  )
})

describe('values that have no type of Parquet', () => {
  test('dates in milliseconds are whole days', () => {
    const day = 86_400_000n
    expect(misfit(new DateMillisecond(), [0n, day, -day, 5n * day])).toBeUndefined()
    for (const off of [1n, -1n, day / 2n]) {
      expect(misfit(new DateMillisecond(), [day, day + off])).toEqual({
        index: 1,
        rule: 'a date in milliseconds is not a whole day: cast the column to timestamp',
      })
    }
  })

  test('times of day in seconds have 24 hours', () => {
    expect(misfit(new TimeSecond(), [0, 86_399, 86_400, -86_400])).toBeUndefined()
    for (const beyond of [86_401, -86_401]) {
      expect(misfit(new TimeSecond(), [1, 2, beyond])).toEqual({ index: 2, rule: 'a time of day is beyond 24 hours' })
    }
  })

  test('timestamps in seconds fit 64 bits of milliseconds', () => {
    const most = (2n ** 63n - 1n) / 1000n
    expect(misfit(new TimestampSecond(), [most, -most])).toBeUndefined()
    for (const beyond of [most + 1n, -most - 1n]) {
      expect(misfit(new TimestampSecond(), [beyond])).toEqual({
        index: 0,
        rule: 'a timestamp in seconds does not fit 64 bits in milliseconds',
      })
    }
  })

  test('others fit', () => {
    expect(misfit(new Int32(), [2 ** 31 - 1])).toBeUndefined()
    expect(misfit(new TimeMillisecond(), [2 ** 31 - 1])).toBeUndefined()
    expect(misfit(new TimestampMillisecond(), [2n ** 63n - 1n])).toBeUndefined()
  })

  test('only the slots that are named count, in their order', () => {
    const cells = [90_000, 1, 90_000, 2]
    expect(misfit(new TimeSecond(), cells, [1, 3])).toBeUndefined()
    expect(misfit(new TimeSecond(), cells, [1, 3, 2])?.index).toBe(2)
    expect(misfit(new TimeSecond(), cells, [0])?.index).toBe(0)
  })
})

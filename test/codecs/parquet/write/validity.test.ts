import { Dictionary, Int32, makeData, Null, Utf8, vectorFromArray } from 'apache-arrow'
import { expect, test } from 'vitest'
import { firstGap, nullTest, validityOf } from '../../../../src/codecs/parquet/write/validity.ts'

const int32 = (more: object) => makeData({ type: new Int32(), length: 10, data: new Int32Array(10), ...more })

test('a column without nulls needs no test, whatever its bitmap', () => {
  for (const data of [
    int32({ nullCount: 0 }),
    int32({ nullCount: 0, nullBitmap: Uint8Array.of(0, 0) }),
    int32({ nullCount: 2 }),
    int32({ nullCount: 2, nullBitmap: new Uint8Array(0) }),
  ]) {
    expect([nullTest(data), validityOf(data)]).toEqual([undefined, undefined])
  }
})

test('a slot is null by its bit, from the offset of the data on', () => {
  const data = int32({ nullCount: 2, nullBitmap: Uint8Array.of(0b11110111, 0b10) })
  const isNull = nullTest(data)
  expect(Array.from({ length: 10 }, (_, slot) => isNull?.(slot))).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 1, 0].map(Boolean))
  const slice = data.slice(2, 7)
  const isNullIn = nullTest(slice)
  expect(Array.from({ length: 7 }, (_, slot) => isNullIn?.(slot))).toEqual([0, 1, 0, 0, 0, 0, 1].map(Boolean))
  expect(validityOf(slice)?.offset).toBe(slice.offset)
})

test('all slots of the null type are null, and those of entries that are', () => {
  const nothing = makeData({ type: new Null(), length: 3 })
  expect([nullTest(nothing)?.(1), [...(validityOf(nothing)?.bitmap ?? [])]]).toEqual([true, [0]])
  const dictionary = vectorFromArray(['a', null], new Utf8())
  const data = makeData({
    type: new Dictionary(new Utf8(), new Int32()),
    length: 4,
    nullCount: 1,
    nullBitmap: Uint8Array.of(0b1101),
    data: Int32Array.of(0, 0, 1, 0),
    dictionary,
  })
  const isNull = nullTest(data)
  expect([0, 1, 2, 3].map((slot) => isNull?.(slot))).toEqual([false, true, true, false])
  expect(validityOf(data)).toEqual({ bitmap: Uint8Array.of(0b1001), offset: 0 })
})

test('the first gap of ascending slots', () => {
  expect(firstGap(Int32Array.of(0, 1, 3, 4), 4)).toBe(2)
  expect(firstGap(Int32Array.of(1, 2), 2)).toBe(0)
  expect(firstGap(Int32Array.of(0, 1, 2), 3)).toBe(3)
  expect(firstGap(Int32Array.of(0, 1, 2, 3), 2)).toBe(2)
})

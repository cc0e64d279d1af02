import { Bool, type DataType, Float32, Float64, Int32, Int64, Utf8 } from 'apache-arrow'
import { xxhash64 } from 'hyparquet/src/xxhash.js'
import { createBloomFilter, sbbfInsert } from 'hyparquet-writer/src/bloom.js'
import { describe, expect, test } from 'vitest'
import { bloomFilterOf } from '../../../../src/codecs/parquet/write/bloom-filter.ts'
import { buildDictionary } from '../../../../src/codecs/parquet/write/value-dictionary.ts'
import type { Cell } from '../../../support/arbitrary-table.ts'
import { collected } from '../support/leaf-of-cells.ts'

const bytesOf = (values: Float64Array | Float32Array | Int32Array | BigInt64Array) =>
  Array.from({ length: values.length }, (_, i) => new Uint8Array(values.slice(i, i + 1).buffer))
const filterOf = (type: DataType, cells: readonly Cell[], hasDictionary = false) => {
  const { leaf, values } = collected(type, cells)
  return bloomFilterOf(leaf, values, hasDictionary ? buildDictionary(values) : undefined)
}
/** The filter of these distinct byte strings. */
function expected(values: readonly Uint8Array[]) {
  const filter = createBloomFilter(values.length)
  for (const value of values) sbbfInsert(filter, xxhash64(value))
  return filter
}

describe('a bloom filter', () => {
  const ints = Array.from({ length: 300 }, (_, i) => (i % 100) * 7)
  const distinct = ints.slice(0, 100)

  test('is of the distinct values, whether they have a dictionary or not', () => {
    const filter = expected(bytesOf(Int32Array.from(distinct)))
    expect(filterOf(new Int32(), [...ints, null])).toEqual(filter)
    expect(filterOf(new Int32(), ints, true)).toEqual(filter)
    expect(filterOf(new Int64(), ints.map(BigInt))).toEqual(expected(bytesOf(BigInt64Array.from(distinct, BigInt))))
    const texts = distinct.map((value) => `text ${value}`)
    expect(filterOf(new Utf8(), texts)).toEqual(expected(texts.map((text) => Buffer.from(text))))
  })

  test('finds both zeros of floats if it has one', () => {
    for (const zero of [0, -0]) {
      expect(filterOf(new Float64(), [1.5, zero])).toEqual(expected(bytesOf(Float64Array.of(1.5, 0, -0))))
      expect(filterOf(new Float32(), [1.5, zero])).toEqual(expected(bytesOf(Float32Array.of(1.5, 0, -0))))
    }
    const values = [1.5, -1.5, 5e-324, -2]
    expect(filterOf(new Float64(), values)).toEqual(expected(bytesOf(Float64Array.from(values))))
    expect(filterOf(new Float64(), [2 ** -1022])).toEqual(expected(bytesOf(Float64Array.of(2 ** -1022))))
    expect(filterOf(new Int32(), [0, -(2 ** 31)])).toEqual(expected(bytesOf(Int32Array.of(0, -(2 ** 31)))))
  })

  test('is not made of booleans, or of no values', () => {
    expect(filterOf(new Bool(), [true, false])).toBeUndefined()
    expect(filterOf(new Int32(), [null, null])).toBeUndefined()
    expect(filterOf(new Int32(), [])).toBeUndefined()
  })
})

import { Binary, Bool, Decimal, FixedSizeBinary, Float64, Int32, Uint32, Uint64, Utf8 } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bounds, boundsOf, boundsOfPair, integerRange } from '../../../../src/codecs/parquet/write/bounds.ts'
import { statisticsOf } from '../../../../src/codecs/parquet/write/statistics.ts'
import type { Cell } from '../../../support/arbitrary-table.ts'
import { law } from '../../../support/law.ts'
import { collected } from '../support/leaf-of-cells.ts'

function statisticsOfCells(
  type: Parameters<typeof collected>[0],
  cells: readonly Cell[],
  nulls = 0,
  distinct?: number,
) {
  const { leaf, values } = collected(type, cells, false)
  return statisticsOf(values, leaf, boundsOf(values, leaf, 0, values.count), nulls, distinct)
}

/** Characters of each length in UTF-8, and those that have no successor of their own. */
const character = fc.oneof(
  fc.constantFrom('a', 'z', 'é', '\ufeff', '\u07ff', '€', '\ud7ff', '\uffff', '😀', '\u{10ffff}', '\u{10ffff}'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const MOST = 64

law(
  'parquet bounds of text: at most 64 bytes, between whole characters, and the least that is above all with the same beginning',
  fc.property(fc.array(character, { minLength: 1, maxLength: 90, size: 'max' }), (characters) => {
    const text = characters.join('')
    const bytes = Buffer.from(text)
    const { min_value, max_value, is_min_value_exact, is_max_value_exact } = statisticsOfCells(new Utf8(), [text])
    const isWhole = bytes.length <= MOST
    expect(is_min_value_exact).toBe(isWhole)
    const prefix: string[] = []
    for (const one of text) {
      if (Buffer.byteLength(prefix.join('') + one) > MOST) break
      prefix.push(one)
    }
    expect(Buffer.from(min_value as Uint8Array).toString()).toBe(isWhole ? text : prefix.join(''))
    if (isWhole) {
      expect([Buffer.from(max_value as Uint8Array).toString(), is_max_value_exact]).toEqual([text, true])
      return
    }
    while (prefix.at(-1) === '\u{10ffff}') prefix.pop()
    const last = prefix.pop()?.codePointAt(0)
    if (last === undefined) {
      expect([max_value, is_max_value_exact]).toEqual([undefined, undefined])
      return
    }
    const next = String.fromCodePoint(
      ...[...prefix].map((one) => one.codePointAt(0) as number),
      last === 0xd7ff ? 0xe000 : last + 1,
    )
    expect([Buffer.from(max_value as Uint8Array).toString(), is_max_value_exact]).toEqual([next, false])
    expect(Buffer.compare(max_value as Uint8Array, bytes)).toBe(1)
  }),
  { runs: 300 },
)

const byte = fc.oneof(fc.constantFrom(0xff, 0xff, 0xfe, 0x80, 0xbf), fc.nat(255))

law(
  'parquet bounds of bytes: the first 64, and the least that is above all with the same beginning',
  fc.property(fc.array(byte, { minLength: 60, maxLength: 70, size: 'max' }), fc.nat(64), (drawn, ones) => {
    const bytes = Uint8Array.from(drawn)
    if (ones > 60) bytes.fill(0xff)
    const { min_value, max_value, is_min_value_exact, is_max_value_exact } = statisticsOfCells(new Binary(), [bytes])
    const isWhole = bytes.length <= MOST
    expect(is_min_value_exact).toBe(isWhole)
    expect([...(min_value as Uint8Array)]).toEqual([...bytes.subarray(0, MOST)])
    const next = [...bytes.subarray(0, MOST)]
    while (!isWhole && next.at(-1) === 0xff) next.pop()
    if (!isWhole && next.length > 0) next[next.length - 1] = (next.at(-1) as number) + 1
    if (next.length === 0) expect([max_value, is_max_value_exact]).toEqual([undefined, undefined])
    else expect([[...(max_value as Uint8Array)], is_max_value_exact]).toEqual([next, isWhole])
  }),
  { runs: 300 },
)

describe('bounds of other types', () => {
  test('are values of JavaScript, in their order', () => {
    expect(statisticsOfCells(new Bool(), [true, false], 3)).toEqual({
      null_count: 3n,
      min_value: false,
      max_value: true,
    })
    expect(statisticsOfCells(new Bool(), [false, true])).toMatchObject({ min_value: false, max_value: true })
    expect(statisticsOfCells(new Bool(), [true], 0)).toEqual({ null_count: 0n, min_value: true, max_value: true })
    expect(statisticsOfCells(new Int32(), [-5, 7], 0, 2)).toEqual({
      null_count: 0n,
      distinct_count: 2n,
      min_value: -5,
      max_value: 7,
    })
    expect(statisticsOfCells(new Uint32(), [2 ** 32 - 1, 7])).toMatchObject({ min_value: 7, max_value: 2 ** 32 - 1 })
    expect(statisticsOfCells(new Uint64(), [2n ** 64n - 1n, 7n])).toMatchObject({
      min_value: 7n,
      max_value: 2n ** 64n - 1n,
    })
    expect(statisticsOfCells(new Decimal(2, 9, 128), [-5n, 7n])).toMatchObject({ min_value: -5n, max_value: 7n })
    expect(statisticsOfCells(new Decimal(2, 18, 128), [-5n, 7n])).toMatchObject({ min_value: -5n, max_value: 7n })
    expect(statisticsOfCells(new Decimal(2, 30, 128), [-5n, 2n ** 70n])).toMatchObject({
      min_value: -5n,
      max_value: 2n ** 70n,
    })
    const fixed = statisticsOfCells(new FixedSizeBinary(2), [Uint8Array.of(200, 1), Uint8Array.of(3, 4)])
    expect(fixed).toMatchObject({ min_value: Uint8Array.of(3, 4), max_value: Uint8Array.of(200, 1) })
  })

  test('zeros are the least and the greatest of their kind', () => {
    for (const zero of [0, -0]) {
      const { min_value, max_value } = statisticsOfCells(new Float64(), [zero])
      expect([Object.is(min_value, -0), Object.is(max_value, 0)]).toEqual([true, true])
    }
    expect(statisticsOfCells(new Float64(), [-1.5, 2])).toMatchObject({ min_value: -1.5, max_value: 2 })
  })

  test('there are none without values, of NaN, or of a type without order', () => {
    for (const [type, cells] of [
      [new Int32(), []],
      [new Float64(), [1, Number.NaN]],
    ] as const) {
      expect(statisticsOfCells(type, cells, 4)).toEqual({ null_count: 4n })
    }
  })
})

describe('positions of bounds', () => {
  const { leaf, values, kernel } = collected(new Int32(), [5, -7, 9, 0], false)

  test('are among those asked for', () => {
    expect(boundsOf(values, leaf, 0, 4)).toEqual({ min: 1, max: 2 })
    expect(boundsOf(values, leaf, 2, 4)).toEqual({ min: 3, max: 2 })
    expect(boundsOf(values, leaf, 3, 3)).toBeUndefined()
    expect(boundsOf(values, leaf, 4, 3)).toBeUndefined()
    expect(boundsOf(values, { ...leaf, order: 'none' }, 0, 4)).toBeUndefined()
  })

  test('of two values, without a trace in memory', () => {
    const { top } = kernel.memory
    expect(boundsOfPair(values, leaf, 0, 3)).toEqual({ min: 3, max: 0 })
    expect(boundsOfPair(values, leaf, 3, 3)).toEqual({ min: 3, max: 3 })
    expect(kernel.memory.top).toBe(top)
  })

  test('give the range of integers', () => {
    expect(integerRange(values, leaf, boundsOf(values, leaf, 0, 4) as Bounds)).toBe(16n)
    const large = collected(new Uint64(), [2n ** 64n - 1n, 1n], false)
    const bounds = boundsOf(large.values, large.leaf, 0, 2) as Bounds
    expect(integerRange(large.values, large.leaf, bounds)).toBe(2n ** 64n - 2n)
  })
})

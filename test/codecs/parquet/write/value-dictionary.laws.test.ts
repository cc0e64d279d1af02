import { type DataType, FixedSizeBinary, Int32, Int64, Utf8 } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildDictionary, expectedDistinct } from '../../../../src/codecs/parquet/write/value-dictionary.ts'
import type { Cell } from '../../../support/arbitrary-table.ts'
import { law } from '../../../support/law.ts'
import { collected } from '../support/leaf-of-cells.ts'

interface Kind {
  readonly type: DataType
  /** PLAIN bytes of a cell. */
  readonly bytes: number
  cell(at: number): Cell
}

const KINDS: readonly Kind[] = [
  { type: new Int32(), bytes: 4, cell: (at) => at },
  { type: new Int64(), bytes: 8, cell: (at) => BigInt(at) << 20n },
  { type: new Utf8(), bytes: 10, cell: (at) => String(at).padStart(6, '0') },
  { type: new FixedSizeBinary(3), bytes: 3, cell: (at) => Uint8Array.of(at, at >> 8, 7) },
]

/** A dictionary of values, and whether its memory was returned where there is none. */
function built({ type, cell }: Kind, numbers: readonly number[]) {
  const { kernel, values } = collected(type, numbers.map(cell), false)
  const { top } = kernel.memory
  const dictionary = buildDictionary(values)
  if (dictionary === undefined) expect(kernel.memory.top).toBe(top)
  else {
    const places = new Map<number, number>()
    const indexes = numbers.map((value) => places.get(value) ?? places.set(value, places.size).size - 1)
    const at = dictionary.indexes / 4
    expect(dictionary.size).toBe(places.size)
    expect(indexes.every((index, i) => kernel.memory.words[at + i] === index)).toBe(true)
  }
  return dictionary
}

law(
  'parquet dictionary: a short column has one exactly if entries and indexes take less than four fifths of its plain bytes',
  fc.property(
    fc.constantFrom(...KINDS),
    fc.integer({ min: 1, max: 4096 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (kind, count, share) => {
      const distinct = 1 + Math.floor(share * (count - 1))
      const bits = 32 - Math.clz32(distinct)
      const withDictionary = distinct * kind.bytes + (count * bits) / 8
      const numbers = Array.from({ length: count }, (_, i) => i % distinct)
      expect(built(kind, numbers) !== undefined).toBe(withDictionary < 0.8 * (count * kind.bytes))
    },
  ),
  { runs: 60 },
)

test('a byte of length counts where values have lengths of their own', () => {
  const [, , text, fixed] = KINDS as [Kind, Kind, Kind, Kind]
  const cycled = (distinct: number) => Array.from({ length: 4096 }, (_, i) => i % distinct)
  expect(built(text, cycled(2600))?.size).toBe(2600)
  expect(built(text, cycled(2700))).toBeUndefined()
  expect(built(fixed, cycled(1000))?.size).toBe(1000)
  expect(built(fixed, cycled(1900))).toBeUndefined()
})

describe.each(KINDS)('long columns of $type', (kind) => {
  const count = 40_000
  const scattered = (population: number) => {
    let state = 7
    return Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 4) % population
    })
  }

  test('of few values, scattered or in turn, have one', () => {
    for (const population of [2, 100, 1000]) {
      expect(built(kind, scattered(population))?.size).toBe(population)
      expect(
        built(
          kind,
          Array.from({ length: count }, (_, i) => i % population),
        )?.size,
      ).toBe(population)
    }
  })

  test('whose values all differ have none', () => {
    expect(
      built(
        kind,
        Array.from({ length: count }, (_, i) => i),
      ),
    ).toBeUndefined()
    expect(built(kind, scattered(2 ** 24))).toBeUndefined()
  })

  test('whose first 4,096 all differ have one where the later ones are known', () => {
    expect(
      built(
        kind,
        Array.from({ length: count }, (_, i) => i % 4100),
      )?.size,
    ).toBe(4100)
    expect(
      built(
        kind,
        Array.from({ length: count }, (_, i) => (i < 4096 ? i : 4096 + i)),
      ),
    ).toBeUndefined()
    expect(
      built(
        kind,
        Array.from({ length: count }, (_, i) => (i < 4096 ? i : 4096 + (i % 100))),
      ),
    ).toBeUndefined()
  })

  test('that are of few values at first, and differ later, have none', () => {
    expect(
      built(
        kind,
        Array.from({ length: count }, (_, i) => (i < 8192 ? i % 10 : i)),
      ),
    ).toBeUndefined()
  })
})

describe('the distinct values that are expected', () => {
  test('of values that all differ so far, or are all there, follow in proportion', () => {
    expect(expectedDistinct(10, 10, 100)).toBe(100)
    expect(expectedDistinct(3, 10, 10)).toBe(3)
    expect(expectedDistinct(10, 10, 10)).toBe(10)
  })

  test.each([100, 1000, 5000, 50_000])(
    'of draws from %i values are as many as the birthday problem says',
    (population) => {
      const drawn = (draws: number) => population * -Math.expm1(-draws / population)
      for (const [seen, count] of [
        [4096, 10_000],
        [4096, 100_000],
        [8192, 20_000],
      ] as const) {
        const expected = expectedDistinct(Math.round(drawn(seen)), seen, count)
        const share = expected / drawn(count)
        expect(Math.abs(share - 1)).toBeLessThan(population < 10_000 ? 0.01 : 0.05)
      }
    },
  )
})

test('a dictionary outgrows its first table', () => {
  const [, long, text] = KINDS as [Kind, Kind, Kind]
  const cycled = Array.from({ length: 40_000 }, (_, i) => i % 10_000)
  for (const kind of [long, text]) expect(built(kind, cycled)?.size).toBe(10_000)
})

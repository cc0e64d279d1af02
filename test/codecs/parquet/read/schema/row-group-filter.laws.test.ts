import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  ColumnChunk,
  RowGroup,
  SchemaElement,
  Statistics,
} from '../../../../../src/codecs/parquet/read/footer/file-metadata.ts'
import {
  mayMatch,
  type ParquetCondition,
  type ParquetFilterValue,
} from '../../../../../src/codecs/parquet/read/schema/row-group-filter.ts'
import { law } from '../../../../support/law.ts'
import { shapesOf } from '../../support/schema-element.ts'

/** Numbers as bounds and as values of a filter: each type puts the numbers -6 to 6 in its own order. */
interface OrderedType {
  readonly name: string
  readonly element: Partial<SchemaElement>
  bound(at: number): Uint8Array
  /** All the ways to ask for it. */
  values(at: number): readonly ParquetFilterValue[]
}

const int32 = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer)
const int64 = (value: bigint): Uint8Array => new Uint8Array(BigInt64Array.of(value).buffer)
const numeric = (value: number) => [value, BigInt(value)]
const integer = (bits: number, signed: boolean) => ({ kind: 'integer', bits, signed }) as const
const timestamp = (unit: 'millis' | 'micros' | 'nanos') => ({ kind: 'timestamp', utc: true, unit }) as const
const DAY = 86_400_000
const decimal = { kind: 'decimal', scale: 2, precision: 18 } as const
/** Steps of a half, at a scale of 2: with fewer digits than the column has, as many, and more. */
const halves = (at: number) => [
  `${at / 2}`,
  at / 2,
  `${at * 50}e-2`,
  `${at * 5}.0E-1`,
  `${at * 500}e-3`,
  `${at / 2}e+0`,
]
/** Above all that 32 or 64 bits can hold with a sign. */
const HIGH = 2 ** 31
const bigEndian = (value: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * (bytes - 1 - i))) & 255n))
/** Texts in the order of their bytes, which is not that of their UTF-16. */
const TEXTS = ['', '\0', 'A', 'Z', 'a', 'aa', 'ab', 'b', 'é', '�', '😀', '😁', '\u{10ffff}']
const textAt = (at: number): string => TEXTS[at + 6] as string
/** Bytes in their order, as unsigned ones. */
const BYTES = [[], [0], [0, 0], [1], [1, 2], [9], [0x7f], [0x80], [0x80, 1], [0xc0], [0xfe], [0xff], [0xff, 0]]
const bytesAt = (at: number): Uint8Array => Uint8Array.from(BYTES[at + 6] as number[])

const TYPES: readonly OrderedType[] = [
  { name: 'INT32', element: { type: 'INT32' }, bound: int32, values: numeric },
  { name: 'INT64', element: { type: 'INT64' }, bound: (at) => int64(BigInt(at)), values: numeric },
  {
    name: 'INT32 of 8 unsigned bits',
    element: { type: 'INT32', logical: integer(8, false) },
    bound: (at) => int32(at + 6),
    values: (at) => numeric(at + 6),
  },
  {
    name: 'INT32 of 32 unsigned bits',
    element: { type: 'INT32', logical: integer(32, false) },
    bound: (at) => int32((HIGH + at) | 0),
    values: (at) => numeric(HIGH + at),
  },
  {
    name: 'INT64 of 64 unsigned bits',
    element: { type: 'INT64', logical: integer(64, false) },
    bound: (at) => int64(BigInt.asIntN(64, 2n ** 63n + BigInt(at))),
    values: (at) => [2n ** 63n + BigInt(at)],
  },
  {
    name: 'FLOAT',
    element: { type: 'FLOAT' },
    bound: (at) => new Uint8Array(Float32Array.of(at / 2).buffer),
    values: (at) => [at / 2],
  },
  {
    name: 'DOUBLE',
    element: { type: 'DOUBLE' },
    bound: (at) => new Uint8Array(Float64Array.of(at / 10).buffer),
    values: (at) => [at / 10],
  },
  {
    name: 'DATE',
    element: { type: 'INT32', logical: { kind: 'date' } },
    bound: int32,
    values: (at) => [new Date(at * DAY)],
  },
  {
    name: 'TIMESTAMP in milliseconds',
    element: { type: 'INT64', logical: timestamp('millis') },
    bound: (at) => int64(BigInt(at)),
    values: (at) => [new Date(at), BigInt(at)],
  },
  {
    name: 'TIMESTAMP in microseconds',
    element: { type: 'INT64', logical: timestamp('micros') },
    bound: (at) => int64(BigInt(at) * 1000n),
    values: (at) => [new Date(at), BigInt(at) * 1000n],
  },
  {
    name: 'TIMESTAMP in nanoseconds',
    element: { type: 'INT64', logical: timestamp('nanos') },
    bound: (at) => int64(BigInt(at) * 1_000_000n),
    values: (at) => [new Date(at), BigInt(at) * 1_000_000n],
  },
  {
    name: 'TIME in microseconds',
    element: { type: 'INT64', logical: { kind: 'time', utc: true, unit: 'micros' } },
    bound: (at) => int64(BigInt(at + 6)),
    values: (at) => [`00:00:00.${String(at + 6).padStart(6, '0')}`, at + 6, BigInt(at + 6)],
  },
  {
    name: 'DECIMAL in INT32',
    element: { type: 'INT32', logical: { ...decimal, precision: 9 } },
    bound: (at) => int32(50 * at),
    values: halves,
  },
  {
    name: 'DECIMAL in INT64',
    element: { type: 'INT64', logical: decimal },
    bound: (at) => int64(50n * BigInt(at)),
    values: halves,
  },
  {
    name: 'DECIMAL in 3 bytes',
    element: { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 3, logical: { ...decimal, precision: 6 } },
    bound: (at) => bigEndian(50 * at, 3),
    values: halves,
  },
  {
    name: 'DECIMAL in as many bytes as it needs',
    element: { type: 'BYTE_ARRAY', logical: decimal },
    bound: (at) => bigEndian(50 * at, 2 + (at & 3)),
    values: halves,
  },
  {
    name: 'STRING',
    element: { type: 'BYTE_ARRAY', logical: { kind: 'string' } },
    bound: (at) => Buffer.from(textAt(at)),
    values: (at) => [textAt(at)],
  },
  { name: 'BYTE_ARRAY', element: { type: 'BYTE_ARRAY' }, bound: bytesAt, values: (at) => [bytesAt(at)] },
  {
    name: 'FIXED_LEN_BYTE_ARRAY',
    element: { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 1 },
    bound: (at) => Uint8Array.of(0x80 + at),
    values: (at) => [Uint8Array.of(0x80 + at)],
  },
]

const CHUNK: ColumnChunk = {
  type: 'INT32',
  codec: 'UNCOMPRESSED',
  path: 'a',
  values: 9,
  uncompressedBytes: 0,
  start: 4,
  end: 4,
  hasDictionary: false,
  statistics: undefined,
  encrypted: false,
}

function mayMatchColumn(
  element: Partial<SchemaElement>,
  statistics: Statistics | undefined,
  condition: ParquetCondition,
  values = 9,
): boolean {
  const group: RowGroup = { rows: values, chunks: [{ ...CHUNK, values, statistics }] }
  return mayMatch({ a: condition }, group, shapesOf([element], 1))
}

type Asked = { readonly [name in 'eq' | 'gt' | 'gte' | 'lt' | 'lte']?: number } & { readonly in?: readonly number[] }

const at = fc.integer({ min: -6, max: 6 })
const asked: fc.Arbitrary<Asked> = fc.record(
  { eq: at, in: fc.array(at, { maxLength: 3 }), gt: at, gte: at, lt: at, lte: at },
  { requiredKeys: [] },
)
const oneAsked: fc.Arbitrary<Asked> = fc
  .tuple(fc.constantFrom('eq', 'gt', 'gte', 'lt', 'lte'), at)
  .map(([name, wanted]) => ({ [name]: wanted }))
const bounds = fc.record({ min: fc.option(at, { nil: undefined }), max: fc.option(at, { nil: undefined }) })

/** Whether each condition alone is met by a value between the bounds. */
function isPossible({ min, max }: { min: number | undefined; max: number | undefined }, wanted: Asked): boolean {
  const isSound = min === undefined || max === undefined || min <= max
  const least = isSound ? (min ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY
  const greatest = isSound ? (max ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  const isBetween = (value: number) => least <= value && value <= greatest
  return (
    (wanted.eq === undefined || isBetween(wanted.eq)) &&
    (wanted.in === undefined || wanted.in.some(isBetween)) &&
    greatest > (wanted.gt ?? Number.NEGATIVE_INFINITY) &&
    greatest >= (wanted.gte ?? Number.NEGATIVE_INFINITY) &&
    least < (wanted.lt ?? Number.POSITIVE_INFINITY) &&
    least <= (wanted.lte ?? Number.POSITIVE_INFINITY)
  )
}

law(
  'parquet filter: a row group is skipped exactly where the bounds exclude a condition, for every type and form of value',
  fc.property(
    fc.constantFrom(...TYPES),
    bounds,
    fc.oneof(asked, oneAsked),
    fc.option(fc.nat(9), { nil: undefined }),
    fc.nat(),
    (type, { min, max }, wanted, nulls, pick) => {
      const formOf = (position: number) => {
        const forms = type.values(position)
        return forms[pick % forms.length] as ParquetFilterValue
      }
      const condition = Object.fromEntries(
        Object.entries(wanted).map(([name, value]: [string, number | readonly number[]]) => [
          name,
          typeof value === 'number' ? formOf(value) : value.map(formOf),
        ]),
      )
      const boundOf = (position: number | undefined) => (position === undefined ? undefined : type.bound(position))
      const statistics = { min: boundOf(min), max: boundOf(max), nulls }
      const asks = Object.keys(wanted).length > 0
      const isAllNull = nulls === 9 && min === undefined && max === undefined
      expect(mayMatchColumn(type.element, statistics, condition)).toBe(
        isPossible({ min, max }, wanted) && !(asks && isAllNull),
      )
      expect(mayMatchColumn(type.element, undefined, condition)).toBe(wanted.in?.length !== 0)
    },
  ),
  { runs: 3000 },
)

describe('statistics that say nothing skip nothing', () => {
  const asksMuch: ParquetCondition = { eq: 5, gt: 5, gte: 5, lt: -5, lte: -5, in: [5] }

  test.each<[string, Partial<SchemaElement>, ParquetCondition]>([
    ['INT96', { type: 'INT96' }, { eq: 5n, gt: 5n, lt: -5n }],
    ['half floats', { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2, logical: { kind: 'float16' } }, asksMuch],
    [
      'intervals',
      { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 12, logical: { kind: 'other' } },
      { eq: Uint8Array.of(9), lt: Uint8Array.of(0) },
    ],
    ['INT32 with bounds of 8 bytes', { type: 'INT32' }, asksMuch],
    ['FLOAT with bounds of 8 bytes', { type: 'FLOAT' }, asksMuch],
    ['a decimal with bounds of 8 bytes', { type: 'INT32', logical: { ...decimal, precision: 9 } }, asksMuch],
    [
      'a decimal of 3 bytes with bounds of 8 bytes',
      { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 3, logical: { ...decimal, precision: 6 } },
      asksMuch,
    ],
  ])('%s', (_, element, condition) => {
    const bound = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0)
    expect(mayMatchColumn(element, { min: bound, max: bound, nulls: 0 }, condition)).toBe(true)
  })

  test.each(['INT64', 'DOUBLE'] as const)('%s with bounds of 4 bytes', (type) => {
    const bound = Uint8Array.of(1, 0, 0, 0)
    expect(mayMatchColumn({ type }, { min: bound, max: bound, nulls: 0 }, asksMuch)).toBe(true)
  })

  test('a decimal in byte strings with empty bounds', () => {
    const empty = new Uint8Array(0)
    const element = { type: 'BYTE_ARRAY', logical: decimal } as const
    expect(mayMatchColumn(element, { min: empty, max: empty, nulls: 0 }, asksMuch)).toBe(true)
  })

  test('a boolean without a byte', () => {
    const empty = new Uint8Array(0)
    expect(mayMatchColumn({ type: 'BOOLEAN' }, { min: empty, max: empty, nulls: 0 }, { eq: true, gt: false })).toBe(
      true,
    )
  })

  test('a Date that is none, and NaN', () => {
    const statistics = { min: int64(3n), max: int64(5n), nulls: 0 }
    const noDate = new Date(Number.NaN)
    const element = { type: 'INT64', logical: timestamp('micros') } as const
    for (const condition of [{ eq: noDate }, { gte: noDate }, { lte: noDate }, { gt: noDate }, { lt: noDate }]) {
      expect(mayMatchColumn(element, statistics, condition)).toBe(true)
    }
    expect(mayMatchColumn({ type: 'INT64' }, statistics, { gt: Number.NaN, lt: Number.NaN })).toBe(true)
  })
})

test('booleans: false is below true', () => {
  const [no, yes] = [Uint8Array.of(0), Uint8Array.of(1)]
  const kept = (min: Uint8Array, max: Uint8Array, condition: ParquetCondition) =>
    mayMatchColumn({ type: 'BOOLEAN' }, { min, max, nulls: 0 }, condition)
  expect([kept(no, no, { eq: true }), kept(no, no, { eq: false }), kept(no, yes, { eq: true })]).toEqual([
    false,
    true,
    true,
  ])
  expect([kept(yes, yes, { lt: true }), kept(yes, yes, { eq: false }), kept(yes, yes, { eq: true })]).toEqual([
    false,
    false,
    true,
  ])
})

test('a time in milliseconds has three digits, one in nanoseconds nine', () => {
  const millis = { type: 'INT32', logical: { kind: 'time', utc: false, unit: 'millis' } } as const
  const nanos = { type: 'INT64', logical: { kind: 'time', utc: false, unit: 'nanos' } } as const
  const ofMillis = { min: int32(1001), max: int32(1001), nulls: 0 }
  const ofNanos = { min: int64(1_000_000_001n), max: int64(1_000_000_001n), nulls: 0 }
  expect(mayMatchColumn(millis, ofMillis, { eq: '00:00:01.001' })).toBe(true)
  expect(mayMatchColumn(millis, ofMillis, { eq: '00:00:01.002' })).toBe(false)
  expect(mayMatchColumn(nanos, ofNanos, { eq: '00:00:01.000000001' })).toBe(true)
  expect(mayMatchColumn(nanos, ofNanos, { eq: '00:00:01.000000002' })).toBe(false)
  expect(() => mayMatchColumn(millis, ofMillis, { eq: '00:00:01.0011' })).toThrow('at most 3 digits')
  expect(() => mayMatchColumn(nanos, ofNanos, { eq: '0:00:01' })).toThrow('at most 9 digits')
})

describe('a chunk of nulls alone', () => {
  const nulls = (count: number | undefined) => ({ min: undefined, max: undefined, nulls: count })
  test('matches no condition, and is not skipped without one', () => {
    expect(mayMatchColumn({ type: 'INT32' }, nulls(9), { eq: 1 })).toBe(false)
    expect(mayMatchColumn({ type: 'INT32' }, nulls(9), {})).toBe(true)
    expect(mayMatchColumn({ type: 'INT32' }, nulls(9), { eq: undefined } as unknown as ParquetCondition)).toBe(true)
    expect(mayMatchColumn({ type: 'INT32' }, nulls(8), { eq: 1 })).toBe(true)
    expect(mayMatchColumn({ type: 'INT32' }, nulls(undefined), { eq: 1 })).toBe(true)
    expect(mayMatchColumn({ type: 'INT32' }, nulls(0), { eq: 1 }, 0)).toBe(true)
  })

  test('with one bound is not of nulls alone', () => {
    expect(mayMatchColumn({ type: 'INT32' }, { ...nulls(9), min: int32(1) }, { eq: 1 })).toBe(true)
    expect(mayMatchColumn({ type: 'INT32' }, { ...nulls(9), max: int32(1) }, { eq: 1 })).toBe(true)
  })
})

describe('values that do not fit their column', () => {
  const BYTE = Uint8Array.of(1)
  const date = new Date(0)
  const fitting = new Map<string, readonly [Partial<SchemaElement>, readonly ParquetFilterValue[]]>([
    ['BOOLEAN', [{ type: 'BOOLEAN' }, [true]]],
    ['INT32', [{ type: 'INT32' }, [1, 1n]]],
    ['FLOAT', [{ type: 'FLOAT' }, [1, 1n]]],
    ['TIME', [{ type: 'INT64', logical: { kind: 'time', utc: true, unit: 'micros' } }, [1, 1n, '00:00:01']]],
    ['DECIMAL', [{ type: 'INT64', logical: decimal }, [1, 1n, '1', '.5', '5.', '-1e+3']]],
    ['DATE', [{ type: 'INT32', logical: { kind: 'date' } }, [date]]],
    ['TIMESTAMP', [{ type: 'INT64', logical: timestamp('millis') }, [date, 1n]]],
    ['STRING', [{ type: 'BYTE_ARRAY', logical: { kind: 'string' } }, ['1', '00:00:01', '.5', '5.', '-1e+3', 'x']]],
    ['BYTE_ARRAY', [{ type: 'BYTE_ARRAY' }, [BYTE]]],
    ['FIXED_LEN_BYTE_ARRAY', [{ type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 1 }, [BYTE]]],
  ])
  const VALUES = [true, 1, 1n, '00:00:01', '1', '.5', '5.', '-1e+3', 'x', date, BYTE]

  test.each([...fitting])('%s accepts its own values alone', (_, [element, taken]) => {
    for (const value of VALUES) {
      const match = () => mayMatchColumn(element, undefined, { eq: value })
      if (taken.includes(value)) expect(match()).toBe(true)
      else
        expect(match, String(value)).toThrow(
          expect.objectContaining({ code: 'OPTION_INVALID', position: { column: 'a' } }),
        )
    }
  })

  test.each(['', '.', '-', 'e3', '1e', '1.2.3', '1e1000', 'NaN', '0x1', ' 1', '1 '])('no decimal: «%s»', (value) => {
    const element = { type: 'INT64', logical: decimal } as const
    expect(() => mayMatchColumn(element, undefined, { eq: value })).toThrow('the value is not a decimal number')
  })

  test('a time of day that is no text has another rule than one that is no time', () => {
    const element = { type: 'INT64', logical: { kind: 'time', utc: true, unit: 'micros' } } as const
    expect(() => mayMatchColumn(element, undefined, { eq: true })).toThrow('a boolean does not fit its type')
  })

  test('lists and structs have no statistics, unknown columns are named', () => {
    const group = { rows: 9, chunks: [CHUNK] }
    const list = shapesOf([{ type: 'INT32', repetition: 'REPEATED' }], 1)
    expect(() => mayMatch({ a: { eq: 1 } }, group, list)).toThrow('it is a list or a struct')
    expect(() => mayMatch({ b: { eq: 1 } }, group, shapesOf([{ type: 'INT32' }], 1))).toThrow(
      expect.objectContaining({ code: 'COLUMN_UNKNOWN', position: { column: 'b' } }),
    )
  })

  test('all columns of a filter must match, and all columns of one name', () => {
    const chunk = (value: number) => ({ ...CHUNK, statistics: { min: int32(value), max: int32(value), nulls: 0 } })
    const group = { rows: 9, chunks: [chunk(1), chunk(2)] }
    const two = shapesOf([{ type: 'INT32' }, { name: 'b', type: 'INT32' }], 2)
    expect(mayMatch({ a: { eq: 1 }, b: { eq: 2 } }, group, two)).toBe(true)
    expect(mayMatch({ a: { eq: 1 }, b: { eq: 1 } }, group, two)).toBe(false)
    expect(mayMatch({ a: { eq: 2 }, b: { eq: 2 } }, group, two)).toBe(false)
    const same = shapesOf([{ type: 'INT32' }, { type: 'INT32' }], 2)
    expect(mayMatch({ a: { eq: 1 } }, group, same)).toBe(false)
    expect(mayMatch({ a: { lte: 2 } }, { rows: 9, chunks: [] }, same)).toBe(true)
  })
})

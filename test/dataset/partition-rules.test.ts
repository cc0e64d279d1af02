import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  FixedSizeBinary,
  Float64,
  Int8,
  Int32,
  Int64,
  Schema,
  TimeMicrosecond,
  TimeMillisecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { byBucket } from '../../src/dataset/by-bucket.ts'
import { byHash } from '../../src/dataset/by-hash.ts'
import { byDay, byHour, byMonth, byYear } from '../../src/dataset/by-period.ts'
import { valueNumbers } from '../../src/dataset/by-value.ts'
import type { PartitionNumbers, PartitionRule } from '../../src/dataset/partition-rule.ts'
import { batchOf, type Cell } from '../support/arbitrary-table.ts'

const columnOf = (type: DataType, cells: readonly Cell[]) =>
  batchOf(
    new Schema([new Field('c', type)]),
    cells.map((cell) => [cell]),
  ).data.children
const valuesOf = (numbers: PartitionNumbers, type: DataType, cells: readonly Cell[]) => {
  const out = new Int32Array(cells.length)
  numbers.number(columnOf(type, cells), cells.length, out, 0)
  return Array.from(out, (number) => numbers.valueOf(number))
}
const partitions = (rule: PartitionRule, type: DataType, cells: readonly Cell[]) =>
  valuesOf(rule.start([new Field('c', type)]), type, cells)

describe('byBucket', () => {
  const uuid = Uint8Array.from(Buffer.from('f79c3e09677c4bbda4793f349cb785e7', 'hex'))
  const bytes = Uint8Array.of(0, 1, 2, 3)
  const day = Date.UTC(2017, 10, 16)
  const instant = BigInt(Date.UTC(2017, 10, 16, 22, 31, 8))
  // https://iceberg.apache.org/spec/#appendix-b-32-bit-hash-requirements
  test.each<[string, DataType, Cell, number]>([
    ['int 34', new Int32(), 34, 2017239379],
    ['int8 34', new Int8(), 34, 2017239379],
    ['long 34', new Int64(), 34n, 2017239379],
    ['uint64 34', new Uint64(), 34n, 2017239379],
    ['decimal 14.20', new Decimal(2, 9, 128), 1420n, -500754589],
    ['date', new DateDay(), day / 86_400_000, -653330422],
    ['date of milliseconds', new DateMillisecond(), BigInt(day), -653330422],
    ['time in microseconds', new TimeMicrosecond(), 81_068_000_000n, -662762989],
    ['time in milliseconds', new TimeMillisecond(), 81_068_000, -662762989],
    ['timestamp in seconds', new TimestampSecond(), instant / 1000n, -2047944441],
    ['timestamp in milliseconds, with zone', new TimestampMillisecond('UTC'), instant, -2047944441],
    ['timestamp in microseconds', new TimestampMicrosecond(), instant * 1000n, -2047944441],
    ['timestamp with a microsecond', new TimestampMicrosecond(), instant * 1000n + 1n, -1207196810],
    ['timestamp in nanoseconds', new TimestampNanosecond(), instant * 1_000_000n, -2047944441],
    ['timestamp with 1,001 nanoseconds', new TimestampNanosecond(), instant * 1_000_000n + 1001n, -1207196810],
    ['string', new Utf8(), 'iceberg', 1210000089],
    ['uuid', new FixedSizeBinary(16), uuid, 1488055340],
    ['fixed', new FixedSizeBinary(4), bytes, -188683207],
    ['binary', new Binary(), bytes, -188683207],
    ['dictionary of strings', new Dictionary(new Utf8(), new Int32()), 'iceberg', 1210000089],
  ])("%s has the bucket of Iceberg's specification", (_, type, cell, hash) => {
    for (const buckets of [2 ** 31 - 1, 16, 7, 1]) {
      const bucket = String((hash & 0x7fffffff) % buckets)
      expect(partitions(byBucket('c', buckets), type, [cell, null, cell])).toEqual([bucket, null, bucket])
    }
  })

  test('an instant before 1970 has the bucket of its microsecond, rounded down, and a date that of its day', () => {
    const bucketOf = (type: DataType, cell: Cell) => partitions(byBucket('c', 1000), type, [cell])
    const micros = bucketOf(new TimestampMicrosecond(), -2n)
    expect(bucketOf(new TimestampNanosecond(), -1001n)).toEqual(micros)
    expect(bucketOf(new TimestampNanosecond(), -2000n)).toEqual(micros)
    expect(bucketOf(new TimestampNanosecond(), -999n)).not.toEqual(micros)
    expect(bucketOf(new DateMillisecond(), -1n)).toEqual(bucketOf(new DateDay(), -1))
    expect(bucketOf(new DateMillisecond(), -86_400_001n)).toEqual(bucketOf(new DateDay(), -2))
  })

  test('facts for a projection, and names in messages', () => {
    expect(byBucket('c', 16).projection).toEqual({ type: 'integer', range: [0, 15] })
    expect(byHash(['c'], 16).projection).toEqual({ type: 'integer', range: [0, 15] })
    expect(byBucket('c', 16).columns).toEqual(['c'])
    expect(byHash(undefined, 16).columns).toBe(undefined)
    expect(() => byBucket('c', 0)).toThrow(/buckets/)
    expect(() => byHash(['c'], 0)).toThrow(/buckets/)
    expect(() => byBucket(1 as never, 1)).toThrow(/^byBucket: column/)
    expect(() => byHash(['a', 1] as never, 1)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
    expect(() => byHash('a' as never, 1)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
    expect(() => byHash([], 1)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    for (const make of [byDay, byHour, byMonth, byYear]) {
      expect(() => make('c', { as: '\ud800' })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    }
  })

  test.each([new Float64(), new Bool()])('%s has no bucket', (type) => {
    expect(() => byBucket('c', 4).start([new Field('c', type)])).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column: 'c' } }),
    )
  })

  test('what 64 bits cannot hold is TYPE_MISMATCH with its row', () => {
    const failure = expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column: 'c', row: 2 } })
    expect(() => partitions(byBucket('c', 4), new Uint64(), [1n, 2n ** 63n])).toThrow(failure)
    expect(() => partitions(byBucket('c', 4), new TimestampMillisecond(), [1n, 2n ** 62n])).toThrow(failure)
  })

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31, '4'])('%s buckets: OPTION_INVALID', (buckets) => {
    expect(() => byBucket('c', buckets as number)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(() => byHash(['c'], buckets as number)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})

describe('byYear, byMonth, byDay, byHour', () => {
  const instant = BigInt(Date.UTC(2026, 0, 5, 13, 59, 59, 999))
  test.each<[PartitionRule, string]>([
    [byYear('c'), '2026'],
    [byMonth('c'), '2026-01'],
    [byDay('c'), '2026-01-05'],
    [byHour('c'), '2026-01-05-13'],
  ])('%o', (rule, value) => {
    expect(partitions(rule, new TimestampMillisecond('UTC'), [instant, null])).toEqual([value, null])
    expect(partitions(rule, new TimestampMicrosecond(), [instant * 1000n + 999n])).toEqual([value])
    expect(partitions(rule, new TimestampNanosecond(), [instant * 1_000_000n + 999_999n])).toEqual([value])
    expect(partitions(rule, new TimestampSecond(), [instant / 1000n])).toEqual([value])
  })

  test('of a date, midnight', () => {
    const day = Date.UTC(2024, 1, 29) / 86_400_000
    expect(partitions(byHour('c'), new DateDay(), [day])).toEqual(['2024-02-29-00'])
    expect(partitions(byDay('c'), new DateMillisecond(), [BigInt(day) * 86_400_000n])).toEqual(['2024-02-29'])
    expect(partitions(byYear('c'), new DateDay(), [day, -1])).toEqual(['2024', '1969'])
  })

  test('years beyond 9999 and before 0 as ISO 8601 writes them', () => {
    const of = (year: number) => BigInt(Date.UTC(year, 5, 1))
    expect(partitions(byYear('c'), new TimestampMillisecond(), [of(12_026), of(-1)])).toEqual(['+012026', '-000001'])
  })

  test('names', () => {
    expect(
      [byYear('c'), byMonth('c'), byDay('c'), byHour('c'), byBucket('c', 2), byHash(undefined, 2)].map(
        ({ name }) => name,
      ),
    ).toEqual(['year', 'month', 'dt', 'hour', 'bucket', 'hash'])
    expect(byDay('c', { as: 'day' }).name).toBe('day')
  })

  test('another type, another option, an instant beyond Date', () => {
    expect(() => byDay('c').start([new Field('c', new Utf8())])).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column: 'c' } }),
    )
    expect(() => byDay('c', { at: 'x' } as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(() => byDay('c', { as: '' })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(() => byDay(1 as never)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
    expect(() => partitions(byYear('c'), new TimestampMillisecond(), [0n, 2n ** 60n])).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column: 'c', row: 2 } }),
    )
  })
})

describe('the values of a column', () => {
  const valuesOfColumn = (type: DataType, cells: readonly Cell[]) =>
    valuesOf(valueNumbers(new Field('c', type)), type, cells)

  test.each<[string, DataType, readonly Cell[], readonly (string | null)[]]>([
    ['text', new Utf8(), ['a', '', null, 'é/='], ['a', '', null, 'é/=']],
    ['integers', new Int64(), [2n ** 63n - 1n, -1n], ['9223372036854775807', '-1']],
    [
      'floats, with -0',
      new Float64(),
      [0, -0, 0.1, Number.NaN, Number.NEGATIVE_INFINITY, null],
      ['0', '-0', '0.1', 'NaN', '-Infinity', null],
    ],
    ['booleans', new Bool(), [true, false], ['true', 'false']],
    ['dates', new DateDay(), [0], ['1970-01-01']],
    ['timestamps', new TimestampMicrosecond('UTC'), [1n, 0n], ['1970-01-01T00:00:00.000001Z', '1970-01-01T00:00:00Z']],
    ['decimals', new Decimal(2, 9, 128), [1050n], ['10.50']],
    ['dictionaries', new Dictionary(new Utf8(), new Int32()), ['a', null, 'a'], ['a', null, 'a']],
  ])('%s', (_, type, cells, values) => {
    expect(valuesOfColumn(type, cells)).toEqual(values)
  })

  test('every NaN is one partition', () => {
    const type = new Float64()
    const numbers = valueNumbers(new Field('c', type))
    const [data] = columnOf(type, [1, 2, 3])
    new BigUint64Array(data?.values.buffer, data?.values.byteOffset, 3).set([
      0x7ff8000000000000n,
      0x7ff8000000000001n,
      0xfff8000000000000n,
    ])
    const out = new Int32Array(3)
    numbers.number(data === undefined ? [] : [data], 3, out, 0)
    expect([...out]).toEqual([0, 0, 0])
  })

  test('bytes that are text are, others and types without text are refused', () => {
    expect(valuesOfColumn(new Binary(), [Buffer.from('a')])).toEqual(['a'])
    expect(() => valuesOfColumn(new Binary(), [Uint8Array.of(255)])).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH' }),
    )
    expect(() => valueNumbers(new Field('c', new FixedSizeBinary(4)))).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column: 'c' } }),
    )
  })
})

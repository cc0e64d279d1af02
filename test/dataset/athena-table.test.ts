import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  Schema,
  Struct,
  TimestampMicrosecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { type AthenaTableOptions, athenaTable } from '../../src/dataset/athena-table.ts'
import { byBucket } from '../../src/dataset/by-bucket.ts'
import { byDay, byHour } from '../../src/dataset/by-period.ts'

const schema = { id: 'int64', at: 'timestamp', region: 'string', amount: 'decimal(10,2)' } as const
const base: AthenaTableOptions = { table: 'lake.orders', location: 's3://lake/orders', schema }

describe('athenaTable', () => {
  test('columns, partitions and their projection', () => {
    const partitionBy = [byDay('at'), 'region', byBucket('id', 16)]
    const projection = { dt: { range: ['2024-01-01', 'NOW'] }, region: { values: ['eu', 'us'] } } as const
    expect(
      athenaTable({ ...base, partitionBy, projection }),
    ).toBe(`CREATE EXTERNAL TABLE IF NOT EXISTS \`lake\`.\`orders\` (
  \`id\` bigint,
  \`at\` timestamp,
  \`amount\` decimal(10,2)
)
PARTITIONED BY (\`dt\` string, \`region\` string, \`bucket\` int)
STORED AS PARQUET
LOCATION 's3://lake/orders/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.dt.type' = 'date',
  'projection.dt.format' = 'yyyy-MM-dd',
  'projection.dt.range' = '2024-01-01,NOW',
  'projection.dt.interval' = '1',
  'projection.dt.interval.unit' = 'DAYS',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'eu,us',
  'projection.bucket.type' = 'integer',
  'projection.bucket.range' = '0,15'
)`)
  })

  test('without partitions', () => {
    expect(athenaTable({ ...base, schema: { ok: 'bool' } })).toBe(
      "CREATE EXTERNAL TABLE IF NOT EXISTS `lake`.`orders` (\n  `ok` boolean\n)\nSTORED AS PARQUET\nLOCATION 's3://lake/orders/'",
    )
  })

  test('nested columns', () => {
    const pair = new Struct([new Field('key', new Utf8(), false), new Field('value', new Int64())])
    const nested = new Schema([
      new Field('tags', new List(new Field('item', new Utf8()))),
      new Field('counts', new Map_(new Field('entries', pair as never, false))),
      new Field('place', new Struct([new Field('city', new Utf8())])),
    ])
    const ddl = athenaTable({ ...base, schema: nested })
    for (const column of ['`tags` array<string>', '`counts` map<string,bigint>', '`place` struct<city:string>']) {
      expect(ddl).toContain(column)
    }
  })

  test.each<[string, string, object]>([
    ['a comma in a value', 'OPTION_INVALID', { partitionBy: ['region'], projection: { region: { values: ['a,b'] } } }],
    ['a comma in a range', 'OPTION_INVALID', { partitionBy: ['id'], projection: { id: { range: ['1,2', '3'] } } }],
    [
      'a value that paths escape',
      'OPTION_INVALID',
      { partitionBy: ['region'], projection: { region: { values: ['a/b'] } } },
    ],
    ['a quote in a value', 'OPTION_INVALID', { partitionBy: ['region'], projection: { region: { values: ["a'b"] } } }],
    ['an empty value', 'OPTION_INVALID', { partitionBy: ['region'], projection: { region: { values: [''] } } }],
    ['no values', 'OPTION_INVALID', { partitionBy: ['region'], projection: { region: { values: [] } } }],
    ['a range of text', 'OPTION_INVALID', { partitionBy: ['region'], projection: { region: { range: ['a', 'b'] } } }],
    ['a range upside down', 'OPTION_INVALID', { partitionBy: ['id'], projection: { id: { range: [2, 1] } } }],
    [
      'range and values',
      'OPTION_INVALID',
      { partitionBy: ['id'], projection: { id: { range: [1, 2], values: ['1'] } } },
    ],
    [
      'an hour as a day',
      'OPTION_INVALID',
      { partitionBy: [byHour('at')], projection: { hour: { range: ['2026-01-01', 'NOW'] } } },
    ],
    [
      'a partition without projection',
      'OPTION_INVALID',
      { partitionBy: ['region', 'id'], projection: { id: { range: [1, 2] } } },
    ],
    ['a projection of no partition', 'COLUMN_UNKNOWN', { partitionBy: ['id'], projection: { ID: { range: [1, 2] } } }],
    ['a partition on no column', 'COLUMN_UNKNOWN', { partitionBy: ['nope'] }],
    ['a rule on no column', 'COLUMN_UNKNOWN', { partitionBy: [byDay('nope')] }],
    ['a rule named as a column', 'COLUMN_CONFLICT', { partitionBy: [byDay('at', { as: 'AT' })] }],
    ['columns that differ in case alone', 'COLUMN_CONFLICT', { schema: { a: 'int64', A: 'int64' } }],
    ['one partition twice', 'COLUMN_CONFLICT', { partitionBy: ['id', 'id'] }],
    ['every column a partition', 'OPTION_INVALID', { schema: { id: 'int64' }, partitionBy: ['id'] }],
    ['a table with a quote', 'OPTION_INVALID', { table: 'a`b' }],
    ['a column with a backtick', 'OPTION_INVALID', { schema: { 'a`b': 'int64' } }],
    ['a location with a quote', 'OPTION_INVALID', { location: "s3://lake/o'rders/" }],
    ['another scheme', 'OPTION_INVALID', { location: 'https://lake/orders/' }],
    ['uint64', 'TYPE_MISMATCH', { schema: new Schema([new Field('a', new Uint64())]) }],
    ['float16', 'TYPE_MISMATCH', { schema: new Schema([new Field('a', new Float16())]) }],
    ['time', 'TYPE_MISMATCH', { schema: { a: 'time' } }],
    ['an option that does not exist', 'OPTION_INVALID', { partitionedBy: ['id'] }],
  ])('%s: %s', (_, code, options) => {
    expect(() => athenaTable({ ...base, ...options } as AthenaTableOptions)).toThrow(expect.objectContaining({ code }))
  })
})

describe('types of columns', () => {
  const typeOf = (type: DataType): string | undefined =>
    /`c` (.*)\n\)/.exec(athenaTable({ ...base, schema: new Schema([new Field('c', type)]) }))?.[1]

  test.each<[DataType, string]>([
    [new Bool(), 'boolean'],
    [new Int8(), 'tinyint'],
    [new Int16(), 'smallint'],
    [new Int32(), 'int'],
    [new Int64(), 'bigint'],
    [new Uint8(), 'int'],
    [new Uint16(), 'int'],
    [new Float32(), 'float'],
    [new Float64(), 'double'],
    [new Utf8(), 'string'],
    [new Binary(), 'binary'],
    [new FixedSizeBinary(4), 'binary'],
    [new DateDay(), 'date'],
    [new TimestampMicrosecond(), 'timestamp'],
    [new Dictionary(new Utf8(), new Int32()), 'string'],
    [new FixedSizeList(2, new Field('item', new Int16())), 'array<smallint>'],
  ])('%s is %s', (type, text) => {
    expect(typeOf(type)).toBe(text)
  })

  test('32 bits without a sign have none', () => {
    expect(() => typeOf(new Uint32())).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', position: { column: 'c' } }),
    )
  })
})

describe('projections', () => {
  const linesOf = (options: Partial<AthenaTableOptions>) =>
    [...athenaTable({ ...base, ...options }).matchAll(/'projection\.(\S+)' = '(.*)'/g)].map(([, key, value]) => [
      key,
      value,
    ])

  test('a range of a column of whole numbers, of any width', () => {
    expect(linesOf({ partitionBy: ['id'], projection: { id: { range: [-3, '12'] } } })).toEqual([
      ['enabled', 'true'],
      ['id.type', 'integer'],
      ['id.range', '-3,12'],
    ])
    const sizes = { schema: { n: 'int8', a: 'string' } as const, partitionBy: ['n'] }
    expect(linesOf({ ...sizes, projection: { n: { range: [7, 7] } } })).toContainEqual(['n.range', '7,7'])
  })

  test.each([
    ['dt', byDay('at'), ['NOW-3YEARS', 'NOW+1DAY'], 'yyyy-MM-dd', 'DAYS'],
    ['hour', byHour('at'), ['2026-01-01-00', 'NOW'], 'yyyy-MM-dd-HH', 'HOURS'],
    ['region', 'region', ['2026-01-01', '2026-12-31'], 'yyyy-MM-dd', 'DAYS'],
  ] as const)('%s: a range of dates', (name, by, range, format, unit) => {
    expect(linesOf({ partitionBy: [by], projection: { [name]: { range } } })).toEqual([
      ['enabled', 'true'],
      [`${name}.type`, 'date'],
      [`${name}.format`, format],
      [`${name}.range`, range.join(',')],
      [`${name}.interval`, '1'],
      [`${name}.interval.unit`, unit],
    ])
  })

  test.each<[string, object]>([
    ['a date and a text', { region: { range: ['2026-01-01', 'x'] } }],
    ['a text and a date', { region: { range: ['x', '2026-01-01'] } }],
    ['no time unit', { region: { range: ['NOW-3FOO', 'NOW'] } }],
    ['a date in a text', { region: { range: ['a2026-01-01', '2026-01-01b'] } }],
    ['three ends', { region: { range: ['2026-01-01', '2026-01-02', '2026-01-03'] } }],
    ['an end that is none', { region: { range: [null, 'NOW'] } }],
    ['neither range nor values', { region: {} }],
    ['a blank at the start', { region: { values: [' a'] } }],
    ['a blank at the end', { region: { values: ['a '] } }],
    ['another field', { region: { values: ['a'], unit: 'x' } }],
  ])('%s: refused, with the name', (_, projection) => {
    const options = { ...base, partitionBy: ['region'], projection } as AthenaTableOptions
    expect(() => athenaTable(options)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(/^athenaTable: .*region/) }),
    )
  })

  test('what is no object is none, with the name', () => {
    expect(() => athenaTable({ ...base, partitionBy: ['region'], projection: { region: 7 } } as never)).toThrow(
      /^athenaTable: projection of region must be an object/,
    )
  })

  test.each<[string, object]>([
    ['a fraction', { id: { range: [1, 2.5] } }],
    ['19 digits', { id: { range: ['1', '1'.repeat(19)] } }],
    ['text', { id: { range: ['a1', '2b'] } }],
  ])('%s is no whole number', (_, projection) => {
    expect(() => athenaTable({ ...base, partitionBy: ['id'], projection } as AthenaTableOptions)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', position: { column: 'id' } }),
    )
  })
})

describe('names and places', () => {
  test.each(['t', 'db.t', `${'d'.repeat(255)}.${'t'.repeat(255)}`])('%s is a table', (table) => {
    expect(athenaTable({ ...base, table })).toContain(
      table
        .split('.')
        .map((part) => `\`${part}\``)
        .join('.'),
    )
  })

  test.each(['', 'a-b', 'a.b.c', 'a.', '.b', 'a b', 'é', 't'.repeat(256)])('%j is none', (table) => {
    expect(() => athenaTable({ ...base, table })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(/^athenaTable: /) }),
    )
  })

  test.each([
    ['s3://lake', 's3://lake/'],
    ['s3://lake/', 's3://lake/'],
    ['s3://lake-1.x/a b/é', 's3://lake-1.x/a b/é/'],
  ])('%s is a location', (location, written) => {
    expect(athenaTable({ ...base, location })).toContain(`LOCATION '${written}'`)
  })

  test.each(['s3://', 's3://l', 's3://Lake/', 's3://-a/', 'xs3://lake/', 's3://lake/a\n', 's3://lake/a"', 's3:/lake'])(
    '%j is none',
    (location) => {
      expect(() => athenaTable({ ...base, location })).toThrow(/^athenaTable: location must be/)
    },
  )

  test('arguments are named in messages', () => {
    expect(() => athenaTable(undefined as never)).toThrow(/^athenaTable: /)
    expect(() => athenaTable({ ...base, table: 1 as never })).toThrow(/^athenaTable: .*table/)
    expect(() => athenaTable({ ...base, nope: 1 } as never)).toThrow(/^athenaTable: .*nope/)
  })
})

import { Field, Float16, Int64, List, Map_, Schema, Struct, Uint64, Utf8 } from 'apache-arrow'
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

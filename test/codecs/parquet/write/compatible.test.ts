import { readFileSync } from 'node:fs'
import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  FixedSizeBinary,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  Null,
  Schema,
  Struct,
  Table,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimeSecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
} from 'apache-arrow'
import type { SchemaElement } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import type { ParquetEncodings } from '../../../../src/codecs/parquet/write/write-options.ts'
import { encodeParquet } from '../../../../src/codecs/parquet/write/write-parquet.ts'
import { tableFromRows } from '../../../../src/columns/table-from-rows.ts'
import { metadataOf } from '../support/parquet-oracles.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

/** The elements that a column of this type makes, the root left out. */
async function elementsOf(type: DataType, metadata?: Map<string, string>): Promise<SchemaElement[]> {
  const schema = new Schema([new Field('c', type, true, metadata)])
  return metadataOf(await encodeParquet(new Table(schema))).schema.slice(1)
}

const convertedOf = async (type: DataType, metadata?: Map<string, string>) =>
  (await elementsOf(type, metadata)).map(({ converted_type }) => converted_type)

describe('what the rules of other readers ask of a file', () => {
  const file = encodeParquet(tableFromRows([{ a: 1 }]))

  test('created_by has the form that parquet-java parses, today and before 1.8', async () => {
    const createdBy = metadataOf(await file).created_by ?? ''
    const today = /^(.*?)\s+version\s*(?:([^(]*?)\s*(?:\(\s*build\s*([^)]*?)\s*\))?)?$/.exec(createdBy)
    const old = /^(.+) version ((.*) )?\(build ?(.*)\)$/.exec(createdBy)
    expect([today?.[1], today?.[2]]).toEqual(['millrace', version])
    expect([old?.[1], old?.[3]]).toEqual(['millrace', version])
    expect(today?.[2]).toMatch(/^\d+\.\d+\.\d+([^-+]*)?(-[^+]*)?(\+.*)?$/)
  })

  test('the file is of version 1, as its pages are', async () => {
    expect(metadataOf(await file).version).toBe(1)
  })

  const entries = new Struct<{ key: Utf8; value: Int32 }>([
    new Field('key', new Utf8(), false),
    new Field('value', new Int32(), true),
  ])
  test.each<[DataType, ...(string | undefined)[]]>([
    [new Int8(), 'INT_8'],
    [new Int16(), 'INT_16'],
    [new Int32(), undefined],
    [new Int64(), undefined],
    [new Uint8(), 'UINT_8'],
    [new Uint16(), 'UINT_16'],
    [new Uint32(), 'UINT_32'],
    [new Uint64(), 'UINT_64'],
    [new Bool(), undefined],
    [new Float16(), undefined],
    [new Float32(), undefined],
    [new Float64(), undefined],
    [new Utf8(), 'UTF8'],
    [new Dictionary(new Utf8(), new Int32()), 'UTF8'],
    [new Binary(), undefined],
    [new FixedSizeBinary(3), undefined],
    [new DateDay(), 'DATE'],
    [new Decimal(2, 9, 128), 'DECIMAL'],
    [new Decimal(2, 18, 128), 'DECIMAL'],
    [new Decimal(2, 38, 128), 'DECIMAL'],
    [new TimeSecond(), 'TIME_MILLIS'],
    [new TimeMillisecond(), 'TIME_MILLIS'],
    [new TimeMicrosecond(), 'TIME_MICROS'],
    [new TimeNanosecond(), undefined],
    [new TimestampSecond(), 'TIMESTAMP_MILLIS'],
    [new TimestampMillisecond(), 'TIMESTAMP_MILLIS'],
    [new TimestampMicrosecond(), 'TIMESTAMP_MICROS'],
    [new TimestampNanosecond(), undefined],
    [new TimestampMillisecond('UTC'), 'TIMESTAMP_MILLIS'],
    [new TimestampMicrosecond('Europe/Zurich'), 'TIMESTAMP_MICROS'],
    [new TimestampNanosecond('UTC'), undefined],
    [new Null(), undefined],
    [new List(new Field('item', new TimeMicrosecond(), true)), 'LIST', undefined, 'TIME_MICROS'],
    [new Map_(new Field('entries', entries, false)), 'MAP', undefined, 'UTF8', undefined],
  ])('%s has the converted type of LogicalTypes.md beside its logical one', async (type, ...converted) => {
    expect(await convertedOf(type)).toEqual(converted)
  })

  test('local times say in the logical type that they are local', async () => {
    for (const type of [new TimestampMicrosecond(), new TimestampMillisecond(), new TimeMicrosecond()]) {
      const [element] = await elementsOf(type)
      expect(element?.logical_type).toMatchObject({ isAdjustedToUTC: false })
    }
  })

  test('JSON and UUID', async () => {
    const marked = (extension: string) => new Map([['ARROW:extension:name', extension]])
    expect(await convertedOf(new Utf8(), marked('arrow.json'))).toEqual(['JSON'])
    expect(await convertedOf(new FixedSizeBinary(16), marked('arrow.uuid'))).toEqual([undefined])
  })
})

describe('encodings', () => {
  /** Columns that each have an encoding of their own which makes them smallest. */
  const table = tableFromRows(
    Array.from({ length: 20_000 }, (_, i) => ({
      rising: BigInt(i) * 1000n,
      word: i * 3,
      status: `status ${(i * 7919) % 5}`,
      order: `order ${1_000_000 + i} ${(i * 48_271) % 65_537}`,
      day: new Date(86_400_000 * i),
      amount: Math.sqrt(i),
      even: i % 2 === 0,
      tags: [`tag ${i}`],
    })),
  )
  const encodingsOf = async (encodings?: ParquetEncodings) => {
    const bytes = await encodeParquet(table, encodings === undefined ? {} : { encodings })
    const chunks = metadataOf(bytes).row_groups.flatMap(({ columns }) => columns)
    return { bytes: bytes.length, names: new Set(chunks.flatMap(({ meta_data }) => meta_data?.encodings ?? [])) }
  }

  test('by default plain values and dictionaries alone, which every reader knows', async () => {
    const { names } = await encodingsOf()
    expect([...names].sort()).toEqual(['PLAIN', 'RLE', 'RLE_DICTIONARY'])
    expect((await encodingsOf('compatible')).names).toEqual(names)
  })

  test('compact adds deltas, which make this file smaller', async () => {
    const { bytes, names } = await encodingsOf('compact')
    expect(names).toContain('DELTA_BINARY_PACKED')
    expect(names).toContain('DELTA_BYTE_ARRAY')
    expect(bytes).toBeLessThan(0.7 * (await encodingsOf()).bytes)
  })

  test('other names are refused', async () => {
    await expect(encodeParquet(table, { encodings: 'small' as never })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('compatible, compact'),
    })
  })
})

import type { S3Client } from '@aws-sdk/client-s3'
import { Table } from 'apache-arrow'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeCsv } from '../../src/codecs/csv/csv.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { byDay } from '../../src/dataset/by-period.ts'
import { type DatasetTarget, datasetSink } from '../../src/dataset/dataset-sink.ts'
import { dropStaleFiles } from '../../src/dataset/drop-stale-files.ts'
import { type DatasetLocation, listDataset } from '../../src/dataset/list-dataset.ts'
import { type DatasetSource, type ReadDatasetOptions, readDataset } from '../../src/dataset/read-dataset.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { orders, PREFIX, streamOf, TARGET } from './support.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server()
  client = server.client()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const LOCATION = { bucket: BUCKET, prefix: PREFIX }
const write = (table: Table, target: Partial<DatasetTarget> = {}) =>
  datasetSink(client, { ...TARGET, partitionBy: ['region', byDay('at')], ...target })(streamOf(table.batches))
const list = async (location: Partial<DatasetLocation> = {}) =>
  collected(listDataset(client, { ...LOCATION, ...location }))
const read = async (files: Iterable<DatasetSource> | AsyncIterable<DatasetSource>, options?: ReadDatasetOptions) => {
  const batches = await collected(readDataset(client, files, options))
  return batches.length === 0 ? new Table() : new Table(batches)
}

async function collected<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

describe('listDataset', () => {
  test('finds what datasetSink wrote', async () => {
    const { files } = await write(orders(100))
    const found = await list()
    const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
    expect(found.sort(byKey)).toEqual(files.map(({ rows: _, ...file }) => file).sort(byKey))
    expect(await list({ prefix: `${PREFIX}/` })).toHaveLength(files.length)
    expect(await list({ prefix: 'processed/order' })).toEqual([])
  })

  test('a page that is truncated but does not say where the next one begins is no end', async () => {
    const cut = { send: async () => ({ Contents: [{ Key: `${PREFIX}/a.parquet`, Size: 1 }], IsTruncated: true }) }
    const location = { bucket: BUCKET, prefix: PREFIX }
    await expect(collected(listDataset(cut as never, location))).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('truncated'),
    })
  })

  test('a key that is not encoded as the server says is no key', async () => {
    for (const page of [
      { Contents: [{ Key: `${PREFIX}/50%.parquet`, Size: 1 }] },
      { CommonPrefixes: [{ Prefix: '%E0%A4%A/' }] },
    ]) {
      const client = { send: async () => ({ EncodingType: 'url', ...page }) }
      await expect(collected(listDataset(client as never, { bucket: BUCKET, prefix: PREFIX }))).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: expect.stringContaining('URL-encoded'),
      })
    }
  })

  test('a bucket that may not be listed: the permission that is missing is named', async () => {
    server.fault(() => ({ status: 403, code: 'AccessDenied' }))
    await expect(list()).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringMatching(/cannot be listed.*s3:ListBucket/),
    })
  })

  test.each<[Record<string, string | null>, number]>([
    [{ region: 'eu' }, 4],
    [{ dt: '2026-01-02' }, 3],
    [{ dt: '2026-01-02', region: 'us' }, 1],
    [{ region: 'nowhere' }, 0],
    [{ nothing: 'x' }, 0],
    [{ region: null }, 0],
  ])('where %o', async (where, count) => {
    await write(orders(100))
    const found = await list({ where })
    expect(found).toHaveLength(count)
    for (const { partition } of found) expect(partition).toMatchObject(where)
  })

  test('where: escapes of any writer, null, empty and hostile values', async () => {
    const values = ['Zürich', 'a/b=c%', '', null, 'NULL', '__HIVE_DEFAULT_PARTITION__']
    await write(tableFromRows(values.map((k, id) => ({ id, k }))), { partitionBy: ['k'] })
    await server.put(`${PREFIX}/k=Z%C3%BCrich/duckdb.parquet`, 'x')
    for (const value of values) {
      const found = await list({ where: { k: value } })
      expect(found.map(({ partition }) => partition['k'])).toEqual(value === 'Zürich' ? [value, value] : [value])
    }
  })

  test('looks into no folder of another partition', async () => {
    await write(orders(100))
    server.reset()
    await write(orders(100))
    const before = server.requests.length
    await list({ where: { region: 'eu', dt: '2026-01-02' } })
    expect(server.requests.length - before).toBe(3)
  })

  test('skips hidden names, folders and what is not below the prefix', async () => {
    for (const key of [
      '_SUCCESS',
      '.crc',
      '_temporary/0/a.parquet',
      '.hidden/a.parquet',
      'dt=1/',
      'dt=1/_a=1.parquet',
    ]) {
      await server.put(`${PREFIX}/${key}`, ' ')
    }
    await server.put(`${PREFIX}/_dt=1/a.parquet`, 'x')
    await server.put(`${PREFIX}2/a.parquet`, 'x')
    expect((await list()).map(({ key }) => key)).toEqual([`${PREFIX}/_dt=1/a.parquet`])
    expect((await list({ where: { _dt: '1' } })).map(({ bytes }) => bytes)).toEqual([1])
  })

  test('owner and payer go with the requests and the files', async () => {
    await write(orders(3))
    const further = { expectedBucketOwner: '123456789012', requestPayer: 'requester' } as const
    const [file] = await list(further)
    expect(file).toMatchObject(further)
    expect(server.requests.at(-1)?.headers).toMatchObject({
      'x-amz-expected-bucket-owner': '123456789012',
      'x-amz-request-payer': 'requester',
    })
  })

  test('arguments and failures', async () => {
    expect(() => listDataset(client, { bucket: BUCKET } as never)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
    expect(() => listDataset(client, 'lake' as never)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
    expect(() => listDataset(client, { ...LOCATION, where: { a: 1 as never } })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
    await expect(list({ bucket: 'none' })).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })
})

describe('readDataset', () => {
  const sorted = (table: Table) => Array.from(rowsFromTable(table)).sort((a, b) => Number(a['id']) - Number(b['id']))

  test('gives the rows back, with their partitions as last columns', async () => {
    const table = orders(200)
    const { files } = await write(table)
    const expected = Array.from(rowsFromTable(table), (row) => ({
      ...row,
      dt: (row['at'] as Date).toISOString().slice(0, 10),
    }))
    for (const given of [files, listDataset(client, LOCATION)]) {
      const found = await read(given)
      expect(found.schema.names).toEqual(['id', 'at', 'amount', 'note', 'region', 'dt'])
      expect(sorted(found)).toEqual(expected)
    }
  })

  test('partitionTypes', async () => {
    const table = tableFromRows([
      { id: 1, n: 5n, day: new Date('2026-01-05') },
      { id: 2, n: null, day: null },
    ])
    const { files } = await write(table, { partitionBy: ['n', byDay('day')] })
    const found = await read(files, { partitionTypes: { n: 'int64', dt: 'date' } })
    expect(sorted(found)).toEqual([
      { id: 1, n: 5n, day: new Date('2026-01-05'), dt: new Date('2026-01-05') },
      { id: 2, n: null, day: null, dt: null },
    ])
    await expect(read(files, { partitionTypes: { other: 'int64' } })).rejects.toMatchObject({ code: 'COLUMN_UNKNOWN' })
    await expect(read(files, { partitionTypes: { dt: 'int64' } })).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { column: 'dt' },
    })
  })

  test("a column of the file's own wins; keys alone tell partitions too", async () => {
    await server.put('a/k=path/x.csv', encodeCsv(tableFromRows([{ k: 'file', v: 1n }])))
    expect(sorted(await read([{ bucket: BUCKET, key: 'a/k=path/x.csv' }]))).toEqual([{ k: 'file', v: 1n }])
    await server.put('a/k=path/y.csv', encodeCsv(tableFromRows([{ v: 1n }])))
    expect(sorted(await read([{ bucket: BUCKET, key: 'a/k=path/y.csv' }]))).toEqual([{ v: 1n, k: 'path' }])
  })

  test('files that differ are refused, with the column', async () => {
    await server.put('a/k=1/x.csv', 'v\n1\n')
    await server.put('a/k=1/y.csv', 'v\ntext\n')
    await server.put('a/j=1/z.csv', 'v\n1\n')
    const at = (name: string) => ({ bucket: BUCKET, key: `a/${name}.csv` })
    await expect(read([at('k=1/x'), at('k=1/y')])).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { column: 'v' },
    })
    await expect(read([at('k=1/x'), at('j=1/z')])).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
      position: { column: 'k' },
    })
    expect((await read([at('k=1/x'), at('k=1/y')], { codec: { schema: { v: 'string' } } })).numRows).toBe(2)
    await expect(read([at('k=1/x'), { bucket: BUCKET, key: 'a/none' }])).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
    })
  })

  test('arguments', async () => {
    expect(() => readDataset(client, 5 as never)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
    expect(() => readDataset(client, [], { codec: { nope: 1 } as never })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
    expect(() => readDataset(client, [], { partitionTypes: { a: 'number' as never } })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
    expect((await read([])).numRows).toBe(0)
    await expect(read([{ key: 'a' } as never])).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})

describe('dropStaleFiles', () => {
  test('deletes what other runs left in the partitions written, and nothing else', async () => {
    await write(orders(300), { name: 'old' })
    const one = await write(orders(300).slice(0, 7), { name: 'new' })
    expect(one.files).toHaveLength(3)
    for (const key of ['region=eu/dt=2026-01-01/_x', 'region=eu/dt=2026-01-01/sub/x.parquet', 'region=eu/x.parquet']) {
      await server.put(`${PREFIX}/${key}`, 'x')
    }
    await server.put(`${PREFIX}/region=eu/dt=2026-01-01/x +é.csv`, 'x')
    const all = server.keys()
    const deleted = await dropStaleFiles(client, one, LOCATION)
    expect(deleted).toEqual(
      [
        `${PREFIX}/region=asia/dt=2026-01-01/old-00000.parquet`,
        `${PREFIX}/region=eu/dt=2026-01-01/old-00000.parquet`,
        `${PREFIX}/region=eu/dt=2026-01-01/x +é.csv`,
        `${PREFIX}/region=us/dt=2026-01-01/old-00000.parquet`,
      ].sort(),
    )
    expect(server.keys().sort()).toEqual(all.filter((key) => !deleted.includes(key)).sort())
    expect(await dropStaleFiles(client, one, LOCATION)).toEqual([])
  })

  test('fewer files of one name: the further ones of the run before go', async () => {
    await write(orders(3000), { partitionBy: [], targetBytes: 20_000 })
    const shorter = await write(orders(300), { partitionBy: [], targetBytes: 20_000 })
    await dropStaleFiles(client, shorter, LOCATION)
    expect(server.keys().sort()).toEqual(shorter.files.map(({ key }) => key).sort())
  })

  test('a file elsewhere: KEY_OUTSIDE_PREFIX, and nothing is deleted', async () => {
    const made = await write(orders(10))
    await server.put(`${PREFIX}/region=eu/dt=2026-01-01/x.parquet`, 'x')
    const keys = server.keys()
    for (const location of [
      { ...LOCATION, prefix: 'processed/order' },
      { ...LOCATION, bucket: 'other' },
    ]) {
      await expect(dropStaleFiles(client, made, location)).rejects.toMatchObject({ code: 'KEY_OUTSIDE_PREFIX' })
    }
    expect(server.keys()).toEqual(keys)
    await expect(dropStaleFiles(client, {} as never, LOCATION)).rejects.toMatchObject({
      code: expect.stringMatching(/OPTION|TYPE/),
    })
  })

  test('what S3 does not delete is WRITE_FAILED', async () => {
    const made = await write(orders(10))
    await server.put(`${PREFIX}/region=eu/dt=2026-01-01/x.parquet`, 'x')
    server.fault(({ query }) => ('delete' in query ? { status: 403, code: 'AccessDenied' } : undefined))
    await expect(dropStaleFiles(client, made, LOCATION)).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  })
})

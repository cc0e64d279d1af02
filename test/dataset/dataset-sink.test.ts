import { pipeline } from 'node:stream/promises'
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { Dictionary, Field, Int32, Schema, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codecFor } from '../../src/codecs/codec-for.ts'
import { csv } from '../../src/codecs/csv/csv.ts'
import { ndjson } from '../../src/codecs/json/json.ts'
import { decodeParquet, parquet } from '../../src/codecs/parquet/parquet.ts'
import { rowsFromTable } from '../../src/columns/rows-from-table.ts'
import { tableFromRows } from '../../src/columns/table-from-rows.ts'
import { byBucket } from '../../src/dataset/by-bucket.ts'
import { byHash } from '../../src/dataset/by-hash.ts'
import { byDay, byHour, byMonth } from '../../src/dataset/by-period.ts'
import { type DatasetSinkOptions, type DatasetTarget, datasetSink } from '../../src/dataset/dataset-sink.ts'
import { parseHivePath } from '../../src/dataset/hive-path.ts'
import { rowsByHyparquet, tableByParquetWasm } from '../codecs/parquet/support/parquet-oracles.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { askDuckdb, cut, NOTHING, nothingLeft, objectsOf, orders, PREFIX, streamOf, TARGET } from './support.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server()
  client = server.client()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const quick: DatasetSinkOptions = { sleep: async () => {} }
const write = (table: Table, target: Partial<DatasetTarget> = {}, options: DatasetSinkOptions = quick) =>
  datasetSink(client, { ...TARGET, ...target }, options)(streamOf(table.batches))

describe('datasetSink: what it writes', () => {
  test('a file for each partition, keys as Hive has them, plain columns out of the file, rules in it', async () => {
    const table = orders(100)
    const result = await write(table, { partitionBy: ['region', byDay('at')] })
    expect(result.rows).toBe(100)
    expect(result.files).toHaveLength(12)
    const [first] = result.files
    expect(first).toEqual({
      bucket: BUCKET,
      key: `${PREFIX}/region=eu/dt=2026-01-01/batch-1-00000.parquet`,
      partition: { region: 'eu', dt: '2026-01-01' },
      rows: expect.any(Number),
      bytes: expect.any(Number),
      eTag: expect.stringMatching(/^".*"$/),
    })
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
    const objects = await objectsOf(server)
    expect([...objects.keys()].sort()).toEqual(result.files.map(({ key }) => key).sort())
    expect(result.bytes).toBe([...objects.values()].reduce((sum, bytes) => sum + bytes.length, 0))
    let rows = 0
    for (const { key, partition, rows: count } of result.files) {
      const read = await decodeParquet(objects.get(key) ?? new Uint8Array())
      expect(read.schema.names).toEqual(['id', 'at', 'amount', 'note'])
      expect(read.numRows).toBe(count)
      expect(parseHivePath(key)).toEqual(partition)
      rows += count
    }
    expect(rows).toBe(100)
    expect(server.openUploads()).toBe(0)
    const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: first?.key ?? '' }))
    expect(head.ContentType).toBe('application/vnd.apache.parquet')
  })

  test('DuckDB, hyparquet and parquet-wasm read the rows as they were', async () => {
    const table = orders(5000, ['eu', 'us', ''], 30)
    await write(table, { partitionBy: ['region', byMonth('at'), byBucket('id', 4)] })
    const objects = await objectsOf(server)
    const rows = await askDuckdb(objects, 'select id, region, epoch_ms("at"), amount, note from {} order by id')
    const expected = Array.from(rowsFromTable(table), ({ id, region, at, amount, note }) => [
      String(id),
      region,
      String(Number(at)),
      amount,
      note,
    ])
    expect(rows).toEqual(expected)
    let count = 0
    for (const bytes of objects.values()) {
      const rows = await rowsByHyparquet(bytes)
      const ids = rows.map(({ id }) => id)
      expect([...(tableByParquetWasm(bytes).getChild('id') ?? [])]).toEqual(ids)
      count += ids.length
    }
    expect(count).toBe(5000)
  })

  test('values and names of any letters, null and empty: DuckDB reads them back', async () => {
    const values = [
      'a/b',
      'a=b',
      '100%',
      '%41',
      '',
      null,
      'NULL',
      '__HIVE_DEFAULT_PARTITION__',
      '\u0001\n',
      'é 👍🏽',
      '..',
      '"',
      "'",
      ' ',
      '__proto__',
      'report.csv',
      'x.parquet',
    ]
    const table = tableFromRows(values.map((value, id) => ({ id, 'k=/é %': value })))
    const result = await write(table, { partitionBy: ['k=/é %'] })
    expect(result.files.map(({ partition }) => partition['k=/é %'])).toEqual(values)
    expect(result.files.every(({ key }) => key.split('/').length === 4)).toBe(true)
    const rows = await askDuckdb(await objectsOf(server), 'select * from {} order by id')
    expect(rows.map(([, value]) => value)).toEqual(values)
  })

  test.each<[string, DatasetTarget['format'], string]>([
    ['csv', csv(), 'csv'],
    ['ndjson', ndjson(), 'ndjson'],
    ['parquet with options', parquet({ compression: 'gzip', pageIndex: true }), 'parquet'],
    ['compressed CSV', codecFor('x.csv.gz'), 'csv.gz'],
    ['compressed NDJSON', codecFor('x.jsonl.zst'), 'ndjson.zst'],
  ])('format %s, by its ending', async (_, format, ending) => {
    const table = orders(3000)
    const target = { partitionBy: ['region'], ...(format && { format }) }
    const result = await write(table, target, { ...quick, maxBufferedBytes: 64 * 1024 })
    expect(result.files.every(({ key }) => key.endsWith(`.${ending}`))).toBe(true)
    const ids: unknown[] = []
    for (const { key } of result.files) {
      for await (const batch of codecFor(key).read(await server.get(key))) ids.push(...(batch.getChild('id') ?? []))
    }
    expect(ids.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 3000 }, (_, id) => BigInt(id)))
  })

  test('nothing partitioned is one file; a prefix with its slash, or none', async () => {
    await write(orders(10), { prefix: 'a/' })
    await write(orders(10), { prefix: '' })
    await write(orders(10), { prefix: 'a' })
    expect(server.keys().sort()).toEqual(['a/batch-1-00000.parquet', 'batch-1-00000.parquet'])
  })

  test('empty: one empty file, none when partitioned, TYPE_MISMATCH without a batch', async () => {
    const empty = orders(3).slice(0, 0)
    const batches = [orders(1).batches[0]?.slice(0, 0)].flatMap((batch) => batch ?? [])
    expect(empty.numRows).toBe(0)
    const sink = datasetSink(client, TARGET, quick)
    expect(await sink(batches)).toMatchObject({ files: [{ rows: 0, partition: {} }], rows: 0 })
    expect((await decodeParquet(await server.get(`${PREFIX}/batch-1-00000.parquet`))).schema.names).toHaveLength(5)
    const partitioned = datasetSink(client, { ...TARGET, name: 'x', partitionBy: ['region'] }, quick)
    expect(await partitioned(batches)).toEqual({ files: [], rows: 0, bytes: 0 })
    await expect(sink([])).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(server.keys()).toHaveLength(1)
    expect(server.openUploads()).toBe(0)
  })

  test('dictionaries are written as their values, and partition as these', async () => {
    const type = new Dictionary(new Utf8(), new Int32())
    const table = new Table({
      k: vectorFromArray(['a', 'b', null, 'a'], type),
      v: vectorFromArray(['x', null, 'y', 'x'], type),
    })
    const result = await write(table, { partitionBy: ['k'] })
    expect(result.files.map(({ partition, rows }) => [partition['k'], rows])).toEqual([
      ['a', 2],
      ['b', 1],
      [null, 1],
    ])
    expect(await askDuckdb(await objectsOf(server), 'select k, v from {} order by k nulls last, v')).toEqual([
      ['a', 'x'],
      ['a', 'x'],
      ['b', null],
      [null, 'y'],
    ])
  })

  test('what goes with every file: headers, owner', async () => {
    const target = {
      serverSideEncryption: 'aws:kms',
      storageClass: 'STANDARD_IA',
      expectedBucketOwner: '123456789012',
    } as const
    await write(orders(10), { ...target, contentType: 'x/y', partitionBy: ['region'] })
    const created = server.requests.filter(({ method, query }) => method === 'POST' && 'uploads' in query)
    expect(created).toHaveLength(3)
    for (const { headers } of created) {
      expect(headers).toMatchObject({
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-storage-class': 'STANDARD_IA',
        'content-type': 'x/y',
      })
    }
    expect(server.requests.every(({ headers }) => headers['x-amz-expected-bucket-owner'] === '123456789012')).toBe(true)
  })

  test('three requests a file', async () => {
    const { files } = await write(orders(100), { partitionBy: ['region', byHour('at')] })
    expect(server.requests).toHaveLength(3 * files.length)
  })
})

describe('datasetSink: full files and little memory', () => {
  test('targetBytes ends a file, the rest goes into further ones', async () => {
    const { files } = await write(orders(10_000), { partitionBy: ['region'], targetBytes: 32 * 1024 })
    expect(files.length).toBeGreaterThan(9)
    const names = files.filter(({ partition }) => partition['region'] === 'eu').map(({ key }) => key.slice(-13, -8))
    expect(names).toEqual(['00000', '00001', '00002', '00003'])
    expect(await askDuckdb(await objectsOf(server), 'select count(*), count(distinct id), sum(id) from {}')).toEqual([
      ['10000', '10000', '49995000'],
    ])
  })

  test('a file of many parts', async () => {
    const text = 'x'.repeat(100)
    const table = tableFromRows(Array.from({ length: 150_000 }, (_, id) => ({ id, text: `${id}${text}${id * 7919}` })))
    const { files } = await write(table, { format: parquet({ compression: 'none' }) })
    expect(files).toHaveLength(1)
    expect(server.requests.filter(({ query }) => 'partNumber' in query).length).toBeGreaterThan(2)
    expect((await decodeParquet(await server.get(files[0]?.key ?? ''))).numRows).toBe(150_000)
  })

  test('running again replaces, and never adds', async () => {
    const target = { partitionBy: ['region', byDay('at')] }
    const first = await write(orders(500), target)
    const again = await write(orders(500), target)
    expect(again.files.map(({ key, rows }) => [key, rows])).toEqual(first.files.map(({ key, rows }) => [key, rows]))
    expect(server.keys()).toHaveLength(first.files.length)
  })
})

describe('datasetSink: what it refuses', () => {
  test.each<[string, string, Partial<DatasetTarget>]>([
    ['a partition on no column', 'COLUMN_UNKNOWN', { partitionBy: ['nope'] }],
    ['a rule on no column', 'COLUMN_UNKNOWN', { partitionBy: [byDay('nope')] }],
    ['a day of text', 'TYPE_MISMATCH', { partitionBy: [byDay('note')] }],
    ['a bucket of floats', 'TYPE_MISMATCH', { partitionBy: [byBucket('amount', 4)] }],
    ['no column left', 'OPTION_INVALID', { partitionBy: ['id', 'region', 'at', 'amount', 'note'] }],
    ['a header that HTTP cannot carry', 'OPTION_INVALID', { cacheControl: 'é' }],
  ])('%s: %s, and nothing is sent', async (_, code, target) => {
    await expect(write(orders(10), target)).rejects.toMatchObject({ code })
    expect(server.requests).toEqual([])
  })

  test.each<[string, string, object]>([
    ['an empty name', 'OPTION_INVALID', { name: '' }],
    ['a hidden name', 'OPTION_INVALID', { name: '_a' }],
    ['a name with a slash', 'OPTION_INVALID', { name: 'a/b' }],
    ['a long name', 'OPTION_INVALID', { name: 'a'.repeat(201) }],
    ['no prefix', 'OPTION_INVALID', { prefix: undefined }],
    ['a prefix that climbs', 'OPTION_INVALID', { prefix: 'a/../b' }],
    ['two partitions of one name', 'COLUMN_CONFLICT', { partitionBy: [byHash(['id'], 2), byHash(['at'], 2)] }],
    ['a column twice', 'COLUMN_CONFLICT', { partitionBy: ['id', 'id'] }],
    ['no bytes', 'OPTION_INVALID', { targetBytes: 0 }],
    ['no open files', 'OPTION_INVALID', { maxOpen: 0 }],
    ['metadata', 'OPTION_INVALID', { metadata: {} }],
    ['a key', 'OPTION_INVALID', { key: 'a' }],
    ['no codec', 'TYPE_MISMATCH', { format: 'parquet' }],
    ['a partition that is neither name nor rule', 'TYPE_MISMATCH', { partitionBy: [{ column: 'id' }] }],
  ])('%s: %s at once', (_, code, target) => {
    expect(() => datasetSink(client, { ...TARGET, ...target } as DatasetTarget)).toThrow(
      expect.objectContaining({ code }),
    )
  })

  test('unknown options, and what is no stream of batches', async () => {
    expect(() => datasetSink(client, TARGET, { maxBuffered: 1 } as never)).toThrow(/maxBufferedBytes/)
    expect(() => datasetSink({} as never, TARGET)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }))
    const sink = datasetSink(client, TARGET)
    await expect(sink(5 as never)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(sink([{ id: 1 }] as never)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(server.requests).toEqual([])
  })

  test('a batch of other columns', async () => {
    const other = tableFromRows([{ id: 1n, region: 'eu', at: 'x', amount: 1, note: '' }])
    const batches = [...orders(10).batches, ...other.batches]
    const sink = datasetSink(client, { ...TARGET, partitionBy: ['region'] }, quick)
    await expect(sink(batches)).rejects.toMatchObject({ code: 'TYPE_MISMATCH', position: { column: 'at' } })
    expect(nothingLeft(server)).toEqual(NOTHING)
  })

  test('a key over 1,024 bytes, of letters as UTF-8', async () => {
    const table = tableFromRows([{ id: 1, k: 'é'.repeat(500) }])
    await expect(write(table, { partitionBy: ['k'] })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect(server.requests).toEqual([])
    await write(tableFromRows([{ id: 1, k: 'é'.repeat(450) }]), { partitionBy: ['k'] })
  })

  test('10,001 partitions, found before anything is sent', async () => {
    const table = tableFromRows(Array.from({ length: 10_001 }, (_, k) => ({ k: BigInt(k), v: 1n })))
    const failure = { code: 'LIMIT_EXCEEDED', message: expect.stringContaining('10000 partitions') }
    await expect(write(table, { partitionBy: ['k'] })).rejects.toMatchObject(failure)
    await expect(write(table, { partitionBy: ['v', byBucket('k', 2 ** 30)] })).rejects.toMatchObject(failure)
    expect(server.requests).toEqual([])
  })

  test('partition text that is not UTF-8', async () => {
    const table = new Table(new Schema([new Field('k', new Utf8()), new Field('v', new Utf8())]), {
      k: vectorFromArray(['ab'], new Utf8()),
      v: vectorFromArray(['ab'], new Utf8()),
    } as never)
    table.getChild('k')?.data[0]?.values.fill(0xff)
    await expect(write(table, { partitionBy: ['k'] })).rejects.toMatchObject({ code: 'ENCODING_INVALID' })
    expect(server.requests).toEqual([])
  })

  test('what the format refuses leaves nothing', async () => {
    const table = orders(300)
    table.getChild('note')?.data[0]?.values.fill(0xff, 900)
    await expect(write(table, { partitionBy: ['region'] })).rejects.toMatchObject({ code: 'ENCODING_INVALID' })
    expect(nothingLeft(server)).toEqual(NOTHING)
  })
})

test('at the end of a pipeline', async () => {
  const result = await pipeline(cut(orders(50), 7), datasetSink(client, { ...TARGET, partitionBy: ['region'] }, quick))
  expect(result).toMatchObject({ rows: 50 })
})

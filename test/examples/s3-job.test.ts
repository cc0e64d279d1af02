import { gzipSync } from 'node:zlib'
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import { s3Event } from '../../demo/s3-event.ts'
import { createHandler } from '../../examples/s3-job/handler.ts'
import { createPartitionedHandler } from '../../examples/s3-job/partitioned.ts'
import { decodeParquet, encodeParquet, rowsFromTable, tableFromRows } from '../../src/codecs/index.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server()
  client = server.client()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

async function land(key: string, body: Uint8Array | string, options: Parameters<typeof createHandler>[0] = {}) {
  await server.put(key, body)
  return createHandler({ client, ...options })(s3Event(BUCKET, key, body.length))
}
const rowsOf = async (key: string) => [...rowsFromTable(await decodeParquet(await server.get(key)))]
const metadataOf = async (key: string) => client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }))

/** What was logged, line by line, each of them JSON. */
function linesOf(log: MockInstance<typeof console.error>): unknown[] {
  const lines = log.mock.calls.map((given) => JSON.parse(given.join(' ')))
  log.mockRestore()
  return lines
}

const csv = `Event ID,User ID,Amount,Status,Created At
a,u1,19.5,paid,2026-01-05T09:00:00Z
b,u2,,paid,2026-01-05T09:01:00Z
a,u1,19.5,paid,2026-01-05T09:00:00Z
c,u3,1,,
`
const expected = (processedAt: Date) => {
  const [date, time] = processedAt.toISOString().replaceAll(/[-:]/g, '').split(/[T.]/)
  const added = { processed_at: processedAt, batch_id: `batch_${date}_${time}` }
  return [
    {
      event_id: 'a',
      user_id: 'u1',
      amount: 19.5,
      status: 'paid',
      created_at: new Date('2026-01-05T09:00:00Z'),
      ...added,
    },
    { event_id: 'b', user_id: 'u2', amount: 0, status: 'paid', created_at: new Date('2026-01-05T09:01:00Z'), ...added },
    { event_id: 'c', user_id: 'u3', amount: 1, status: 'unknown', created_at: processedAt, ...added },
  ]
}

describe('the S3 job, partitioned', () => {
  test('a folder for each day, the same keys in every run, and the same rows as in one file', async () => {
    const handler = createPartitionedHandler({ client })
    await server.put('landing/orders.csv', csv)
    const event = s3Event(BUCKET, 'landing/orders.csv', csv.length)
    const [first] = await handler(event)
    expect(first).toMatchObject({ source: 'landing/orders.csv', rowsIn: 4, rowsOut: 3 })
    expect(first?.files.map((key) => key.replace(/[0-9a-f]{32}/, 'NAME'))).toEqual([
      'processed/dt=2026-01-05/NAME-00000.parquet',
      expect.stringMatching(/^processed\/dt=\d{4}-\d\d-\d\d\/NAME-00000\.parquet$/),
    ])
    expect(await rowsOf(first?.files[0] ?? '')).toMatchObject([{ event_id: 'a' }, { event_id: 'b' }])
    const [second] = await handler(event)
    expect(second?.files).toEqual(first?.files)
  })
})

describe('the S3 job', () => {
  const objects = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [id, user, amount, status, at] = line.split(',')
      return {
        'Event ID': id,
        'User ID': user,
        Amount: amount === '' ? null : Number(amount),
        Status: status || null,
        'Created At': at ? new Date(at) : null,
      }
    })
  const json = JSON.stringify(objects)
  const forms: [string, () => Uint8Array | string | Promise<Uint8Array>][] = [
    ['x.csv', () => csv],
    ['x.CSV.gz', () => gzipSync(csv)],
    ['x.tsv', () => csv.replaceAll(',', '\t')],
    ['x.json', () => json],
    ['x.ndjson', () => objects.map((row) => JSON.stringify(row)).join('\n')],
    ['x.parquet', () => encodeParquet(tableFromRows(objects))],
  ]
  test.each(forms)('turns landing/%s into the same clean Parquet', async (name, body) => {
    const before = Date.now()
    const results = await land(`landing/${name}`, await body())
    const output = 'processed/x.parquet'
    expect(results).toEqual([{ source: `landing/${name}`, output, rowsIn: 4, rowsOut: 3, bytes: expect.any(Number) }])

    const { Metadata, ContentType } = await metadataOf(output)
    const processedAt = new Date(String(Metadata?.['processed_at']))
    expect(processedAt.getTime()).toBeGreaterThanOrEqual(before)
    expect(Metadata).toEqual({ source: `landing/${name}`, processed_at: processedAt.toISOString(), row_count: '3' })
    expect(ContentType).toBe('application/vnd.apache.parquet')
    expect(await rowsOf(output)).toEqual(expected(processedAt))
  })

  test('header only is a valid output without rows', async () => {
    expect(await land('landing/x.csv', 'Event ID,Amount\n')).toMatchObject([{ rowsIn: 0, rowsOut: 0 }])
    expect(await rowsOf('processed/x.parquet')).toEqual([])
    expect((await metadataOf('processed/x.parquet')).Metadata).toMatchObject({ row_count: '0' })
  })

  test('keys with spaces and letters beyond ASCII, and a column called __proto__', async () => {
    await land('landing/été 2026/mes+ventes.csv', '__proto__,A b,a_b\n1,2,3\n')
    expect((await metadataOf('processed/été 2026/mes+ventes.parquet')).Metadata).toMatchObject({
      source: encodeURI('landing/été 2026/mes+ventes.csv'),
    })
    const [row] = await rowsOf('processed/été 2026/mes+ventes.parquet')
    expect(Object.keys(row ?? {}).slice(0, 3)).toEqual(['__proto__', 'a_b', 'a_b_2'])
  })

  test('rows refused one by one reach the callback, and the rest goes on', async () => {
    const refused: unknown[] = []
    const body = 'a,b\n1,2\n3\n4,5,6\n7,8\n'
    const results = await land('landing/x.csv', body, { codec: { onInvalidRow: (row) => refused.push(row) } })
    expect(results).toMatchObject([{ rowsIn: 2 }])
    expect(refused).toMatchObject([
      { line: 3, code: 'CSV_INVALID', reason: expect.any(String) },
      { line: 4, code: 'CSV_INVALID', reason: expect.any(String) },
    ])
  })

  test('the test event of S3 does nothing', async () => {
    expect(await createHandler({ client })({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: BUCKET })).toEqual([])
  })
})

describe('the S3 job on what it cannot read: a typed error, nothing written, no upload left', () => {
  const parquet = encodeParquet(tableFromRows([{ a: 1 }]))
  test.each<[string, string, () => Uint8Array | string | Promise<Uint8Array>, string]>([
    ['an empty file', 'landing/x.csv', () => '', 'CSV_INVALID'],
    ['a ragged row', 'landing/x.csv', () => 'a,b\n1\n', 'CSV_INVALID'],
    ['an unclosed quote', 'landing/x.csv', () => 'a,b\n1,"2\n', 'CSV_INVALID'],
    ['invalid UTF-8', 'landing/x.csv', () => Uint8Array.from([97, 10, 0xff, 10]), 'ENCODING_INVALID'],
    ['truncated gzip', 'landing/x.csv.gz', () => gzipSync(csv.repeat(50)).subarray(0, 60), 'ENCODING_INVALID'],
    ['JSON cut in the middle', 'landing/x.json', () => '[{"a":1},{"a"', 'JSON_INVALID'],
    ['not a Parquet file', 'landing/x.parquet', () => csv, 'PARQUET_INVALID'],
    ['truncated Parquet', 'landing/x.parquet', async () => (await parquet).subarray(0, 30), 'PARQUET_INVALID'],
    ['an unknown ending', 'landing/x.xlsx', () => 'x', 'UNSUPPORTED_FORMAT'],
    ['a key outside the prefix', 'landing2/x.csv', () => csv, 'KEY_OUTSIDE_PREFIX'],
    ['a key that climbs', 'landing/../x.csv', () => csv, 'KEY_OUTSIDE_PREFIX'],
  ])('%s', async (_, key, body, code) => {
    const bytes = await body()
    await server.put('landing/kept', bytes)
    // The server normalizes keys that climb: the event alone carries it.
    if (!key.includes('..')) await server.put(key, bytes)
    const kept = server.keys()
    const requests = server.requests.length
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    await expect(createHandler({ client })(s3Event(BUCKET, key, bytes.length))).rejects.toMatchObject({
      name: code,
      code,
    })
    expect(linesOf(log)).toEqual([expect.objectContaining({ level: 'ERROR', bucket: BUCKET, key, code })])
    expect(server.keys()).toEqual(kept)
    expect(server.openUploads()).toBe(0)
    expect(server.requests.slice(requests).filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([])
  })

  test('its log line has the position, and no data', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    await server.put('landing/x.csv', 'a,b\n1,2\nsecret\n')
    await expect(createHandler({ client })(s3Event(BUCKET, 'landing/x.csv', 1))).rejects.toThrow()
    const place = { bucket: BUCKET, key: 'landing/x.csv', code: 'CSV_INVALID', position: { line: 3, row: 2 } }
    expect(linesOf(log)).toEqual([{ level: 'ERROR', ...place, message: expect.not.stringContaining('secret') }])
  })

  test.each([
    ['gone', 'NoSuchKey', 404, 'SOURCE_UNAVAILABLE'],
    ['access denied', 'AccessDenied', 403, 'SOURCE_UNAVAILABLE'],
  ])('%s', async (_, name, status, code) => {
    await server.put('landing/x.csv', csv)
    server.fault(() => ({ status, code: name }))
    const run = createHandler({ client })(s3Event(BUCKET, 'landing/x.csv', 1))
    await expect(run).rejects.toMatchObject({ code, cause: { name } })
    expect(server.keys()).toEqual(['landing/x.csv'])
  })

  test('changed while it is read', async () => {
    const body = `a,b\n${'1,2\n'.repeat(100_000)}`
    await server.put('landing/x.csv', body)
    server.fault(({ method }) => (method === 'GET' ? { breakAfter: 100_000 } : undefined))
    const run = createHandler({ client })(s3Event(BUCKET, 'landing/x.csv', body.length))
    const change = new Promise<void>((resolve, reject) =>
      setTimeout(() => server.put('landing/x.csv', 'a,b\n').then(resolve, reject), 15),
    )
    await expect(Promise.all([run, change])).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(server.keys()).toEqual(['landing/x.csv'])
  })

  test('a write that is refused', async () => {
    await server.put('landing/x.csv', csv)
    server.fault(({ method }) => (method === 'PUT' ? { status: 403, code: 'AccessDenied' } : undefined))
    const run = createHandler({ client })(s3Event(BUCKET, 'landing/x.csv', 1))
    await expect(run).rejects.toMatchObject({ code: 'WRITE_FAILED', cause: { name: 'AccessDenied' } })
    expect(server.keys()).toEqual(['landing/x.csv'])
  })
})

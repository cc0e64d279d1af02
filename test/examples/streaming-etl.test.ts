import type { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createCompact } from '../../examples/streaming-etl/compact.ts'
import { createIngest } from '../../examples/streaming-etl/ingest.ts'
import { createRedrive } from '../../examples/streaming-etl/redrive.ts'
import { askDuckdb, objectsOf } from '../dataset/support.ts'
import { type KinesisServer, startKinesis } from '../support/kinesis-server.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'

const STREAM = 'events'
const SHARD = 'shardId-000000000000'
let kinesis: KinesisServer
let server: S3Server
let client: S3Client

beforeAll(async () => {
  kinesis = await startKinesis()
  server = await startS3Server()
  client = server.client()
  await kinesis.client.createStream({ StreamName: STREAM, ShardCount: 1 })
  await vi.waitUntil(async () => {
    const { StreamDescription } = await kinesis.client.describeStream({ StreamName: STREAM })
    return StreamDescription?.StreamStatus === 'ACTIVE'
  })
})
afterAll(async () => {
  await kinesis.close()
  await server.close()
})
beforeEach(async () => {
  server.reset()
  // The stream stamps records with its own clock, and a test must not see two hours.
  await vi.waitUntil(() => Date.now() % 3_600_000 < 3_585_000, { timeout: 20_000 })
})

/** The records that Lambda makes of these payloads, taken through a real stream. */
async function throughStream(payloads: readonly string[]) {
  const place = { StreamName: STREAM, ShardId: SHARD, ShardIteratorType: 'LATEST' } as const
  const { ShardIterator } = await kinesis.client.getShardIterator(place)
  for (const payload of payloads) {
    await kinesis.client.putRecord({ StreamName: STREAM, PartitionKey: 'user', Data: Buffer.from(payload) })
  }
  const { Records = [] } = await kinesis.client.getRecords({ ShardIterator })
  return Records.map((record) => ({
    eventSource: 'aws:kinesis',
    eventSourceARN: `arn:aws:kinesis:eu-west-1:000000000000:stream/${STREAM}`,
    eventID: `${SHARD}:${record.SequenceNumber}`,
    kinesis: {
      data: Buffer.from(record.Data ?? []).toString('base64'),
      partitionKey: record.PartitionKey ?? '',
      sequenceNumber: record.SequenceNumber ?? '',
      approximateArrivalTimestamp: Number(record.ApproximateArrivalTimestamp) / 1000,
    },
  }))
}

const event = (id: string, more: object = {}) => JSON.stringify({ event_id: id, event_type: 'purchase', ...more })
const hourNow = () => new Date().toISOString().slice(0, 13).replace('T', '-')
const processed = async () => {
  const objects = new Map(await objectsOf(server, 'processed/'))
  return askDuckdb(objects, 'select event_id, count(*) as n from {} group by all order by all')
}

test('duplicates, a poison record, a batch cut otherwise, and late records: each event once', async () => {
  const ingest = createIngest({ client, bucket: BUCKET })
  const compact = createCompact({ client, bucket: BUCKET })
  const redrive = createRedrive({ client, kinesis: kinesis.client, bucket: BUCKET })
  const hour = hourNow()
  const records = await throughStream([
    event('a', { amount: 1.5 }),
    event('b', { n: 7 }),
    event('a'),
    'no JSON',
    event('c'),
    event('d'),
  ])
  const ids = records.map(({ kinesis: { sequenceNumber } }) => sequenceNumber)

  const first = await ingest({ Records: records })
  expect(first.batchItemFailures).toEqual([{ itemIdentifier: ids[3] }])
  const keys = server.keys()
  // Delivered again, whole and in halves: the same keys, then others with the same records.
  await ingest({ Records: records })
  expect(server.keys().sort()).toEqual(keys.sort())
  expect((await ingest({ Records: records.slice(1, 3) })).batchItemFailures).toEqual([])
  expect(server.keys().length).toBeGreaterThan(keys.length)

  expect(await compact({ hour })).toMatchObject({ rowsIn: 5, rowsOut: 2, files: 1, dropped: 0 })
  expect(await processed()).toEqual([
    ['a', '1'],
    ['b', '1'],
  ])

  // Lambda gave up the rest, and its destination says where it is.
  const failure = {
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
    KinesisBatchInfo: {
      shardId: SHARD,
      startSequenceNumber: ids[3],
      endSequenceNumber: ids[5],
      batchSize: 3,
      streamArn: `arn:aws:kinesis:eu-west-1:000000000000:stream/${STREAM}`,
    },
  }
  const message = { messageId: 'm', eventSource: 'aws:sqs', body: JSON.stringify(failure) }
  expect(await redrive({ Records: [message] })).toEqual({ batchItemFailures: [] })
  expect(Buffer.from(await server.get(`rejected/${ids[3]}`)).toString()).toBe('no JSON')

  await server.put(`processed/hour=${hour}/compacted-00001.parquet`, 'of a larger run')
  expect(await compact({ hour })).toMatchObject({ rowsIn: 7, rowsOut: 4, files: 1, dropped: 1 })
  expect(await processed()).toEqual([
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
    ['d', '1'],
  ])
  const [row] = await askDuckdb(
    await objectsOf(server, 'processed/'),
    "select payload, amount from {} where event_id = 'b'",
  )
  expect(row).toEqual([event('b', { n: 7 }), 0])
})

test('a crash in the middle of a compaction changes nothing that a reader sees; the next run makes it whole', async () => {
  const ingest = createIngest({ client, bucket: BUCKET })
  const compact = createCompact({ client, bucket: BUCKET })
  const hour = hourNow()
  await ingest({ Records: await throughStream([event('a'), event('b')]) })
  await compact({ hour })
  const before = await objectsOf(server, 'processed/')
  await ingest({ Records: await throughStream([event('c')]) })
  server.fault(({ key, query }) =>
    key.startsWith('processed/') && 'partNumber' in query ? { status: 403, code: 'AccessDenied' } : undefined,
  )
  await expect(compact({ hour })).rejects.toMatchObject({ code: 'WRITE_FAILED' })
  expect(await objectsOf(server, 'processed/')).toEqual(before)
  expect(server.openUploads()).toBe(0)
  server.fault(() => undefined)
  await compact({ hour })
  expect(await processed()).toEqual([
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
  ])
})

test('an hour without records, and the hour before a schedule', async () => {
  const compact = createCompact({ client, bucket: BUCKET })
  expect(await compact({ time: '2026-01-05T00:05:00Z' })).toEqual({
    hour: '2026-01-04-23',
    rowsIn: 0,
    rowsOut: 0,
    files: 0,
    dropped: 0,
  })
})

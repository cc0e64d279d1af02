import { CreateTableCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createHandler } from '../../examples/kinesis-job/handler.ts'
import { createTableInput } from '../../src/idempotency/dynamodb-store.ts'
import { type DynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { type KinesisServer, startKinesis } from '../support/kinesis-server.ts'

const STREAM = 'events'
let kinesis: KinesisServer
let dynamoDB: DynamoDBServer
let client: DynamoDBClient
let tableName: string
let idempotencyTableName: string
let tables = 0

beforeAll(async () => {
  kinesis = await startKinesis()
  dynamoDB = await startDynamoDB()
  client = dynamoDB.client()
  await kinesis.client.createStream({ StreamName: STREAM, ShardCount: 1 })
  await vi.waitUntil(async () => {
    const { StreamDescription } = await kinesis.client.describeStream({ StreamName: STREAM })
    return StreamDescription?.StreamStatus === 'ACTIVE'
  })
})
afterAll(async () => {
  await kinesis.close()
  await dynamoDB.close()
})
beforeEach(async () => {
  tableName = `events-${++tables}`
  idempotencyTableName = `idempotency-${tables}`
  await client.send(new CreateTableCommand(createTableInput({ tableName: idempotencyTableName })))
  const key = { AttributeName: 'event_id' }
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      KeySchema: [{ ...key, KeyType: 'HASH' }],
      AttributeDefinitions: [{ ...key, AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
})

/** The event that Lambda makes of these records, taken through a real stream. */
async function throughStream(...payloads: readonly string[]) {
  const { ShardIterator } = await kinesis.client.getShardIterator({
    StreamName: STREAM,
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'LATEST',
  })
  for (const payload of payloads) {
    await kinesis.client.putRecord({ StreamName: STREAM, PartitionKey: 'user', Data: Buffer.from(payload) })
  }
  const { Records = [] } = await kinesis.client.getRecords({ ShardIterator })
  return {
    Records: Records.map((record) => ({
      eventSource: 'aws:kinesis',
      eventID: `shardId-000000000000:${record.SequenceNumber}`,
      kinesis: {
        data: Buffer.from(record.Data ?? []).toString('base64'),
        partitionKey: record.PartitionKey ?? '',
        sequenceNumber: record.SequenceNumber ?? '',
      },
    })),
  }
}

const handle = (event: unknown) =>
  createHandler({ client, tableName, idempotencyTableName })(event, { getRemainingTimeInMillis: () => 60_000 })
async function items() {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }))
  return Items.map((item) => unmarshall(item)).sort((a, b) => (a['event_id'] < b['event_id'] ? -1 : 1))
}

const whole = { event_id: 'e-1', event_type: 'order', user_id: 'u-1', amount: 12.5, note: 'kept' }

describe('the Kinesis job', () => {
  test('records are scored and stored, to expire after a week; a second delivery changes nothing', async () => {
    const event = await throughStream(JSON.stringify(whole), '{"event_id":"e-2","amount":0}')
    expect(await handle(event)).toEqual({ batchItemFailures: [] })
    const stored = await items()
    expect(stored).toMatchObject([
      { ...whole, validation_score: 100 },
      { event_id: 'e-2', amount: 0, validation_score: 25 },
    ])
    const week = 7 * 24 * 60 * 60
    expect(stored[0]?.['ttl']).toBe(Math.floor(Date.parse(stored[0]?.['processed_at']) / 1000) + week)

    expect(await handle(event)).toEqual({ batchItemFailures: [] })
    expect(await items()).toEqual(stored)

    const remembered = await client.send(new ScanCommand({ TableName: idempotencyTableName }))
    expect(remembered.Items).toHaveLength(2)
    const lasts = Number(remembered.Items?.[0]?.['ttl']?.N) - Date.now() / 1000
    expect(Math.abs(lasts - week)).toBeLessThan(60)
  })

  test('the stream goes on from a record that cannot be stored, and what comes after it waits', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const event = await throughStream(JSON.stringify(whole), '{"event_id":""}', '{"event_id":"e-3"}')
    expect(await handle(event)).toEqual({
      batchItemFailures: [{ itemIdentifier: event.Records[1]?.kinesis.sequenceNumber }],
    })
    expect(await items()).toMatchObject([{ event_id: 'e-1' }])
    expect(log.mock.calls).toEqual([[{ id: event.Records[1]?.kinesis.sequenceNumber, code: 'PAYLOAD_INVALID' }]])
    log.mockRestore()
  })

  test('a table that refuses is a failed record, not a failed function', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const event = await throughStream(JSON.stringify(whole))
    const refused = await createHandler({ client, tableName: 'missing', idempotencyTableName })(event)
    expect(refused.batchItemFailures).toHaveLength(1)
    expect(await handle(event)).toEqual({ batchItemFailures: [] })
    expect(await items()).toHaveLength(1)
    log.mockRestore()
  })
})

import { CreateTableCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type DynamoDBEntry, dynamodbWriter } from '../../src/send/dynamodb.ts'
import { type KinesisEntry, kinesisSender } from '../../src/send/kinesis.ts'
import { isSendError, sqsSender } from '../../src/send/sqs.ts'
import { type DynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { type KinesisServer, startKinesis } from '../support/kinesis-server.ts'
import { type SqsServer, startSqs } from '../support/sqs-server.ts'
import { failInPart } from './support/fail-in-part.ts'

describe('sqsSender on fauxqs', () => {
  let server: SqsServer
  let client: SQSClient
  beforeAll(async () => {
    server = await startSqs()
    client = server.client()
  })
  afterAll(() => server.close())

  test('messages end in the queue, attributes and all; what can never fit is refused alone', async () => {
    const queueUrl = await server.queue('plain')
    const entries = Array.from({ length: 25 }, (_, n) => ({
      MessageBody: n === 7 ? 'x'.repeat(1_048_577) : `body ${n} é€`,
      MessageAttributes: { n: { DataType: 'Number', StringValue: `${n}` } },
    }))
    const error: unknown = await sqsSender(client, { queueUrl })(entries).catch((thrown: unknown) => thrown)
    expect(isSendError(error) && [error.report, error.outcomes]).toMatchObject([
      { sent: 24, refused: 1, failed: 0, unknown: 0, requests: 3 },
      [{ index: 7, status: 'refused', error: { code: 'LIMIT_EXCEEDED' } }],
    ])
    expect((await server.drain(queueUrl)).sort()).toEqual(
      entries
        .filter((_, n) => n !== 7)
        .map(({ MessageBody }) => MessageBody)
        .sort(),
    )
  })

  test('a request fills up to the limit of bytes, and the service takes it', async () => {
    const queueUrl = await server.queue('full')
    const body = 'é'.repeat(262_144 / 2)
    const report = await sqsSender(client, { queueUrl })(Array.from({ length: 9 }, () => ({ MessageBody: body })))
    expect(report).toMatchObject({ sent: 9, requests: 3, bytes: 9 * 262_144 })
    expect(await server.drain(queueUrl)).toHaveLength(9)
  })

  test('requests that fail in part: every message is in the queue, once', async () => {
    const queueUrl = await server.queue('partial')
    const flaky = server.client()
    const injected = failInPart(flaky)
    const entries = Array.from({ length: 95 }, (_, n) => ({ MessageBody: `body ${n}` }))
    const report = await sqsSender(flaky, { queueUrl }, { baseMs: 1, attempts: 20 })(entries)
    expect(report).toMatchObject({ sent: 95, failed: 0, unknown: 0, retries: injected.held })
    expect(injected.held).toBeGreaterThan(0)
    expect((await server.drain(queueUrl)).sort()).toEqual(entries.map(({ MessageBody }) => MessageBody).sort())
  })

  test('a FIFO queue keeps the order of each group, through partial failures and lost answers', async () => {
    const { QueueUrl: queueUrl = '' } = await client.send(
      new CreateQueueCommand({ QueueName: 'order.fifo', Attributes: { FifoQueue: 'true' } }),
    )
    const flaky = server.client()
    const injected = failInPart(flaky, 3)
    const entries = Array.from({ length: 30 }, (_, n) => ({
      MessageBody: `${n}`,
      MessageGroupId: `g${n % 3}`,
      MessageDeduplicationId: `d${n}`,
    }))
    expect(await sqsSender(flaky, { queueUrl }, { baseMs: 1, attempts: 20 })(entries)).toMatchObject({
      sent: 30,
      failed: 0,
    })
    expect([injected.held > 0, injected.lost > 0]).toEqual([true, true])
    const bodies: number[] = []
    while (bodies.length < 30) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
      )
      bodies.push(...Messages.map(({ Body }) => Number(Body)))
      for (const { ReceiptHandle } of Messages) await deleteMessage(client, queueUrl, ReceiptHandle)
    }
    for (const group of [0, 1, 2]) {
      const own = bodies.filter((n) => n % 3 === group)
      expect(own).toEqual(Array.from({ length: 10 }, (_, n) => n * 3 + group))
    }
  })

  test('a queue that is not there ends the call after one request', async () => {
    const queueUrl = (await server.queue('gone')).replace('gone', 'missing')
    const entries = Array.from({ length: 200 }, (_, n) => ({ MessageBody: `${n}` }))
    const error: unknown = await sqsSender(
      client,
      { queueUrl },
      { concurrency: 1 },
    )(entries).catch((thrown: unknown) => thrown)
    expect(isSendError(error) && error.report).toMatchObject({ sent: 0, failed: 200, requests: 1 })
  })
})

describe('kinesisSender on kinesalite', () => {
  let server: KinesisServer
  beforeAll(async () => {
    server = await startKinesis()
    await server.client.createStream({ StreamName: 's', ShardCount: 2 })
    await vi.waitUntil(async () => {
      const { StreamDescription } = await server.client.describeStream({ StreamName: 's' })
      return StreamDescription?.StreamStatus === 'ACTIVE'
    })
  })
  afterAll(() => server.close())

  const recordsOf = async (): Promise<{ readonly key: string; readonly n: number }[]> => {
    const { Shards = [] } = await server.client.listShards({ StreamName: 's' })
    const records: { readonly key: string; readonly n: number }[] = []
    for (const { ShardId } of Shards) {
      const { ShardIterator } = await server.client.getShardIterator({
        StreamName: 's',
        ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      })
      const { Records = [] } = await server.client.getRecords({ ShardIterator })
      for (const { PartitionKey = '', Data } of Records) {
        records.push({ key: PartitionKey, n: Number(new TextDecoder().decode(Data)) })
      }
    }
    return records
  }

  test('records are in the stream once, those of a key in order, also where requests fail in part', async () => {
    const recordOf = (n: number): KinesisEntry => ({
      PartitionKey: `k${n % 7}`,
      Data: new TextEncoder().encode(`${n}`),
    })
    const entries = Array.from({ length: 200 }, (_, n) => recordOf(n))
    expect(await kinesisSender(server.client, { streamName: 's' })(entries.slice(0, 100))).toMatchObject({ sent: 100 })
    const injected = failInPart(server.client)
    const report = await kinesisSender(
      server.client,
      { streamName: 's' },
      { baseMs: 1, attempts: 20 },
    )(entries.slice(100))
    expect(report).toMatchObject({ sent: 100, failed: 0, unknown: 0, retries: injected.held })
    expect(injected.held).toBeGreaterThan(0)
    const records = await recordsOf()
    expect(records).toHaveLength(200)
    for (let key = 0; key < 7; key++) {
      const own = records.filter((record) => record.key === `k${key}`).map(({ n }) => n)
      expect(own).toEqual(entries.flatMap((_, n) => (n % 7 === key ? [n] : [])))
    }
  })
})

describe('dynamodbWriter on a server', () => {
  let server: DynamoDBServer
  let client: DynamoDBClient
  beforeAll(async () => {
    server = await startDynamoDB()
    client = server.client()
    await client.send(
      new CreateTableCommand({
        TableName: 'items',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'N' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
  })
  afterAll(() => server.close())

  const items = async () => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: 'items', ConsistentRead: true }))
    return Items.toSorted((left, right) => Number(left['sk']?.N) - Number(right['sk']?.N))
  }

  test('values are written exactly, the last write of a key wins, deletes delete', async () => {
    const write = dynamodbWriter(client, { tableName: 'items', keys: ['pk', 'sk'] })
    const exact = {
      big: 12345678901234567890123456789012345678n,
      bytes: new Uint8Array([0, 255]),
      tags: new Set(['a']),
    }
    const entries: DynamoDBEntry[] = [
      ...Array.from({ length: 30 }, (_, n) => ({ put: { pk: 'p', sk: n, version: 1 } })),
      ...Array.from({ length: 30 }, (_, n) => ({ put: { pk: 'p', sk: n, version: 2, ...exact } })),
      ...Array.from({ length: 29 }, (_, n) => ({ delete: { pk: 'p', sk: n } })),
    ]
    expect(await write(entries)).toMatchObject({ sent: 89, failed: 0, unknown: 0 })
    expect(await items()).toEqual([
      {
        pk: { S: 'p' },
        sk: { N: '29' },
        version: { N: '2' },
        big: { N: '12345678901234567890123456789012345678' },
        bytes: { B: new Uint8Array([0, 255]) },
        tags: { SS: ['a'] },
      },
    ])
  })

  test('what comes back unprocessed is written from the copy of the writer, and the last write of a key wins', async () => {
    const flaky = server.client()
    const injected = failInPart(flaky, 5)
    const write = dynamodbWriter(flaky, { tableName: 'items', keys: ['pk', 'sk'] }, { baseMs: 1, attempts: 20 })
    // As lib-dynamodb would round it, if it were read back.
    const exact = 12345678901234567890n
    const entries = Array.from({ length: 120 }, (_, n) => ({ put: { pk: 'u', sk: 100 + (n % 40), version: n, exact } }))
    expect(await write(entries)).toMatchObject({ sent: 120, failed: 0, unknown: 0 })
    expect([injected.held > 0, injected.lost > 0]).toEqual([true, true])
    const stored = (await items()).filter(({ pk }) => pk?.S === 'u')
    expect(stored.map(({ version }) => Number(version?.N))).toEqual(Array.from({ length: 40 }, (_, n) => 80 + n))
    expect(new Set(stored.map((item) => item['exact']?.N))).toEqual(new Set([`${exact}`]))
  })

  test('an item that the table refuses is failed alone', async () => {
    const write = dynamodbWriter(client, { tableName: 'items', keys: ['pk', 'sk'] })
    const entries = [{ put: { pk: 'q', sk: 1 } }, { put: { pk: 'q', sk: 'no number' } }, { put: { pk: 'q', sk: 2 } }]
    const error: unknown = await write(entries).catch((thrown: unknown) => thrown)
    expect(isSendError(error) && [error.report, error.outcomes]).toMatchObject([
      { sent: 2, failed: 1, requests: 4 },
      [{ index: 1, status: 'failed', attempts: 2 }],
    ])
  })
})

async function deleteMessage(client: SQSClient, QueueUrl: string, ReceiptHandle: string | undefined): Promise<void> {
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
}

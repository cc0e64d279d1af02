import { setTimeout as wait } from 'node:timers/promises'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreams } from '@aws-sdk/client-dynamodb-streams'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { imageJson } from '../../src/events/attribute-value-json.ts'
import {
  bytesPayload,
  DynamoDBStreamEventSchema,
  jsonPayload,
  KinesisEventSchema,
  type KinesisReader,
  readFailedBatch,
  readRecords,
  type StreamFailureEvent,
} from '../../src/events/index.ts'
import { type DynamoDBServer, hasDynoxide, startDynoxide } from '../support/dynamodb-server.ts'
import { type KinesisServer, startKinesis } from '../support/kinesis-server.ts'

const requestContext = { condition: 'RetryAttemptsExhausted' }
const STREAM_ARN = 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders'

function kinesisFailure(
  start: string,
  end: string,
  batchSize?: number,
  shardId = 'shardId-000000000000',
): StreamFailureEvent {
  const place = { shardId, startSequenceNumber: start, endSequenceNumber: end, streamArn: STREAM_ARN }
  return { requestContext, KinesisBatchInfo: { ...place, ...(batchSize !== undefined && { batchSize }) } }
}

describe('a stream of Kinesis', () => {
  let server: KinesisServer
  const numbers: string[] = []
  beforeAll(async () => {
    server = await startKinesis()
    await server.client.createStream({ StreamName: 'orders', ShardCount: 1 })
    for (let tries = 0; tries < 100; tries++) {
      const { StreamDescription } = await server.client.describeStream({ StreamName: 'orders' })
      if (StreamDescription?.StreamStatus === 'ACTIVE') break
      await wait(20)
    }
    for (let id = 0; id < 40; id++) {
      const Data = Buffer.from(JSON.stringify({ id }))
      const { SequenceNumber } = await server.client.putRecord({
        StreamName: 'orders',
        PartitionKey: `key-${id}`,
        Data,
      })
      numbers.push(SequenceNumber ?? '')
    }
  })
  afterAll(() => server?.close())
  const at = (index: number): string => numbers.at(index) ?? ''
  const ids = (event: unknown): unknown[] =>
    readRecords(event, jsonPayload()).map(({ payload }) => payload.ok && (payload.value as { id: number }).id)

  test('exactly the failed records come back, as Lambda hands them over', async () => {
    const event = await readFailedBatch(kinesisFailure(at(5), at(8), 4), server.client)
    expect(ids(event)).toEqual([5, 6, 7, 8])
    expect(KinesisEventSchema.parse(event)).toEqual(event)
    expect(event.Records[0]).toEqual({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: 'key-5',
        sequenceNumber: at(5),
        data: Buffer.from('{"id":5}').toString('base64'),
        approximateArrivalTimestamp: expect.closeTo(Date.now() / 1000, -2),
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `shardId-000000000000:${at(5)}`,
      eventName: 'aws:kinesis:record',
      awsRegion: 'eu-west-1',
      eventSourceARN: STREAM_ARN,
    })
    expect(readRecords(event, bytesPayload()).map(({ id }) => id)).toEqual(numbers.slice(5, 9))
  })

  test('one record, all of them, the last one', async () => {
    expect(ids(await readFailedBatch(kinesisFailure(at(0), at(0), 1), server.client))).toEqual([0])
    expect(ids(await readFailedBatch(kinesisFailure(at(0), at(39)), server.client, { pauseMs: 0 }))).toHaveLength(40)
    expect(ids(await readFailedBatch(kinesisFailure(at(39), at(39)), server.client))).toEqual([39])
  })

  test('more records than Lambda counted, because it filtered some', async () => {
    expect(ids(await readFailedBatch(kinesisFailure(at(0), at(29), 2), server.client, { pauseMs: 1 }))).toHaveLength(30)
  })

  test('an end that the stream does not have is a loss', async () => {
    const beyond = String(BigInt(at(39)) + 1n)
    const failure = kinesisFailure(at(38), beyond, 3)
    await expect(readFailedBatch(failure, server.client, { pauseMs: 1 })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('1 of 3 records'),
    })
    const heard: unknown[] = []
    const event = await readFailedBatch(failure, server.client, { pauseMs: 1, onLost: (lost) => heard.push(lost) })
    expect(ids(event)).toEqual([38, 39])
    expect(heard).toEqual([{ lost: 1, found: 2 }])
  })

  test('a stream or a shard that is not there is SOURCE_UNAVAILABLE with the error of the SDK', async () => {
    const failure = kinesisFailure(at(0), at(1), 2, 'shardId-000000000007')
    await expect(readFailedBatch(failure, server.client)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      cause: { name: 'ResourceNotFoundException' },
    })
  })

  test('more than maxRecords is LIMIT_EXCEEDED', async () => {
    const read = readFailedBatch(kinesisFailure(at(0), at(9), 10), server.client, { maxRecords: 9 })
    await expect(read).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('an abort ends it with its reason, before it began and between pages', async () => {
    const reason = new Error('enough')
    const failure = kinesisFailure(at(0), at(39), 1)
    const early = readFailedBatch(failure, server.client, { signal: AbortSignal.abort(reason) })
    await expect(early).rejects.toBe(reason)
    const controller = new AbortController()
    const late = readFailedBatch(failure, server.client, { signal: controller.signal, pauseMs: 60_000 })
    setTimeout(() => controller.abort(reason), 50)
    await expect(late).rejects.toBe(reason)
  })
})

/** A shard that gives these pages one after the other; a page that is an error is thrown. */
function scripted(
  ...pages: readonly (Error | readonly number[] | 'end')[]
): KinesisReader & { readonly starts: unknown[] } {
  const starts: unknown[] = []
  let page = 0
  return {
    starts,
    getShardIterator: async ({ ShardIteratorType, StartingSequenceNumber = '' }) => {
      starts.push(`${ShardIteratorType} ${StartingSequenceNumber}`.trim())
      return { ShardIterator: 'i' }
    },
    getRecords: async () => {
      const next = pages[page++]
      if (next instanceof Error) throw next
      if (next === undefined || next === 'end') return { Records: [] }
      const Records = next.map((number) => ({
        SequenceNumber: String(number),
        PartitionKey: 'k',
        Data: Buffer.from('{}'),
      }))
      return { Records, NextShardIterator: 'i', MillisBehindLatest: 1000 }
    },
  }
}

const named = (name: string): Error => Object.assign(new Error('no'), { name })
const read = async (start: number, end: number, client: KinesisReader, batchSize?: number) =>
  (await readFailedBatch(kinesisFailure(String(start), String(end), batchSize), client, { pauseMs: 0 })).Records.map(
    ({ kinesis }) => Number(kinesis.sequenceNumber),
  )

describe('any shard', () => {
  test('pages, empty ones between them, records before and behind the batch', async () => {
    expect(await read(3, 7, scripted([], [1, 3], [], [], [4, 5], [7, 8, 9]))).toEqual([3, 4, 5, 7])
  })

  test('the end of a closed shard', async () => {
    expect(await read(3, 4, scripted([3, 4]))).toEqual([3, 4])
    await expect(read(3, 5, scripted([3, 4], 'end'), 3)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test('an iterator that expired is replaced behind the last record', async () => {
    const client = scripted(named('ExpiredIteratorException'), [3], named('ExpiredIteratorException'), [3, 4, 5])
    expect(await read(3, 5, client)).toEqual([3, 4, 5])
    expect(client.starts).toEqual(['AT_SEQUENCE_NUMBER 3', 'AT_SEQUENCE_NUMBER 3', 'AFTER_SEQUENCE_NUMBER 3'])
  })

  test('one that expires again and again is given up', async () => {
    const client = scripted(...Array.from({ length: 9 }, () => named('ExpiredIteratorException')))
    await expect(read(3, 5, client)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      cause: { name: 'ExpiredIteratorException' },
    })
  })

  test('what was trimmed is told with its number, what is left is read from the oldest on', async () => {
    const client = () => scripted(named('TrimmedDataAccessException'), [5, 6, 7, 8])
    await expect(read(3, 7, client(), 5)).rejects.toThrow('2 of 5 records of the batch are no longer in the stream')
    await expect(read(3, 7, client())).rejects.toThrow('records of the batch are no longer in the stream')
    const lost: unknown[] = []
    const failure = kinesisFailure('3', '7', 5)
    const event = await readFailedBatch(failure, client(), { pauseMs: 0, onLost: (each) => lost.push(each) })
    expect(event.Records).toHaveLength(3)
    expect(lost).toEqual([{ lost: 2, found: 3 }])
    await expect(read(3, 7, scripted([9]), 5)).rejects.toThrow('5 of 5 records')
  })

  test('empty pages without end are given up', async () => {
    await expect(read(3, 7, scripted(...Array.from({ length: 99 }, () => [])), 5)).rejects.toThrow('5 of 5 records')
  })

  test('an error of the service is the cause', async () => {
    const cause = named('AccessDeniedException')
    await expect(read(3, 7, scripted(cause))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', cause })
  })
})

describe('failures that cannot be read again', () => {
  const client = scripted([1])
  test.each<[string, unknown]>([
    ['no failure', {}],
    ['no object', null],
    ['a number that is none', kinesisFailure('a', '2')],
    ['an end before the start', kinesisFailure('2', '1')],
    ['a batch of Kafka', { requestContext, KafkaBatchInfo: { batchSize: 1 } }],
    ['a payload that is no event', { ...kinesisFailure('1', '1'), payload: '{}' }],
  ])('%s is EVENT_INVALID', async (_, failure) => {
    await expect(readFailedBatch(failure as StreamFailureEvent, client)).rejects.toMatchObject({
      code: 'EVENT_INVALID',
    })
  })

  test('a payload that is no JSON', async () => {
    const failure = { ...kinesisFailure('1', '1'), payload: '{' }
    await expect(readFailedBatch(failure, client)).rejects.toMatchObject({ code: 'PAYLOAD_INVALID', path: ['payload'] })
  })

  test('a client that takes commands alone: this library has none to give it', async () => {
    const client = new KinesisClient({ region: 'eu-west-1' }) as unknown as KinesisReader
    await expect(readFailedBatch(kinesisFailure('1', '2'), client)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  test('no client', async () => {
    await expect(readFailedBatch(kinesisFailure('1', '1'))).rejects.toMatchObject({ code: 'EVENT_INVALID' })
  })
})

describe('a failure with its payload', () => {
  const payload = {
    Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'e30=', partitionKey: 'k', sequenceNumber: '1' } }],
  }

  test.each<[string, unknown]>([
    ['as text', JSON.stringify(payload)],
    ['as JSON', payload],
  ])('%s is its event, and nothing is asked of the stream', async (_, each) => {
    const client = scripted()
    const event = await readFailedBatch({ ...kinesisFailure('1', '1'), payload: each }, client)
    expect(event).toEqual(payload)
    expect(client.starts).toEqual([])
  })

  test('of Kafka too, without a client', async () => {
    const kafka = {
      eventSource: 'aws:kafka',
      records: { 't-0': [{ topic: 't', partition: 0, offset: 1, value: 'e30=' }] },
    }
    const failure = { requestContext, KafkaBatchInfo: { batchSize: 1 }, payload: JSON.stringify(kafka) }
    expect(readRecords(await readFailedBatch(failure), jsonPayload())).toMatchObject([
      { id: 't-0:1', payload: { ok: true } },
    ])
  })
})

if (!hasDynoxide) test.skip('a DynamoDB stream: skipped, dynoxide does not run here', () => {})

describe.runIf(hasDynoxide)('a DynamoDB stream', () => {
  let server: DynamoDBServer
  let streams: DynamoDBStreams
  let streamArn = ''
  let shardId = ''
  let numbers: string[] = []
  const list = { L: [{ BS: ['/w=='] }, { N: '12345678901234567890123456789012345678' }, { NULL: true }] }

  beforeAll(async () => {
    server = await startDynoxide()
    const config = {
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    }
    const dynamodb = new DynamoDB(config)
    streams = new DynamoDBStreams(config)
    const { TableDescription } = await dynamodb.createTable({
      TableName: 'orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    })
    streamArn = TableDescription?.LatestStreamArn ?? ''
    const M = {
      list: {
        L: [{ BS: [Uint8Array.of(255)] }, { N: '12345678901234567890123456789012345678' }, { NULL: true as const }],
      },
    }
    for (let id = 0; id < 5; id++) {
      await dynamodb.putItem({
        TableName: 'orders',
        Item: { id: { S: `${id}` }, data: { B: Uint8Array.of(0, 255) }, tags: { M } },
      })
    }
    await dynamodb.deleteItem({ TableName: 'orders', Key: { id: { S: '0' } } })
    dynamodb.destroy()
    const { StreamDescription } = await streams.describeStream({ StreamArn: streamArn })
    shardId = StreamDescription?.Shards?.[0]?.ShardId ?? ''
    const { ShardIterator } = await streams.getShardIterator({
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: 'TRIM_HORIZON',
    })
    const { Records = [] } = await streams.getRecords({ ShardIterator })
    numbers = Records.map((record) => record.dynamodb?.SequenceNumber ?? '')
  })
  afterAll(async () => {
    streams?.destroy()
    await server?.close()
  })

  const failureOf = (start: number, end: number): StreamFailureEvent => ({
    requestContext,
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: numbers[start] ?? '',
      endSequenceNumber: numbers[end] ?? '',
      batchSize: end - start + 1,
      streamArn,
    },
  })

  test('exactly the failed records come back, in the form that Lambda has', async () => {
    const event = await readFailedBatch(failureOf(1, 3), streams)
    expect(DynamoDBStreamEventSchema.parse(event)).toEqual(event)
    expect(readRecords(event, jsonPayload()).map(({ id }) => id)).toEqual(numbers.slice(1, 4))
    expect(event.Records[0]).toMatchObject({
      eventSource: 'aws:dynamodb',
      eventName: 'INSERT',
      eventSourceARN: streamArn,
      dynamodb: {
        Keys: { id: { S: '1' } },
        NewImage: { id: { S: '1' }, data: { B: 'AP8=' } },
        ApproximateCreationDateTime: expect.closeTo(Date.now() / 1000, -3),
        SequenceNumber: numbers[1],
      },
    })
    expect(JSON.parse(JSON.stringify(event))).toEqual(event)
  })

  test('nested binary is base64 too', async () => {
    const event = await readFailedBatch(failureOf(5, 5), streams)
    expect(event.Records[0]).toMatchObject({ eventName: 'REMOVE', dynamodb: { OldImage: { tags: { M: { list } } } } })
  })
})

test('an attribute __proto__ keeps its name', () => {
  const image = JSON.parse('{"__proto__":{"S":"a"},"m":{"M":{"__proto__":{"S":"b"}}}}')
  expect(JSON.stringify(imageJson(image))).toBe(JSON.stringify(image))
})

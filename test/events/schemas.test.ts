import { describe, expect, test } from 'vitest'
import * as events from '../../src/events/index.ts'
import { s3Record } from './support/s3-event.ts'

const accepted = (schema: { safeParse(value: unknown): { success: boolean } }, event: unknown): boolean =>
  schema.safeParse(event).success

describe('what other schemas refuse and AWS sends', () => {
  test.each(['192.0.2.1', '2001:db8::1', 's3.amazonaws.com', 'athena.amazonaws.com'])(
    'an S3 event from %s',
    (sourceIPAddress) => {
      expect(
        accepted(events.S3EventSchema, { Records: [{ ...s3Record(), requestParameters: { sourceIPAddress } }] }),
      ).toBe(true)
    },
  )

  test.each(['glacierEventData', 'lifecycleEventData', 'replicationEventData', 'intelligentTieringEventData'])(
    '%s is kept',
    (name) => {
      const event = { Records: [{ ...s3Record(), [name]: { any: { depth: [1] } } }] }
      expect(events.S3EventSchema.parse(event)).toEqual(event)
    },
  )

  test('headers of Kafka with negative bytes, keys and values null', () => {
    const record = {
      topic: 't',
      partition: 0,
      offset: 1,
      timestamp: 1,
      timestampType: 'CREATE_TIME',
      key: null,
      value: null,
      headers: [{ name: [-61, 40, -128, 127] }],
    }
    const event = { eventSource: 'aws:kafka', records: { 't-0': [record] } }
    expect(events.KafkaEventSchema.parse(event)).toEqual(event)
  })

  test('times of a DynamoDB stream with a fraction, or none', () => {
    for (const time of [{ ApproximateCreationDateTime: 1.25 }, {}]) {
      const record = { eventSource: 'aws:dynamodb', eventName: 'MODIFY', dynamodb: { Keys: {}, ...time } }
      expect(accepted(events.DynamoDBStreamEventSchema, { Records: [record] })).toBe(true)
    }
  })

  test('lists without records', () => {
    expect(accepted(events.S3EventSchema, { Records: [] })).toBe(true)
    expect(accepted(events.SqsEventSchema, { Records: [] })).toBe(true)
    expect(accepted(events.SnsEventSchema, { Records: [] })).toBe(true)
    expect(accepted(events.KinesisEventSchema, { Records: [] })).toBe(true)
    expect(accepted(events.DynamoDBStreamEventSchema, { Records: [] })).toBe(true)
    expect(accepted(events.KafkaEventSchema, { eventSource: 'aws:kafka', records: {} })).toBe(true)
    expect(accepted(events.FirehoseEventSchema, { deliveryStreamArn: 'arn', records: [] })).toBe(true)
  })
})

describe('failures', () => {
  const info = {
    shardId: 'shardId-0',
    startSequenceNumber: '1',
    endSequenceNumber: '2',
    streamArn: 'arn',
    batchSize: 2,
  }
  const requestContext = {
    requestId: 'r',
    functionArn: 'arn',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 1,
  }
  const responseContext = { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' }
  const stream = {
    requestContext,
    responseContext,
    version: '1.0',
    timestamp: '2019-11-14T00:38:06.021Z',
    KinesisBatchInfo: info,
  }
  const asynchronous = {
    version: '1.0',
    timestamp: '2019-11-14T18:16:05.568Z',
    requestContext: { ...requestContext, condition: 'RetriesExhausted' },
    requestPayload: { a: 1 },
    responsePayload: { errorMessage: 'no' },
  }
  const sqs = (body: unknown) => ({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: JSON.stringify(body) }] })
  const sns = (message: unknown) => ({
    Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'n', Message: JSON.stringify(message) } }],
  })

  test.each([
    ['stream-failure', stream, events.jsonPayload(events.StreamFailureEventSchema)],
    [
      'stream-failure',
      { ...stream, KinesisBatchInfo: undefined, DDBStreamBatchInfo: info },
      events.jsonPayload(events.StreamFailureEventSchema),
    ],
    ['stream-failure', { ...stream, payload: '{"Records":[]}' }, events.jsonPayload(events.StreamFailureEventSchema)],
    ['async-failure', asynchronous, events.jsonPayload(events.AsyncFailureEventSchema)],
  ] as const)('%s, bare, in a queue and in a topic', (source, failure, decoder: events.PayloadDecoder<unknown>) => {
    const value = JSON.parse(JSON.stringify(failure))
    const read = (event: unknown) => events.readRecords(event, decoder)
    expect(read(value)).toMatchObject([
      { source, id: 'r', time: new Date(failure.timestamp), payload: { ok: true, value } },
    ])
    expect(read(sqs(value))).toMatchObject([{ source: 'sqs', id: 'm', payload: { ok: true, value } }])
    expect(read(sns(value))).toMatchObject([{ source: 'sns', id: 'n', payload: { ok: true, value } }])
  })

  test('what is no failure is refused inside its message', () => {
    const [record] = events.readRecords(sqs({ requestContext }), events.jsonPayload(events.StreamFailureEventSchema))
    expect(record?.payload).toMatchObject({
      ok: false,
      error: { code: 'PAYLOAD_INVALID', path: ['Records', 0, 'body'] },
    })
    expect(
      accepted(events.AsyncFailureEventSchema, { ...asynchronous, requestContext: { condition: 'Success' } }),
    ).toBe(false)
  })

  test('a batch info without its place in the stream is refused', () => {
    for (const name of ['shardId', 'startSequenceNumber', 'endSequenceNumber', 'streamArn']) {
      expect(accepted(events.StreamFailureEventSchema, { ...stream, KinesisBatchInfo: { ...info, [name]: '' } })).toBe(
        false,
      )
    }
  })
})

describe('what a schema refuses', () => {
  test.each<[string, { safeParse(value: unknown): { success: boolean } }, unknown]>([
    [
      'an event of another source',
      events.KinesisEventSchema,
      { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '' }] },
    ],
    ['a record without its payload', events.SqsEventSchema, { Records: [{ eventSource: 'aws:sqs', messageId: 'm' }] }],
    ['an empty identifier', events.SqsEventSchema, { Records: [{ eventSource: 'aws:sqs', messageId: '', body: '' }] }],
    ['a list that is none', events.FirehoseEventSchema, { deliveryStreamArn: 'arn', records: {} }],
    [
      'a change of no kind',
      events.DynamoDBStreamEventSchema,
      { Records: [{ eventSource: 'aws:dynamodb', eventName: 'UPSERT', dynamodb: {} }] },
    ],
    [
      'an offset as text',
      events.KafkaEventSchema,
      { eventSource: 'aws:kafka', records: { 't-0': [{ topic: 't', partition: 0, offset: '1' }] } },
    ],
  ])('%s', (_, schema, event) => {
    expect(accepted(schema, event)).toBe(false)
  })
})

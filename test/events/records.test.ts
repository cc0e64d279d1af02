import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  bytesPayload,
  CloudWatchLogsDataSchema,
  FirehoseEventSchema,
  gunzipPayload,
  jsonPayload,
  readRecords,
  textPayload,
} from '../../src/events/index.ts'
import { kinesisEvent } from './support/kinesis-event.ts'
import { s3TestEvent } from './support/s3-event.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const summary = (event: unknown) =>
  readRecords(event, textPayload()).map(({ id, orderingKey, time, payload }) => ({
    id,
    ...(orderingKey !== undefined && { orderingKey }),
    ...(time !== undefined && { time: time.toISOString() }),
    text: payload.ok ? payload.value : `${payload.error.code} at ${payload.error.path?.join('.')}`,
  }))

describe('what is no event', () => {
  test.each([
    undefined,
    null,
    0,
    7n,
    '',
    'text',
    Symbol('s'),
    () => {},
    [],
    [[]],
    [null],
    [{}],
    {},
    new Map(),
    new Date(),
    { Records: {} },
    { Records: 'x' },
    { Records: [null] },
    { Records: [{}] },
    { Records: [{ eventSource: 'aws:ses' }] },
    { records: [] },
    { tasks: [] },
    { requestContext: {} },
    { requestContext: { condition: 'Success' }, requestPayload: 1 },
    { 'detail-type': 'd' },
  ])('%o is EVENT_INVALID', (event) => {
    expect(() => readRecords(event, jsonPayload())).toThrow(
      expect.objectContaining({ code: 'EVENT_INVALID', path: [] }),
    )
  })
})

describe('nothing to do', () => {
  test.each([
    { Records: [] },
    { Records: [], window: {}, eventSourceARN: 'arn:aws:kinesis:eu-west-1:1:stream/s', isFinalInvokeForWindow: true },
    { Records: [], eventSourceARN: 'arn:aws:dynamodb:eu-west-1:1:table/t/stream/x' },
    { deliveryStreamArn: 'arn', records: [] },
    { eventSource: 'aws:kafka', records: {} },
    { eventSource: 'SelfManagedKafka', records: { 't-0': [] } },
    { job: { id: 'j' }, invocationId: 'i', tasks: [] },
    { Items: [] },
    s3TestEvent,
  ])('%o has no records', (event) => {
    expect(readRecords(event, jsonPayload())).toEqual([])
  })
})

describe('Kinesis', () => {
  test('identity, order, time and payload', () => {
    const event = kinesisEvent('a')
    expect(readRecords(event, textPayload())).toEqual([
      {
        source: 'kinesis',
        id: '1',
        orderingKey: 'k',
        time: new Date(1_545_084_650_987),
        payload: { ok: true, value: 'a' },
        raw: event.Records[0],
      },
    ])
    expect(readRecords(event, textPayload())[0]?.raw).toBe(event.Records[0])
  })

  test('the fields of a record stand in itself in an array of Pipes', () => {
    const record = {
      eventSource: 'aws:kinesis',
      sequenceNumber: '7',
      partitionKey: 'p',
      data: base64('x'),
      approximateArrivalTimestamp: 1,
    }
    expect(summary([record])).toEqual([{ id: '7', orderingKey: 'p', time: '1970-01-01T00:00:01.000Z', text: 'x' }])
    expect(summary([{ ...record, data: 7 }])).toMatchObject([{ id: '7', text: 'EVENT_INVALID at 0.data' }])
  })

  test.each([
    [{ kinesis: null }, 'kinesis', ''],
    [{ kinesis: { partitionKey: 'k', sequenceNumber: '1' } }, 'kinesis.data', '1'],
    [{ kinesis: { data: '', partitionKey: 'k', sequenceNumber: '' } }, 'kinesis.sequenceNumber', ''],
    [{ kinesis: { data: '', partitionKey: 7, sequenceNumber: '1' } }, 'kinesis.partitionKey', '1'],
    [{ eventSource: 'aws:sqs', kinesis: { data: '', partitionKey: 'k', sequenceNumber: '1' } }, 'eventSource', '1'],
  ])('%o fails at %s, its number known where it has one', (parts, path, id) => {
    const [good] = kinesisEvent('good').Records
    expect(summary({ Records: [good, { eventSource: 'aws:kinesis', ...parts }] })[1]).toMatchObject({
      id,
      text: `EVENT_INVALID at Records.1.${path}`,
    })
  })

  test('a time that is none is left out, and harms nobody', () => {
    const [record] = kinesisEvent('a').Records
    for (const approximateArrivalTimestamp of [undefined, null, 'now', Number.NaN, 1e300]) {
      const [read] = summary({ Records: [{ ...record, kinesis: { ...record?.kinesis, approximateArrivalTimestamp } }] })
      expect(read).toEqual({ id: '1', orderingKey: 'k', text: 'a' })
    }
  })
})

describe('DynamoDB streams', () => {
  const change = (dynamodb: unknown) => ({ eventSource: 'aws:dynamodb', eventName: 'INSERT', dynamodb })

  test('the payload is the record, nothing of it lost', () => {
    const record = {
      ...change({ Keys: { b: { S: 'x' }, a: { N: '1' } }, SequenceNumber: '9', ApproximateCreationDateTime: 1.5 }),
      userIdentity: { type: 'Service' },
    }
    const [read] = readRecords({ Records: [record] }, jsonPayload())
    expect(read).toEqual({
      source: 'dynamodb-stream',
      id: '9',
      orderingKey: '[["a",{"N":"1"}],["b",{"S":"x"}]]',
      time: new Date(1500),
      payload: { ok: true, value: record },
      raw: record,
    })
    expect(read?.payload.ok && read.payload.value).toBe(record)
  })

  test('time and keys may be absent', () => {
    expect(readRecords({ Records: [change({ SequenceNumber: '9' })] }, jsonPayload())).toMatchObject([
      { id: '9', payload: { ok: true } },
    ])
  })

  test('the same key orders alike, whatever the order of its attributes', () => {
    const key = (Keys: unknown) => summary({ Records: [change({ Keys })] })[0]?.orderingKey
    expect(key({ a: { S: '1' }, b: { S: '2' } })).toBe(key({ b: { S: '2' }, a: { S: '1' } }))
    expect(key({ a: { S: '1' } })).not.toBe(key({ a: { N: '1' } }))
  })

  test('without its change a record has failed', () => {
    expect(summary({ Records: [change(null)] })).toEqual([{ id: '', text: 'EVENT_INVALID at Records.0.dynamodb' }])
    expect(summary({ Records: [change({ SequenceNumber: '9', Keys: [] })] })).toEqual([
      { id: '9', text: 'EVENT_INVALID at Records.0.dynamodb.Keys' },
    ])
  })
})

describe('queues and topics', () => {
  const message = (parts: object) => ({ eventSource: 'aws:sqs', messageId: 'm', body: 'b', ...parts })

  test('a message group orders, the time of sending is its time', () => {
    const attributes = { MessageGroupId: 'g', SentTimestamp: '1545084650987' }
    expect(summary({ Records: [message({ attributes })] })).toEqual([
      { id: 'm', orderingKey: 'g', time: '2018-12-17T22:10:50.987Z', text: 'b' },
    ])
    expect(summary({ Records: [message({ attributes: { SentTimestamp: 'yesterday' } })] })).toEqual([
      { id: 'm', text: 'b' },
    ])
  })

  test.each([
    [{ body: undefined }, 'm', 'body'],
    [{ body: { a: 1 } }, 'm', 'body'],
    [{ messageId: '' }, '', 'messageId'],
  ])('%o fails', (parts, id, path) => {
    expect(summary({ Records: [message(parts)] })).toEqual([{ id, text: `EVENT_INVALID at Records.0.${path}` }])
  })

  test('bodies are text: of a topic, of S3, of a bus, raw', () => {
    const bodies = [
      'plain',
      '{"Type":"Notification","Message":"text"}',
      '{"Records":[{"eventSource":"aws:s3"}]}',
      '{"detail-type":"d","source":"s","detail":{}}',
    ]
    const event = { Records: bodies.map((body) => message({ body })) }
    expect(summary(event).map(({ text }) => text)).toEqual(bodies)
    expect(readRecords([...event.Records], textPayload()).map(({ source }) => source)).toEqual([
      'sqs',
      'sqs',
      'sqs',
      'sqs',
    ])
  })

  test('a notification of a topic', () => {
    const notification = { MessageId: 'n', Message: '{"a":1}', Timestamp: '2026-01-31T12:00:00.000Z', Subject: null }
    const event = { Records: [{ EventSource: 'aws:sns', Sns: notification }] }
    expect(summary(event)).toEqual([{ id: 'n', time: '2026-01-31T12:00:00.000Z', text: '{"a":1}' }])
    expect(readRecords(event, jsonPayload())[0]?.payload).toEqual({ ok: true, value: { a: 1 } })
  })

  test('an error inside a message has the path through it', () => {
    const [record] = readRecords({ Records: [message({ body: '{"a":[0,1e400]}' })] }, jsonPayload())
    expect(record?.payload).toMatchObject({ ok: false, error: { path: ['Records', 0, 'body', 'a', 1] } })
  })
})

describe('Kafka', () => {
  const record = (parts: object) => ({
    topic: 'orders',
    partition: 3,
    offset: 12,
    timestamp: 1000,
    value: base64('v'),
    ...parts,
  })
  const event = (...records: readonly object[]) => ({ eventSource: 'aws:kafka', records: { 'orders-3': records } })

  test('is named by partition and offset, ordered by its key or its partition', () => {
    expect(readRecords(event(record({ key: base64('k') }), record({ offset: 13 })), textPayload())).toMatchObject([
      { id: 'orders-3:12', kafka: { partition: 'orders-3', offset: 12 }, orderingKey: 'k', time: new Date(1000) },
      { id: 'orders-3:13', kafka: { partition: 'orders-3', offset: 13 }, orderingKey: 'orders-3' },
    ])
  })

  test('a key that is no text orders all the same', () => {
    expect(summary(event(record({ key: '//8=' }), record({ key: '' })))).toMatchObject([
      { orderingKey: '//8=' },
      { orderingKey: '' },
    ])
  })

  test.each([{ value: null }, { value: undefined }])('a tombstone, %o, is null as JSON, no bytes as bytes', (parts) => {
    const tombstone = event(record(parts))
    expect(readRecords(tombstone, jsonPayload())[0]?.payload).toEqual({ ok: true, value: null })
    expect(readRecords(tombstone, gunzipPayload(jsonPayload()))[0]?.payload).toEqual({ ok: true, value: null })
    expect(readRecords(tombstone, bytesPayload())[0]?.payload).toEqual({ ok: true, value: new Uint8Array(0) })
    expect(readRecords(tombstone, textPayload())[0]?.payload).toEqual({ ok: true, value: '' })
  })

  test('an empty value is no tombstone: as JSON it is none', () => {
    expect(readRecords(event(record({ value: '' })), jsonPayload())[0]?.payload).toMatchObject({ ok: false })
  })

  test('several partitions of a cluster of your own, a topic named __proto__ among them', () => {
    const self = JSON.parse(
      `{"eventSource":"SelfManagedKafka","records":{"a-0":[{"topic":"a","partition":0,"offset":1,"value":"eA=="}],"__proto__-0":[{"topic":"__proto__","partition":0,"offset":1,"value":"eA=="}]}}`,
    )
    expect(summary(self).map(({ id }) => id)).toEqual(['a-0:1', '__proto__-0:1'])
  })

  test.each([
    [{ topic: 7 }, 'topic', ''],
    [{ partition: null }, 'partition', ''],
    [{ offset: '12' }, 'offset', ''],
    [{ value: {} }, 'value', 'orders-3:12'],
  ])('%o fails', (parts, path, id) => {
    expect(summary(event(record({}), record(parts)))[1]).toMatchObject({
      id,
      text: `EVENT_INVALID at records.orders-3.1.${path}`,
    })
  })

  test('a partition that is no list is one failed record', () => {
    expect(summary({ eventSource: 'aws:kafka', records: { 'a-0': 7 } })).toEqual([
      { id: '', text: 'EVENT_INVALID at records.a-0' },
    ])
  })

  test('an array of Pipes', () => {
    const [read] = summary([{ eventSource: 'aws:kafka', eventSourceKey: 'orders-3', ...record({ partition: '3' }) }])
    expect(read).toMatchObject({ id: 'orders-3:12', text: 'v' })
  })
})

describe('Firehose', () => {
  test('from MSK, the data stands under kafkaRecordValue', () => {
    const records = [
      { recordId: 'r1', kafkaRecordValue: base64('a'), mskRecordMetadata: { offset: '0', partitionId: '1' } },
      { recordId: 'r2', kafkaRecordValue: 7 },
    ]
    const event = { deliveryStreamArn: 'arn', sourceMSKArn: 'arn:aws:kafka:r:a:cluster/c/u', records }
    expect(summary(event)).toEqual([
      { id: 'r1', text: 'a' },
      { id: 'r2', text: 'EVENT_INVALID at records.1.kafkaRecordValue' },
    ])
    expect(FirehoseEventSchema.safeParse({ ...event, records: records.slice(0, 1) }).success).toBe(true)
    expect(FirehoseEventSchema.safeParse({ ...event, records: [{ recordId: 'r' }] }).success).toBe(false)
  })

  test('with and without a stream behind it', () => {
    const records = [
      {
        recordId: 'r1',
        data: base64('a'),
        approximateArrivalTimestamp: 1000,
        kinesisRecordMetadata: { partitionKey: 'p', sequenceNumber: '1', subsequenceNumber: 0 },
      },
      { recordId: 'r2', data: base64('b'), kinesisRecordMetadata: null },
      { recordId: 'r3' },
    ]
    expect(summary({ deliveryStreamArn: 'arn', sourceKinesisStreamArn: 'arn', records })).toEqual([
      { id: 'r1', orderingKey: 'p', time: '1970-01-01T00:00:01.000Z', text: 'a' },
      { id: 'r2', text: 'b' },
      { id: 'r3', text: 'EVENT_INVALID at records.2.data' },
    ])
  })
})

describe('CloudWatch Logs', () => {
  const logs = {
    messageType: 'DATA_MESSAGE',
    logGroup: 'g',
    logStream: 's',
    logEvents: [
      { id: '1', timestamp: 1000, message: '{"a":1}' },
      { id: '2', timestamp: 2000, message: 'text' },
    ],
  }
  const event = (data: unknown) => ({
    awslogs: { data: typeof data === 'string' ? data : gzipSync(JSON.stringify(data)).toString('base64') },
  })

  test('one record a log event', () => {
    expect(summary(event(logs))).toEqual([
      { id: '1', orderingKey: 'g:s', time: '1970-01-01T00:00:01.000Z', text: '{"a":1}' },
      { id: '2', orderingKey: 'g:s', time: '1970-01-01T00:00:02.000Z', text: 'text' },
    ])
    const [, second] = readRecords(event(logs), jsonPayload())
    expect(second?.payload).toMatchObject({
      ok: false,
      error: { path: ['awslogs', 'data', 'logEvents', 1, 'message'] },
    })
  })

  test('none for a control message', () => {
    expect(summary(event({ ...logs, messageType: 'CONTROL_MESSAGE' }))).toEqual([])
  })

  test.each([
    ['no base64', event('%'), 'PAYLOAD_INVALID'],
    ['no gzip', event(base64('{}')), 'PAYLOAD_INVALID'],
    ['no JSON', event(gzipSync('{').toString('base64')), 'PAYLOAD_INVALID'],
    ['no UTF-8', event(gzipSync(Buffer.from([0xff])).toString('base64')), 'ENCODING_INVALID'],
    ['a bomb', event(gzipSync(Buffer.alloc(65 * 1024 * 1024)).toString('base64')), 'LIMIT_EXCEEDED'],
    ['no list', event({ messageType: 'DATA_MESSAGE' }), 'PAYLOAD_INVALID'],
    ['no type', event({ logEvents: [] }), 'EVENT_INVALID'],
    ['no text', { awslogs: { data: 7 } }, 'EVENT_INVALID'],
  ])('%s is one failed record that says why', (_, bad, code) => {
    const [record, ...others] = readRecords(bad, textPayload())
    expect(others).toEqual([])
    expect(record?.payload).toMatchObject({ ok: false, error: { code } })
    expect(record?.payload.ok === false && record.payload.error.path?.slice(0, 2)).toEqual(['awslogs', 'data'])
  })

  test('inside a stream they are a payload of their own', () => {
    const stream = kinesisEvent(
      gzipSync(JSON.stringify(logs)),
      gzipSync(JSON.stringify({ ...logs, messageType: 'CONTROL_MESSAGE' })),
    )
    const records = readRecords(stream, gunzipPayload(jsonPayload(CloudWatchLogsDataSchema)))
    expect(records.map(({ payload }) => payload.ok && payload.value.messageType)).toEqual([
      'DATA_MESSAGE',
      'CONTROL_MESSAGE',
    ])
  })
})

describe('single events', () => {
  const bus = {
    id: 'e',
    source: 'my.shop',
    'detail-type': 'Order Placed',
    time: '2026-01-31T12:00:00Z',
    detail: { a: 1 },
  }

  test('of a bus, of a schedule, of an alarm', () => {
    expect(summary(bus)).toEqual([{ id: 'e', time: '2026-01-31T12:00:00.000Z', text: '{"a":1}' }])
    const scheduler = { ...bus, source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: '{}' }
    expect(readRecords(scheduler, jsonPayload())).toMatchObject([
      { source: 'scheduled', payload: { ok: true, value: {} } },
    ])
    const alarm = {
      source: 'aws.cloudwatch',
      alarmArn: 'arn',
      time: '2026-01-31T12:00:00.000+0000',
      alarmData: { alarmName: 'late' },
    }
    expect(readRecords(alarm, jsonPayload())).toEqual([
      {
        source: 'cloudwatch-alarm',
        id: 'arn',
        orderingKey: 'arn',
        time: new Date('2026-01-31T12:00:00Z'),
        payload: { ok: true, value: alarm },
        raw: alarm,
      },
    ])
  })

  test('a fault in the detail has its path', () => {
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: () => ({ issues: [{ message: 'no', path: ['a'] }] }),
      },
    }
    expect(readRecords(bus, jsonPayload(schema))[0]?.payload).toMatchObject({
      ok: false,
      error: { code: 'PAYLOAD_INVALID', path: ['detail', 'a'] },
    })
  })

  test('an event without id has failed, it does not throw', () => {
    expect(summary({ ...bus, id: undefined })).toMatchObject([{ id: '', text: 'EVENT_INVALID at id' }])
  })
})

describe('requests', () => {
  const rest = {
    resource: '/',
    path: '/',
    httpMethod: 'POST',
    headers: null,
    requestContext: { requestId: 'r', requestTimeEpoch: 1000 },
  }
  const http = {
    version: '2.0',
    rawPath: '/',
    requestContext: { requestId: 'r', timeEpoch: 1000, http: { method: 'POST' } },
  }
  const alb = { requestContext: { elb: {} }, httpMethod: 'POST', path: '/' }

  test.each([
    [{ body: 'text' }, 'text'],
    [{ body: 'dGV4dA==', isBase64Encoded: true }, 'text'],
    [{ body: 'dGV4dA==', isBase64Encoded: false }, 'dGV4dA=='],
    [{ body: '', isBase64Encoded: true }, ''],
    [{ body: null }, ''],
    [{}, ''],
    [{ body: '%', isBase64Encoded: true }, 'PAYLOAD_INVALID at body'],
    [{ body: { a: 1 } }, 'EVENT_INVALID at body'],
  ])('the body of %o is %j', (parts, text) => {
    expect(summary({ ...rest, ...parts })).toEqual([{ id: 'r', time: '1970-01-01T00:00:01.000Z', text }])
    expect(summary({ ...http, ...parts })).toEqual([{ id: 'r', time: '1970-01-01T00:00:01.000Z', text }])
    expect(summary({ ...alb, ...parts })).toEqual([{ id: '', text }])
  })

  test('a load balancer is told by its trace, in headers of one value or of several', () => {
    expect(summary({ ...alb, headers: { 'x-amzn-trace-id': 't' } })[0]?.id).toBe('t')
    expect(summary({ ...alb, multiValueHeaders: { 'x-amzn-trace-id': ['t', 'u'] } })[0]?.id).toBe('t')
  })

  test('no body is no JSON', () => {
    expect(readRecords(rest, jsonPayload())[0]?.payload).toMatchObject({
      ok: false,
      error: { code: 'PAYLOAD_INVALID', path: ['body'] },
    })
  })
})

describe('batches of Step Functions and of S3', () => {
  test('items are their own payload, named by their place', () => {
    const event = { BatchInput: { day: 1 }, Items: [{ id: 1 }, 'two', null] }
    expect(readRecords(event, jsonPayload())).toMatchObject([
      { source: 'distributed-map', id: '0', payload: { ok: true, value: { id: 1 } } },
      { id: '1', payload: { ok: true, value: 'two' } },
      { id: '2', payload: { ok: true, value: null } },
    ])
  })

  test.each(['1.0', '2.0'])('a task in invocation schema %s', (invocationSchemaVersion) => {
    const task = {
      taskId: 't',
      s3Key: 'a+b',
      s3VersionId: null,
      ...(invocationSchemaVersion === '1.0' ? { s3BucketArn: 'arn:aws:s3:::b' } : { s3Bucket: 'b' }),
    }
    const event = { invocationSchemaVersion, invocationId: 'i', job: { id: 'j' }, tasks: [task, {}] }
    expect(readRecords(event, jsonPayload())).toMatchObject([
      { source: 's3-batch', id: 't', payload: { ok: true, value: task } },
      { id: '', payload: { ok: false, error: { code: 'EVENT_INVALID', path: ['tasks', 1, 'taskId'] } } },
    ])
  })

  test('a notification of S3 is told by bucket, key, version and sequencer', () => {
    const s3 = { bucket: { name: 'b' }, object: { key: 'a+b', versionId: 'v', sequencer: '0A' } }
    const event = { Records: [{ eventSource: 'aws:s3', eventTime: '2026-01-31T12:00:00Z', s3 }] }
    expect(readRecords(event, jsonPayload())).toMatchObject([
      { source: 's3', id: 'b/a+b/v/0A', orderingKey: 'b/a+b', payload: { ok: true } },
    ])
  })
})

test('bytesPayload gives bytes that are no Buffer', () => {
  const event = {
    Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'AQI=', partitionKey: 'k', sequenceNumber: '1' } }],
  }
  expect(readRecords(event, bytesPayload())[0]?.payload).toStrictEqual({ ok: true, value: new Uint8Array([1, 2]) })
})

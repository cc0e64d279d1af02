import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { imageJson } from '../../src/events/attribute-value-json.ts'
import {
  CloudWatchAlarmEventSchema,
  detectSource,
  type EventRecord,
  envelopePayload,
  gunzipPayload,
  jsonPayload,
  kplPayload,
  linesPayload,
  readFailedBatch,
  readRecords,
  type StreamFailureEvent,
  s3Objects,
  textPayload,
} from '../../src/events/index.ts'
import { parseEvent } from '../../src/events/parse-event.ts'

type Fields = { readonly [name: string]: unknown }
type Path = readonly (string | number)[]

/** A copy with another value at a path; undefined takes the field away. */
function changed(value: unknown, [step, ...steps]: Path, other: unknown): unknown {
  if (step === undefined) return other
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...Object(value) }
  const inner = changed(Object(value)[step], steps, other)
  if (inner === undefined) delete (copy as Fields & Record<string, unknown>)[step]
  else Object.assign(copy, { [step]: inner })
  return copy
}

const data = 'MQ=='
const seconds = 1_767_225_600
const time = new Date(seconds * 1000)

/** Sources whose events are lists: where the list stands, one record, the fields without which it is none, its identifier and time. */
const LISTS: Readonly<
  Record<string, { at?: string; record: Fields; needs: readonly string[]; id?: string; time?: string; more?: Fields }>
> = {
  s3: {
    at: 'Records',
    record: {
      eventSource: 'aws:s3',
      s3: { bucket: { name: 'b' }, object: { key: 'k' } },
      eventTime: time.toISOString(),
    },
    needs: ['eventSource', 's3', 's3.object', 's3.bucket', 's3.bucket.name', 's3.object.key'],
    time: 'eventTime',
  },
  kinesis: {
    at: 'Records',
    record: {
      eventSource: 'aws:kinesis',
      kinesis: { sequenceNumber: '1', partitionKey: 'k', data, approximateArrivalTimestamp: seconds },
    },
    needs: ['eventSource', 'kinesis', 'kinesis.sequenceNumber', 'kinesis.partitionKey', 'kinesis.data'],
    id: 'kinesis.sequenceNumber',
    time: 'kinesis.approximateArrivalTimestamp',
  },
  'kinesis of Pipes': {
    record: {
      eventSource: 'aws:kinesis',
      sequenceNumber: '1',
      partitionKey: 'k',
      data,
      approximateArrivalTimestamp: seconds,
    },
    needs: ['eventSource', 'sequenceNumber', 'partitionKey', 'data'],
    id: 'sequenceNumber',
    time: 'approximateArrivalTimestamp',
  },
  'dynamodb-stream': {
    at: 'Records',
    record: {
      eventSource: 'aws:dynamodb',
      dynamodb: { Keys: { id: { S: 'a' } }, SequenceNumber: '1', ApproximateCreationDateTime: seconds },
    },
    needs: ['eventSource', 'dynamodb'],
    id: 'dynamodb.SequenceNumber',
    time: 'dynamodb.ApproximateCreationDateTime',
  },
  sqs: {
    at: 'Records',
    record: { eventSource: 'aws:sqs', messageId: 'm', body: '1', attributes: { SentTimestamp: `${+time}` } },
    needs: ['eventSource', 'messageId', 'body'],
    id: 'messageId',
    time: 'attributes.SentTimestamp',
  },
  sns: {
    at: 'Records',
    record: { EventSource: 'aws:sns', Sns: { MessageId: 'm', Message: '1', Timestamp: time.toISOString() } },
    needs: ['EventSource', 'Sns', 'Sns.MessageId', 'Sns.Message'],
    id: 'Sns.MessageId',
    time: 'Sns.Timestamp',
  },
  ses: {
    at: 'Records',
    record: { eventSource: 'aws:ses', ses: { mail: { messageId: 'm', timestamp: time.toISOString() } } },
    needs: ['eventSource', 'ses', 'ses.mail', 'ses.mail.messageId'],
    id: 'ses.mail.messageId',
    time: 'ses.mail.timestamp',
  },
  firehose: {
    at: 'records',
    more: { deliveryStreamArn: 'arn' },
    record: { recordId: 'r', data, approximateArrivalTimestamp: +time },
    needs: ['recordId', 'data'],
    id: 'recordId',
    time: 'approximateArrivalTimestamp',
  },
  documentdb: {
    at: 'events',
    more: { eventSource: 'aws:docdb' },
    record: { event: { _id: { _data: 'd' }, clusterTime: { $timestamp: { t: seconds } } } },
    needs: ['event'],
    id: 'event._id._data',
    time: 'event.clusterTime.$timestamp.t',
  },
}

describe.each(Object.entries(LISTS))('%s', (name, { at, record, needs, id, time: timeField, more = {} }) => {
  /** A good record, so that the source is known, and the one to be read. */
  const read = (given: unknown): EventRecord<unknown> => {
    const records = readRecords(at === undefined ? [record, given] : { ...more, [at]: [record, given] }, jsonPayload())
    expect(records[0]?.payload).toMatchObject({ ok: true })
    return records[1] as EventRecord<unknown>
  }
  const place: Path = at === undefined ? [1] : [at, 1]
  const with_ = (path: string, other: unknown) => changed(record, path.split('.'), other)

  test.each(needs)('without its %s a record has failed there', (path) => {
    for (const other of [undefined, null, 7, [], '']) {
      // Text of a payload may be empty.
      if (other === '' && /data$|body$|Message$|partitionKey$/.test(path)) continue
      // Without its data nothing tells that the record is one of Pipes.
      if (other === undefined && path === 'data' && at === undefined) continue
      const { payload, source } = read(with_(path, other))
      expect(payload).toMatchObject({
        ok: false,
        error: { code: 'EVENT_INVALID', path: [...place, ...path.split('.')] },
      })
      expect(source).toBe(name.split(' ')[0])
    }
  })

  test('what is no record has failed', () => {
    for (const given of [7, null, 'text', []])
      expect(read(given)).toMatchObject({
        id: '',
        payload: { ok: false, error: { code: 'EVENT_INVALID', path: place } },
      })
  })

  test('an identifier of another kind is none, a time of another kind is left out', () => {
    if (id !== undefined) for (const other of [7, null, {}]) expect(read(with_(id, other)).id).toBe('')
    if (timeField === undefined) return
    expect(read(record).time).toEqual(time)
    for (const other of [undefined, null, {}, '12x', 'x12', '', true])
      expect(read(with_(timeField, other))).not.toHaveProperty('time')
    if (name.startsWith('s')) expect(read(with_(timeField, 7))).not.toHaveProperty('time')
  })

  test('a field that a record lacks is no property', () => {
    const bare = timeField === undefined ? record : with_(timeField, undefined)
    const { payload: _, raw: __, ...known } = read(bare)
    for (const value of Object.values(known)) expect(value).not.toBeUndefined()
  })
})

describe('events that are one record', () => {
  const alarm = { source: 'aws.cloudwatch', alarmArn: 'arn', time: time.toISOString(), alarmData: {} }

  test('of an alarm', () => {
    const [record] = readRecords(alarm, jsonPayload())
    expect(record).toMatchObject({ id: 'arn', orderingKey: 'arn', time, payload: { ok: true } })
    const [nameless] = readRecords({ ...alarm, alarmArn: 7 }, jsonPayload())
    expect(nameless).toMatchObject({ id: '', payload: { ok: false, error: { path: ['alarmArn'] } } })
    const schemaTakes = (alarmData: unknown) => CloudWatchAlarmEventSchema.safeParse({ ...alarm, alarmData }).success
    const named = { alarmName: 'a', state: {} }
    for (const configuration of ['text', 7, [], () => {}]) expect(schemaTakes({ ...named, configuration })).toBe(false)
  })

  test('of VPC Lattice: a time has digits alone', () => {
    const read = (timeEpoch: unknown) =>
      readRecords(
        { version: '2.0', path: '/', method: 'GET', body: '1', requestContext: { serviceArn: 'arn', timeEpoch } },
        jsonPayload(),
      )[0]
    expect(read(`${+time}000`)).toMatchObject({ time })
    for (const other of ['12x', 'x12', '', 7, undefined]) expect(read(other)).not.toHaveProperty('time')
  })
})

/** Events by the fields that tell their source: with another kind of value in one of them it is not told. */
const TELLING: readonly (readonly [string, Fields, readonly string[]])[] = [
  ['alb', { requestContext: { elb: {} }, httpMethod: 'GET' }, ['requestContext.elb', 'requestContext']],
  [
    'api-gateway-rest',
    { httpMethod: 'GET', resource: '/', requestContext: {} },
    ['httpMethod', 'resource', 'requestContext'],
  ],
  ['api-gateway-http', { version: '2.0', requestContext: { http: {} } }, ['version', 'requestContext.http']],
  [
    'api-gateway-websocket',
    { requestContext: { connectionId: 'c', eventType: 'MESSAGE' } },
    ['requestContext.connectionId', 'requestContext.eventType'],
  ],
  [
    'vpc-lattice',
    { version: '2.0', path: '/', method: 'GET', requestContext: { targetGroupArn: 'arn' } },
    ['version', 'path', 'requestContext.targetGroupArn'],
  ],
  ['vpc-lattice', { raw_path: '/', method: 'GET' }, ['raw_path', 'method']],
  ['eventbridge', { source: 'shop', 'detail-type': 'Order', detail: {} }, ['source', 'detail-type']],
  ['scheduled', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }, ['source', 'detail-type']],
  ['scheduled', { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: {} }, ['source', 'detail-type']],
  [
    's3-eventbridge',
    { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: {}, object: {} } },
    ['source', 'detail', 'detail.bucket', 'detail.object', 'detail-type'],
  ],
  ['cloudwatch-logs', { awslogs: {} }, ['awslogs']],
  ['cloudwatch-alarm', { source: 'aws.cloudwatch', alarmData: {} }, ['source', 'alarmData']],
  ['firehose', { deliveryStreamArn: 'arn', records: [] }, ['deliveryStreamArn', 'records']],
  ['kafka', { eventSource: 'aws:kafka', records: {} }, ['eventSource', 'records']],
  ['activemq', { eventSource: 'aws:mq', messages: [] }, ['eventSource', 'messages']],
  ['rabbitmq', { eventSource: 'aws:rmq', rmqMessagesByQueue: {} }, ['eventSource', 'rmqMessagesByQueue']],
  ['documentdb', { eventSource: 'aws:docdb', events: [] }, ['eventSource', 'events']],
  ['s3-batch', { job: {}, tasks: [] }, ['job', 'tasks']],
  ['s3', { Event: 's3:TestEvent' }, ['Event']],
  ['distributed-map', { Items: [] }, ['Items']],
  ['stream-failure', { requestContext: {}, KinesisBatchInfo: {} }, ['requestContext', 'KinesisBatchInfo']],
  ['kinesis', { Records: [], eventSourceARN: 'arn:aws:kinesis:eu-west-1:1:stream/s' }, ['eventSourceARN', 'Records']],
  ['ses', { Records: [{ eventSource: 'aws:ses', ses: {} }] }, ['Records.0.eventSource', 'Records.0.ses']],
]

test.each(TELLING)('%s is told by each of its fields: %o', (source, event, fields) => {
  expect(detectSource(event)).toBe(source)
  for (const field of fields) {
    const steps = field.split('.').map((step) => (/^\d$/.test(step) ? Number(step) : step))
    for (const other of [undefined, null, 7, true]) {
      const found = detectSource(changed(event, steps, other))
      expect([field, other, found]).not.toEqual([field, other, source])
    }
  }
})

test('events of the scheduler of another type are those of a bus', () => {
  for (const source of ['aws.events', 'aws.scheduler'])
    expect(detectSource({ source, 'detail-type': 'Rule Changed', detail: {} })).toBe('eventbridge')
})

test('a Kinesis record with data of its own next to that of kinesis is read by the latter', () => {
  const kinesis = { sequenceNumber: '1', partitionKey: 'k', data }
  const [record] = readRecords({ Records: [{ eventSource: 'aws:kinesis', kinesis, data: 'Mg==' }] }, jsonPayload())
  expect(record).toMatchObject({ id: '1', payload: { ok: true, value: 1 } })
})

test('a record that throws when it is read has failed at its place', () => {
  const get = () => {
    throw new Error('hidden')
  }
  const Records = [LISTS['sqs']?.record, Object.defineProperty({ ...LISTS['sqs']?.record }, 'body', { get })]
  const error = { code: 'EVENT_INVALID', path: ['Records', 1], cause: new Error('hidden') }
  expect(readRecords({ Records }, jsonPayload())[1]?.payload).toMatchObject({ ok: false, error })
})

test('the message of a schema names the values that it takes, and the place', () => {
  const schema = z.object({ a: z.literal(['x', 'y']) })
  const failed = parseEvent(schema, { a: 'secret' }, { name: 'a thing', path: ['here'] })
  expect(failed).toMatchObject({ ok: false, error: { path: ['here', 'a'] } })
  expect(!failed.ok && failed.error.message).toMatch(/^not a thing: must be "x" or "y"/)
})

describe('payloads at their edges', () => {
  const kinesis = (bytes: Uint8Array | string) => ({
    Records: [
      {
        eventSource: 'aws:kinesis',
        kinesis: { sequenceNumber: '1', partitionKey: 'outer', data: Buffer.from(bytes).toString('base64') },
      },
    ],
  })
  const value = (event: unknown, decoder: Parameters<typeof readRecords>[1]) => {
    const [record] = readRecords(event, decoder)
    const payload = record?.payload
    return payload?.ok === false ? payload.error : payload?.value
  }

  test('lists of text may stand at the deepest level, objects may not', () => {
    const payload = jsonPayload(undefined, { maxDepth: 1 })
    expect(value(kinesis('["a", null, true]'), payload)).toEqual(['a', null, true])
    expect(value(kinesis('{"a": "b", "c": 1}'), payload)).toEqual({ a: 'b', c: 1 })
    expect(value(kinesis('[{}]'), payload)).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    const item = (given: unknown, maxDepth: number) => value({ Items: [given] }, jsonPayload(undefined, { maxDepth }))
    expect(item({ a: [1] }, 2)).toEqual({ a: [1] })
    expect(item({ a: [1] }, 1)).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('lists side by side take no level from one another, and give none', () => {
    const payload = jsonPayload(undefined, { maxDepth: 2 })
    expect(value(kinesis('[[1],[2],[3],[9007199254740993]]'), payload)).toEqual([[1], [2], [3], [9007199254740993n]])
    const hidden = '{"x":[1],"y":[1],"a":[[[[1]]]],"a":1,"n":9007199254740993}'
    expect(value(kinesis(hidden), payload)).toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  test('a key __proto__ of the exact reader is a property like any other', () => {
    const parsed = value(kinesis('{"__proto__":1,"n":9007199254740993}'), jsonPayload())
    expect(Object.getOwnPropertyDescriptor(parsed, '__proto__')).toEqual({
      value: 1,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  })

  test('lines of bytes: blank is what text calls blank, and a line of another encoding fails alone', () => {
    const lines = linesPayload(textPayload())
    const texts = (event: unknown) =>
      readRecords(event, lines).map(({ payload, orderingKey, subSequence }) => [
        payload.ok ? payload.value : payload.error.code,
        orderingKey,
        subSequence,
      ])
    expect(texts(kinesis('a\n\x01\n\x0b\x0c\r\n\r\r\n\t \n\x08\r\nb'))).toEqual([
      ['a', 'outer', 0],
      ['\x01', 'outer', 1],
      ['\x08', 'outer', 2],
      ['b', 'outer', 3],
    ])
    const mixed = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xff]), Buffer.from('\nb')])
    expect(texts(kinesis(mixed)).map(([text]) => text)).toEqual(['a', 'ENCODING_INVALID', 'b'])
    const zipped = readRecords(kinesis(gzipSync(mixed)), gunzipPayload(lines))
    expect(zipped.map(({ payload }) => payload.ok)).toEqual([true, false, true])
  })

  test('an event of a bus inside of another, as JSON and as text', () => {
    const inner = { id: 'e', source: 's', 'detail-type': 't', detail: { n: 1 } }
    const outer = { ...inner, detail: inner }
    expect(value(outer, envelopePayload(jsonPayload()))).toEqual({ n: 1 })
    const queue = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: JSON.stringify(outer) }] }
    expect(value(queue, envelopePayload(jsonPayload()))).toEqual({ n: 1 })
  })

  test('a path of a schema has numbers for places', () => {
    const schema = z.object({ a: z.array(z.number()) })
    expect(value(kinesis('{"a":[1,"x"]}'), jsonPayload(schema))).toMatchObject({
      code: 'PAYLOAD_INVALID',
      path: ['Records', 0, 'kinesis', 'data', 'a', 1],
    })
    const failing = {
      '~standard': {
        validate: () => {
          throw new Error('no')
        },
      },
    } as never
    expect(value(kinesis('{}'), jsonPayload(failing))).toMatchObject({ code: 'PAYLOAD_INVALID' })
  })

  test('a schema alone is JSON of it; what is neither is refused by name', () => {
    const schema = z.object({ a: z.number() })
    expect(value(kinesis('{"a":1}'), schema)).toEqual({ a: 1 })
    for (const [name, make] of Object.entries({ gunzipPayload, kplPayload, linesPayload, envelopePayload }))
      for (const inner of [{ decode: 7 }, {}, null, undefined, jsonPayload])
        expect(() => make(inner as never)).toThrow(
          expect.objectContaining({ code: 'TYPE_MISMATCH', message: expect.stringMatching(`^${name}: payload`) }),
        )
    expect(() => readRecords({ Records: [] }, { decode: 7 } as never)).toThrow(/^readRecords: payload/)
  })

  test('log events without the name of their stream keep no order', () => {
    const read = (names: object) => {
      const logs = { messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', message: 'a', timestamp: 1 }], ...names }
      const zipped = gzipSync(JSON.stringify(logs)).toString('base64')
      return readRecords({ awslogs: { data: zipped } }, textPayload())[0]
    }
    expect(read({ logGroup: 'g', logStream: 's' })).toMatchObject({ orderingKey: 'g:s' })
    for (const names of [
      { logGroup: 'g' },
      { logStream: 's' },
      { logGroup: 7, logStream: 's' },
      { logGroup: 'g', logStream: 7 },
    ])
      expect(read(names)).not.toHaveProperty('orderingKey')
  })
})

test('Kafka: the cluster is named by an ARN or by servers, else it is no property', () => {
  const read = (more: object, record: object = {}) =>
    readRecords(
      { eventSource: 'aws:kafka', ...more, records: { 't-0': [{ topic: 't', partition: 0, offset: 1, ...record }] } },
      jsonPayload(),
    )[0]
  expect(read({ eventSourceArn: 'arn', bootstrapServers: 's' })).toMatchObject({ cluster: 'arn' })
  expect(read({ eventSourceArn: '', bootstrapServers: 's' })?.cluster).toMatch(/^servers-/)
  for (const bootstrapServers of ['', ' ', 7, undefined])
    expect(read({ bootstrapServers })).not.toHaveProperty('cluster')
  const header = (...bytes: number[]) => read({}, { headers: [{ h: bytes }] })
  expect(header(-128, 127, 255)?.headers).toEqual([['h', Uint8Array.from([128, 127, 255])]])
  for (const byte of [-129, 256, 0.5]) expect(header(byte)?.payload).toMatchObject({ ok: false })
})

test('Firehose: data counts before kafkaRecordValue', () => {
  const event = { deliveryStreamArn: 'arn', records: [{ recordId: 'r', data, kafkaRecordValue: 'Mg==' }] }
  expect(readRecords(event, jsonPayload())[0]?.payload).toEqual({ ok: true, value: 1 })
})

test('s3Objects: a message of a topic that is none is an error, not nothing', () => {
  const Records = [{ EventSource: 'aws:sns', Sns: { MessageId: 'm' } }]
  expect(() => s3Objects({ Records })).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
})

test('attribute values that are none stay as they are', () => {
  const image = { a: { M: null }, b: { L: null }, c: { BS: 'x' }, d: null, e: { M: { f: { B: Buffer.from('a') } } } }
  expect(imageJson(image as never)).toEqual({ ...image, e: { M: { f: { B: 'YQ==' } } } })
})

describe('readFailedBatch', () => {
  const streamArn = 'arn:aws:dynamodb:eu-west-1:1:table/orders/stream/x'
  const info = { shardId: 's', startSequenceNumber: '3', endSequenceNumber: '5', batchSize: 3, streamArn }
  const failure = { requestContext: { condition: 'x' }, DDBStreamBatchInfo: info } as unknown as StreamFailureEvent
  const named = (name: string): Error => Object.assign(new Error('no'), { name })

  /** A shard of DynamoDB that gives these pages. */
  function shard(...pages: (Error | readonly number[] | undefined)[]) {
    const starts: unknown[] = []
    const client = {
      getShardIterator: async ({ StreamArn, ShardId, ...start }: Fields, options: object) => {
        starts.push(start)
        expect([StreamArn, ShardId, options]).toEqual([streamArn, 's', {}])
        return { ShardIterator: 'i' }
      },
      getRecords: async () => {
        const page = pages.shift()
        if (page instanceof Error) throw page
        const Records = page?.map((number) => ({ eventName: 'REMOVE', dynamodb: { SequenceNumber: `${number}` } }))
        return { ...(Records && { Records }), ...(pages.length > 0 && { NextShardIterator: 'i' }) }
      },
    }
    return { client: client as never, starts }
  }
  const numbers = async (client: never, options: object = {}) => {
    const event = await readFailedBatch(failure, client, { pauseMs: 0, ...options })
    return (event as unknown as { Records: { dynamodb: Fields }[] }).Records.map(
      ({ dynamodb }) => dynamodb['SequenceNumber'],
    )
  }

  test('reads on from a record, behind it, or from the oldest', async () => {
    const { client, starts } = shard(
      [3],
      named('ExpiredIteratorException'),
      [4],
      named('TrimmedDataAccessException'),
      [5],
    )
    expect(await numbers(client)).toEqual(['3', '4', '5'])
    expect(starts).toEqual([
      { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '3' },
      { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: '3' },
      { ShardIteratorType: 'TRIM_HORIZON' },
    ])
  })

  test('a page without a list is empty, and no end; a page of each record is no reason to give up', async () => {
    const gaps = Array.from({ length: 49 }, () => undefined)
    expect(await numbers(shard(...gaps, [3], ...gaps, [4], ...gaps, [5]).client)).toEqual(['3', '4', '5'])
    const others = Array.from({ length: 60 }, () => [1])
    expect(await numbers(shard(...others, [3, 4, 5]).client)).toEqual(['3', '4', '5'])
    const many = Array.from({ length: 50 }, () => undefined)
    await expect(numbers(shard(...many, [3, 4, 5]).client)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test.each<[string, object, Path]>([
    [
      'a start of letters',
      { DDBStreamBatchInfo: { ...info, startSequenceNumber: 'x' } },
      ['DDBStreamBatchInfo', 'startSequenceNumber'],
    ],
    [
      'an end of letters',
      { DDBStreamBatchInfo: { ...info, endSequenceNumber: '1x' } },
      ['DDBStreamBatchInfo', 'endSequenceNumber'],
    ],
    [
      'an end before the start',
      { DDBStreamBatchInfo: { ...info, endSequenceNumber: '2' } },
      ['DDBStreamBatchInfo', 'endSequenceNumber'],
    ],
    [
      'one of Kinesis',
      { DDBStreamBatchInfo: undefined, KinesisBatchInfo: { ...info, startSequenceNumber: '' } },
      ['KinesisBatchInfo', 'startSequenceNumber'],
    ],
    ['Kafka without its payload', { DDBStreamBatchInfo: undefined, KafkaBatchInfo: {} }, ['payload']],
    ['a payload that is no event', { payload: {} }, ['payload']],
    ['a place that is none', { DDBStreamBatchInfo: { ...info, shardId: 7 } }, ['DDBStreamBatchInfo', 'shardId']],
  ])('%s has its path', async (_, parts, path) => {
    const broken = { ...failure, ...parts } as StreamFailureEvent
    await expect(readFailedBatch(broken, shard().client)).rejects.toMatchObject({ code: 'EVENT_INVALID', path })
  })

  test('a call that is refused names the function', async () => {
    for (const options of [{ maxRecords: 0 }, { pauseMs: -1 }, { maxRecord: 1 }])
      await expect(readFailedBatch(failure, shard().client, options as never)).rejects.toThrow(/^readFailedBatch: /)
    await expect(readFailedBatch(failure)).rejects.toMatchObject({ path: ['payload'] })
  })

  test('what is lost is told: its number where Lambda counted', async () => {
    const { batchSize: _, ...uncounted } = info
    const lost = async (batch: object, ...pages: number[][]) =>
      readFailedBatch({ ...failure, DDBStreamBatchInfo: batch } as never, shard(...pages).client, { pauseMs: 0 }).catch(
        ({ message }: Error) => message,
      )
    expect(await lost(info, [4, 5])).toBe(
      '1 of 3 records of the batch are no longer in the stream (shard s): read the others with the option onLost',
    )
    expect(await lost(uncounted, [4, 5])).toBe(
      'records of the batch are no longer in the stream (shard s): read the others with the option onLost',
    )
  })
})

test('a schema names what it wants', () => {
  const refused = readFailedBatch({ requestContext: 7 } as never)
  return expect(refused).rejects.toMatchObject({ code: 'EVENT_INVALID', path: ['requestContext'] })
})

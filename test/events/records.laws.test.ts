import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect } from 'vitest'
import { isMillraceError } from '../../src/errors.ts'
import {
  bytesPayload,
  detectSource,
  type EventRecord,
  FirehoseEventSchema,
  gunzipPayload,
  jsonPayload,
  kplPayload,
  readRecords,
  s3Objects,
  textPayload,
} from '../../src/events/index.ts'
import {
  arbitraryApiGatewayHttpEvent,
  arbitraryApiGatewayRestEvent,
  arbitraryDistributedMapEvent,
  arbitraryDynamoDBStreamEvent,
  arbitraryFirehoseEvent,
  arbitraryKafkaEvent,
  arbitraryKinesisEvent,
  arbitrarySnsEvent,
  arbitrarySqsEvent,
} from '../../src/testing/index.ts'
import { law } from '../support/law.ts'
import { mutated } from '../support/mutated-json.ts'
import { SOURCES } from './support/event-arbitraries.ts'

const DECODERS = [bytesPayload(), textPayload(), jsonPayload(), gunzipPayload(kplPayload(gunzipPayload(jsonPayload())))]
const decoder = fc.constantFrom(...DECODERS)
const anyEvent = fc.oneof(...SOURCES.map(({ arbitrary }) => arbitrary))

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: false,
})

/** Records of a well-formed list, or the error that says that there is no event. */
function recordsOf(event: unknown, payload: (typeof DECODERS)[number]): readonly EventRecord<unknown>[] {
  try {
    return readRecords(event, payload)
  } catch (error) {
    if (!isMillraceError(error, 'EVENT_INVALID')) throw error
    return []
  }
}

law(
  'readRecords: any value returns records or throws EVENT_INVALID',
  fc.property(
    fc.oneof(
      anything,
      fc.dictionary(
        fc.constantFrom('Records', 'records', 'Items', 'tasks', 'job', 'awslogs', 'requestContext', 'detail'),
        anything,
      ),
    ),
    decoder,
    (event, payload) => {
      for (const record of recordsOf(event, payload)) expect(typeof record.id).toBe('string')
    },
  ),
  { runs: 1000 },
)

law(
  'readRecords: an event with parts changed, removed or doubled returns records or throws EVENT_INVALID, and every failure has a place and a reason',
  fc.property(mutated(anyEvent), decoder, (event, payload) => {
    const before = Reflect.ownKeys(Object.prototype).length
    for (const { id, payload: result } of recordsOf(event, payload)) {
      expect(typeof id).toBe('string')
      if (!result.ok) expect(isMillraceError(result.error) && result.error.path !== undefined).toBe(true)
    }
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before)
  }),
  { runs: 2000 },
)

law(
  's3Objects: an event of any source, changed anywhere, returns references or throws EVENT_INVALID',
  fc.property(mutated(anyEvent), (event) => {
    try {
      s3Objects(event)
    } catch (error) {
      if (!isMillraceError(error, 'EVENT_INVALID')) throw error
    }
  }),
  { runs: 1000 },
)

law(
  'readRecords: does not modify the event, and returns its own records as raw',
  fc.property(anyEvent, decoder, (event, payload) => {
    const before = structuredClone(event)
    readRecords(event, payload)
    expect(event).toEqual(before)
  }),
)

const bytes = fc.uint8Array({ maxLength: 100 })
const hexOf = (records: readonly EventRecord<Uint8Array>[]) =>
  records.map(({ payload }) => (payload.ok ? Buffer.from(payload.value).toString('hex') : payload.error.code))

law(
  'bytesPayload: bytes pass through Kinesis, Firehose, Kafka and requests unchanged',
  fc.property(
    bytes.chain((payload) => {
      const one = { payload: fc.constant(payload), minRecords: 1, maxRecords: 1 }
      const events = [
        arbitraryKinesisEvent(one),
        arbitraryFirehoseEvent(one),
        arbitraryKafkaEvent(one),
        arbitraryApiGatewayHttpEvent(one),
      ]
      return fc.tuple(fc.constant(payload), fc.oneof(...events))
    }),
    ([payload, event]) => {
      const hex = Buffer.from(payload).toString('hex')
      for (const each of hexOf(readRecords(event, bytesPayload()))) expect([hex, '']).toContain(each)
    },
  ),
)

law(
  'readRecords: keys and headers of Kafka are kept byte by byte, in order, with the cluster of each record',
  fc.property(arbitraryKafkaEvent(), (event) => {
    const records = Object.values(event.records).flat()
    for (const [index, { key, headers, cluster }] of readRecords(event, bytesPayload()).entries()) {
      const source = records[index]
      expect(key && Buffer.from(key).toString('base64')).toBe(source?.key ?? undefined)
      expect(headers?.map(([name, value]) => ({ [name]: [...new Int8Array(value)] }))).toEqual(source?.headers)
      expect(cluster).toMatch(event.eventSourceArn === undefined ? /^servers-/ : /^arn:/)
    }
  }),
)

law(
  'readRecords: Firehose events from MSK are read like others, despite the other name of their data',
  fc.property(arbitraryFirehoseEvent({ isFromMsk: true }), (event) => {
    const records = event.records.map(({ kafkaRecordValue: data, ...record }) => ({ ...record, data }))
    const read = (each: unknown) => hexOf(readRecords(each, bytesPayload()))
    expect(read(event)).toEqual(read({ ...event, records }))
    expect(FirehoseEventSchema.safeParse(event).success).toBe(true)
  }),
)

law(
  'textPayload: text in any script passes through queues, topics and streams unchanged',
  fc.property(
    fc.string({ unit: 'grapheme' }).chain((payload) => {
      const one = { payload: fc.constant(payload), minRecords: 1, maxRecords: 1 }
      return fc.tuple(
        fc.constant(payload),
        fc.oneof(arbitraryKinesisEvent(one), arbitrarySqsEvent(one), arbitrarySnsEvent(one)),
      )
    }),
    ([payload, event]) => {
      expect(readRecords(event, textPayload()).map((record) => record.payload)).toEqual([{ ok: true, value: payload }])
    },
  ),
)

law(
  'jsonPayload: a JSON value passes through every source with bytes or text unchanged',
  fc.property(
    fc.jsonValue().chain((payload) => {
      const one = { payload: fc.constant(payload), minRecords: 1, maxRecords: 1 }
      const asText = typeof payload === 'string' ? JSON.stringify(payload) : payload
      const wrapped = { ...one, payload: fc.constant(asText) }
      const events = [
        arbitraryKinesisEvent(wrapped),
        arbitrarySqsEvent(wrapped),
        arbitrarySnsEvent(wrapped),
        arbitraryFirehoseEvent(wrapped),
        arbitraryDistributedMapEvent({ item: fc.constant(payload) }),
      ]
      return fc.tuple(fc.constant(payload), fc.oneof(...events))
    }),
    ([payload, event]) => {
      const [record] = readRecords(event, jsonPayload())
      expect(record?.payload).toEqual({ ok: true, value: isParsed(event) ? payload : exact(payload) })
    },
  ),
)

law(
  'gunzipPayload: gzip or not, the inner decoder gets the same bytes',
  fc.property(bytes, fc.boolean(), (data, isTwice) => {
    const event = (payload: Uint8Array) => ({
      Records: [
        {
          eventSource: 'aws:kinesis',
          kinesis: { data: Buffer.from(payload).toString('base64'), partitionKey: '', sequenceNumber: '1' },
        },
      ],
    })
    const inner = gunzipPayload(bytesPayload())
    const decode = isTwice ? gunzipPayload(inner) : inner
    // Bytes that look like gzip and are none are refused as such.
    fc.pre(data[0] !== 0x1f || data[1] !== 0x8b)
    expect(hexOf(readRecords(event(gzipSync(data)), decode))).toEqual([Buffer.from(data).toString('hex')])
    expect(hexOf(readRecords(event(data), decode))).toEqual([Buffer.from(data).toString('hex')])
  }),
)

/** Where the source carries JSON, Lambda's runtime has parsed it. */
const isParsed = (event: unknown): boolean => detectSource(event) === 'distributed-map'

/** A value as its JSON text says it: an integer that is written out beyond 2^53 is a bigint. */
function exact(value: unknown): unknown {
  if (typeof value === 'number') {
    const text = JSON.stringify(value)
    return Number.isSafeInteger(value) || /[.e]/.test(text) ? JSON.parse(text) : BigInt(text)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(exact)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exact(inner)]))
}

const lists = fc.oneof(
  arbitraryKinesisEvent({ maxRecords: 6 }),
  arbitrarySqsEvent({ maxRecords: 6 }),
  arbitraryDynamoDBStreamEvent({ maxRecords: 6 }),
) as fc.Arbitrary<{ Records: unknown[] }>

law(
  'readRecords: an invalid record is one failed result in its position, and does not affect the others',
  fc.property(lists, fc.nat(), fc.constantFrom<unknown>(null, 7, 'text', [], {}), (event, at, bad) => {
    const good = readRecords(event, bytesPayload())
    const index = at % (event.Records.length + 1)
    const Records = event.Records.toSpliced(index, 0, bad)
    const records = readRecords({ ...event, Records }, bytesPayload())
    expect(records.toSpliced(index, 1)).toEqual(good)
    expect(records[index]).toMatchObject({ id: '', payload: { ok: false, error: { code: 'EVENT_INVALID' } } })
    const result = records[index]?.payload
    expect(result?.ok === false && result.error.path?.slice(0, 2)).toEqual(['Records', index])
  }),
)

law(
  'readRecords: id is the identifier that Lambda expects: sequence number, message id, record id, or partition and offset',
  fc.property(
    arbitraryKinesisEvent(),
    arbitrarySqsEvent(),
    arbitraryFirehoseEvent(),
    arbitraryKafkaEvent(),
    arbitraryDynamoDBStreamEvent(),
    (kinesis, sqs, firehose, kafka, dynamodb) => {
      const ids = (event: unknown): string[] => readRecords(event, bytesPayload()).map(({ id }) => id)
      expect(ids(kinesis)).toEqual(kinesis.Records.map((record) => record.kinesis.sequenceNumber))
      expect(ids(sqs)).toEqual(sqs.Records.map((record) => record.messageId))
      expect(ids(firehose)).toEqual(firehose.records.map((record) => record.recordId))
      expect(ids(dynamodb)).toEqual(dynamodb.Records.map((record) => record.dynamodb.SequenceNumber))
      expect(readRecords(kafka, bytesPayload()).map((record) => record.kafka)).toEqual(
        Object.entries(kafka.records).flatMap(([partition, records]) =>
          records.map(({ offset }) => ({ partition, offset })),
        ),
      )
    },
  ),
)

law(
  'readRecords: an array from EventBridge Pipes is read like the list of the event',
  fc.property(lists, (event) => {
    const withoutPath = ({ payload, ...record }: EventRecord<unknown>) => ({ ...record, ok: payload.ok })
    expect(readRecords(event.Records, bytesPayload()).map(withoutPath)).toEqual(
      readRecords(event, bytesPayload()).map(withoutPath),
    )
  }),
)

law(
  'readRecords: the body of a request is the same as text or as base64',
  fc.property(arbitraryApiGatewayRestEvent({ payload: fc.string({ unit: 'grapheme' }) }), (event) => {
    const text = event.body ?? ''
    const base64 = { ...event, body: Buffer.from(text).toString('base64'), isBase64Encoded: true }
    const plain = {
      ...event,
      body: event.isBase64Encoded ? Buffer.from(text, 'base64').toString() : text,
      isBase64Encoded: false,
    }
    const read = (each: unknown) => readRecords(each, textPayload())[0]?.payload
    expect(read(plain)).toEqual(read(event))
    if (!event.isBase64Encoded) expect(read(base64)).toEqual(read(event))
  }),
)

law(
  'detectSource: any value returns a source or undefined',
  fc.property(fc.oneof(anything, mutated(anyEvent)), (event) => {
    expect(['string', 'undefined']).toContain(typeof detectSource(event))
  }),
  { runs: 500 },
)

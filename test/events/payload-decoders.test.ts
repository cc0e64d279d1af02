import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  bytesPayload,
  envelopePayload,
  gunzipPayload,
  jsonPayload,
  kplPayload,
  linesPayload,
  readRecords,
  s3Objects,
  s3ObjectsPayload,
  textPayload,
} from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'
import { aggregateRecords } from '../../src/testing/index.ts'

const queue = (...bodies: string[]) => ({
  Records: bodies.map((body, n) => ({ eventSource: 'aws:sqs', messageId: `m-${n}`, body })),
})
const kinesis = (data: Uint8Array) => ({
  Records: [
    {
      eventSource: 'aws:kinesis',
      kinesis: { data: Buffer.from(data).toString('base64'), partitionKey: 'k', sequenceNumber: '1' },
    },
  ],
})
const sns = (Message: string) => JSON.stringify({ Type: 'Notification', MessageId: 'i', TopicArn: 'arn', Message })
const bus = (detail: string) => `{"source":"shop","detail-type":"Order","detail":${detail},"id":"1"}`
const read = <T>(event: unknown, payload: Parameters<typeof readRecords<T>>[1]) =>
  readRecords(event, payload).map(({ payload: result }) => (result.ok ? result.value : result.error.code))

describe('linesPayload', () => {
  test('a value a line: LF, CRLF, blank lines, no end of line at the end', () => {
    const event = queue('{"id":1}\r\n\n  \t\n{"id":2}')
    expect(readRecords(event, linesPayload(jsonPayload()))).toMatchObject([
      { id: 'm-0', subSequence: 0, payload: { value: { id: 1 } } },
      { id: 'm-0', subSequence: 1, payload: { value: { id: 2 } } },
    ])
    expect(read(kinesis(Buffer.from('a\r\n\r\nb\n')), linesPayload(textPayload()))).toEqual(['a', 'b'])
  })

  test('a bad line is one failed result; values glued on one line are refused', () => {
    expect(read(queue('1\n{\n3\n{"a":1}{"a":2}'), linesPayload(jsonPayload()))).toEqual([
      1,
      'PAYLOAD_INVALID',
      3,
      'PAYLOAD_INVALID',
    ])
    const bytes = Buffer.concat([Buffer.from('é\n'), Buffer.of(0xff), Buffer.from('\nb')])
    expect(read(kinesis(bytes), linesPayload(textPayload()))).toEqual(['é', 'ENCODING_INVALID', 'b'])
    const [, second] = readRecords(queue('1\n{'), linesPayload(jsonPayload()))
    expect(second?.payload).toMatchObject({ error: { path: ['Records', 0, 'body', 1] } })
  })

  test.each(['', '\n', ' \r\n\t'])('a record without lines (%j) is one failed record', (body) => {
    expect(read(queue(body), linesPayload(textPayload()))).toEqual(['PAYLOAD_INVALID'])
    expect(read(kinesis(Buffer.from(body)), linesPayload(textPayload()))).toEqual(['PAYLOAD_INVALID'])
  })

  test('inside gzip, inside an envelope, and inside aggregated records, whose lines are numbered through', () => {
    expect(read(kinesis(gzipSync('1\n2\n')), gunzipPayload(linesPayload(jsonPayload())))).toEqual([1, 2])
    expect(read(queue(sns('1\n2')), envelopePayload(linesPayload(jsonPayload())))).toEqual([1, 2])
    const aggregated = aggregateRecords(
      ['1\n2', '', '3'].map((each, n) => ({ partitionKey: `p${n}`, data: Buffer.from(each) })),
    )
    const records = readRecords(kinesis(aggregated), kplPayload(linesPayload(jsonPayload())))
    expect(records.map(({ subSequence, orderingKey, payload }) => [subSequence, orderingKey, payload.ok])).toEqual([
      [0, 'p0', true],
      [1, 'p0', true],
      [2, 'p1', false],
      [3, 'p2', true],
    ])
  })

  test('a decoder that cannot split takes one line alone', () => {
    const { decode } = linesPayload(textPayload())
    const upper = { decode }
    expect(read(queue('a\n', 'a\nb'), upper)).toEqual(['a', 'PAYLOAD_INVALID'])
  })

  test('Firehose answers every record, those without lines too', async () => {
    const event = {
      deliveryStreamArn: 'arn',
      records: ['a\nb', '\n', 'c\nbad'].map((text, n) => ({
        recordId: `r${n}`,
        data: Buffer.from(text).toString('base64'),
      })),
    }
    const handler = async (line: string) => {
      if (line === 'bad') throw new Error('bad')
      return `${line.toUpperCase()}\n`
    }
    const { records } = await processBatch(event, handler, { payload: linesPayload(textPayload()) })
    expect(
      records.map(({ recordId, result, data }) => [recordId, result, Buffer.from(data, 'base64').toString()]),
    ).toEqual([
      ['r0', 'Ok', 'A\nB\n'],
      ['r1', 'ProcessingFailed', '\n'],
      ['r2', 'ProcessingFailed', 'c\nbad'],
    ])
    const none = { decode: textPayload().decode, split: () => [] }
    expect(await processBatch(event, async () => {}, { payload: none })).toMatchObject({
      records: [{ recordId: 'r0' }, { recordId: 'r1' }, { recordId: 'r2' }],
    })
  })
})

describe('envelopePayload', () => {
  const exact = envelopePayload(jsonPayload())

  test('SNS and EventBridge, in one another, in bytes too', () => {
    for (const body of [sns('{"a":1}'), bus('{"a":1}'), sns(bus('{"a":1}')), bus(sns('{"a":1}'))]) {
      expect(read(queue(body), exact)).toEqual([{ a: 1 }])
      expect(read(queue(`\ufeff${body}`), exact)).toEqual([{ a: 1 }])
      expect(read(kinesis(Buffer.from(body)), exact)).toEqual([{ a: 1 }])
    }
    expect(read({ Items: [JSON.parse(sns('{"a":1}'))] }, exact)).toEqual([{ a: 1 }])
  })

  test('numbers of a detail stay exact, as JSON and as text', () => {
    const detail = '{"id":9007199254740993, "d":0.10000000000000000001,"detail":[{"x":"}\\""}]}'
    expect(read(queue(bus(detail)), envelopePayload(textPayload()))).toEqual([detail])
    expect(read(queue(sns(bus(detail))), exact)).toMatchObject([{ id: 9007199254740993n }])
  })

  test('of equal names the last counts, and the value may be of any kind', () => {
    const text = envelopePayload(textPayload())
    for (const detail of ['1', '"a,}"', 'null', '[ ]', '{}', 'true'])
      expect(read(queue(`{"detail":0,"source":"s","detail-type":"t" , "detail" : ${detail} }`), text)).toEqual([detail])
  })

  test.each([
    'plain text',
    '{"Type":"Notification","TopicArn":"arn","Message":"x"}',
    '{"Type":"Notification","MessageId":"i","TopicArn":"arn","Message":{}}',
    '{"source":"s","detail":{}}',
    '{"source":7,"detail-type":"t","detail":{}}',
    '["detail-type"]',
    '{"detail-type" broken',
    '',
  ])('anything else passes as it is: %s', (body) => {
    expect(read(queue(body), envelopePayload(textPayload()))).toEqual([body])
  })

  test('bytes that are no text pass as they are', () => {
    const bytes = Uint8Array.of(0x7b, 0xff, 0x00)
    expect(read(kinesis(bytes), envelopePayload(bytesPayload()))).toEqual([bytes])
  })

  test('paths lead through Message and detail', () => {
    const [record] = readRecords(queue(sns(bus('{'.concat('}')))), envelopePayload({ decode: textPayload().decode }))
    expect(record?.payload.ok).toBe(true)
    const [bad] = readRecords(queue(sns(sns('{'))), exact)
    expect(bad?.payload).toMatchObject({ error: { path: ['Records', 0, 'body', 'Message', 'Message'] } })
    const [deep] = readRecords(queue(sns(bus('{"a":[1e400]}'))), exact)
    expect(deep?.payload).toMatchObject({ error: { path: ['Records', 0, 'body', 'Message', 'detail', 'a', 0] } })
  })

  test('eight envelopes, and no more', () => {
    const nested = (count: number) => Array.from({ length: count }).reduce<string>((inner) => sns(inner), '7')
    expect(read(queue(nested(8)), exact)).toEqual([7])
    expect(read(queue(nested(9)), exact)).toEqual(['LIMIT_EXCEEDED'])
  })
})

describe('s3ObjectsPayload', () => {
  const s3Record = {
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'b' }, object: { key: 'a+b.csv', size: 3 } },
  }
  const notification = JSON.stringify({ Records: [s3Record, s3Record] })
  const busEvent = {
    id: 'e',
    source: 'aws.s3',
    'detail-type': 'Object Created',
    time: '2026-01-01T00:00:00Z',
    region: 'eu-west-1',
    detail: { bucket: { name: 'b' }, object: { key: 'a b.csv' } },
  }

  test.each<[string, unknown]>([
    ['S3 itself', { Records: [s3Record, s3Record] }],
    ['EventBridge', busEvent],
    ['a queue', queue(notification, JSON.stringify(busEvent), sns(notification))],
    ['a topic', { Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'i', Message: notification } }] }],
    ['S3 Batch', { invocationId: 'i', job: { id: 'j' }, tasks: [{ taskId: 't', s3Key: 'a+b', s3Bucket: 'b' }] }],
  ])('%s: the objects that s3Objects finds', (_, event) => {
    const refs = readRecords(event, s3ObjectsPayload()).flatMap<unknown>(({ payload }) =>
      payload.ok ? payload.value : [payload],
    )
    expect(refs).toEqual(s3Objects(event))
    expect(refs.length).toBeGreaterThan(0)
  })

  test('test events name no object; what is no notification is one failed record', () => {
    const test = JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent' })
    expect(read(queue(test, '{"a":1}', 'text', notification), s3ObjectsPayload())).toMatchObject([
      [],
      'EVENT_INVALID',
      'EVENT_INVALID',
      [{ key: 'a b.csv' }, { key: 'a b.csv' }],
    ])
    const broken = JSON.stringify({ Records: [s3Record, { ...s3Record, s3: {} }] })
    const [record] = readRecords(queue(broken), s3ObjectsPayload())
    expect(record?.payload).toMatchObject({ error: { path: ['Records', 0, 'body', 'Records', 1, 's3', 'bucket'] } })
  })

  test('through an envelope', () => {
    const event = queue(sns(JSON.stringify(busEvent)))
    const refs = readRecords(event, envelopePayload(s3ObjectsPayload()))[0]?.payload
    expect(refs).toEqual({ ok: true, value: s3Objects(event) })
  })
})

import { runInNewContext } from 'node:vm'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { type DynamoDBEntry, dynamodbWriter, type RawDynamoDBEntry } from '../../src/send/dynamodb.ts'
import { type EventBridgeEntry, eventBridgeSender } from '../../src/send/eventbridge.ts'
import { type FirehoseEntry, firehoseSender } from '../../src/send/firehose.ts'
import { type KinesisEntry, kinesisSender } from '../../src/send/kinesis.ts'
import { type SnsEntry, snsSender } from '../../src/send/sns.ts'
import { type Sender, type SendOutcome, type SqsEntry, sqsSender } from '../../src/send/sqs.ts'
import { fakeService } from '../../src/testing/fake-service.ts'

type Listener<Entry> = { readonly onOutcome: (outcome: SendOutcome<Entry>) => void }

/** What becomes of one entry: its bytes where it is sent, else the code of its error. */
async function fateOf<Entry>(
  make: (options: Listener<Entry>) => Sender<Entry>,
  entry: Entry,
): Promise<string | number> {
  const outcomes: SendOutcome<Entry>[] = []
  const report = await make({ onOutcome: (outcome) => void outcomes.push(outcome) })([entry])
  const [outcome] = outcomes
  if (outcome?.status === 'sent') return report.bytes
  expect(outcome).toMatchObject({ status: 'refused', attempts: 0 })
  expect(report.requests).toBe(0)
  return outcome?.error.code ?? ''
}

const long = (length: number): string => 'x'.repeat(length)
const text = (StringValue: string, DataType = 'String') => ({ DataType, StringValue })

describe('sqsSender', () => {
  const sqs = (entry: SqsEntry, queueUrl = 'https://sqs/q') =>
    fateOf((options) => sqsSender(fakeService({ service: 'sqs' }).client, { queueUrl }, options), entry)
  const fifo = (entry: SqsEntry) => sqs(entry, 'https://sqs/q.fifo')

  test.each<[SqsEntry, string | number]>([
    [{ MessageBody: 'é€😀' }, 9],
    [{ MessageBody: '\t\r\n' }, 3],
    [
      {
        MessageBody: 'a',
        MessageAttributes: { name: text('é'), b: { DataType: 'Binary.x', BinaryValue: new Uint8Array(5) } },
      },
      27,
    ],
    [{ MessageBody: 'a', MessageSystemAttributes: { AWSTraceHeader: text('Root=1') } }, 1],
    [{ MessageBody: long(1_048_576) }, 1_048_576],
    [{ MessageBody: long(1_048_577) }, 'LIMIT_EXCEEDED'],
    [{ MessageBody: long(1_048_570), MessageAttributes: { a: text('b') } }, 'LIMIT_EXCEEDED'],
    [{ MessageBody: '' }, 'TYPE_MISMATCH'],
    [{ MessageBody: undefined }, 'TYPE_MISMATCH'],
    [{ MessageBody: { a: 1 } as never }, 'TYPE_MISMATCH'],
    [{ MessageBody: 'a\0b' }, 'ENCODING_INVALID'],
    [{ MessageBody: 'a\x1f' }, 'ENCODING_INVALID'],
    [{ MessageBody: 'a\ud800b' }, 'ENCODING_INVALID'],
    [{ MessageBody: '\uffff' }, 'ENCODING_INVALID'],
    [{ MessageBody: '\ufffe' }, 'ENCODING_INVALID'],
    [{ MessageBody: 'a', MessageAttributes: { 'AWS.x': text('a') } }, 'TYPE_MISMATCH'],
    [{ MessageBody: 'a', MessageAttributes: { 'a b': text('a') } }, 'TYPE_MISMATCH'],
    [{ MessageBody: 'a', MessageAttributes: { 'a..b': text('a') } }, 'TYPE_MISMATCH'],
    [{ MessageBody: 'a', MessageAttributes: { 'a.': text('a') } }, 'TYPE_MISMATCH'],
    [{ MessageBody: 'a', MessageAttributes: { a: text('') } }, 'TYPE_MISMATCH'],
    [{ MessageBody: 'a', MessageAttributes: { a: text('a', 'Text') } }, 'TYPE_MISMATCH'],
    [{ MessageBody: 'a', MessageAttributes: { a: text('a\0') } }, 'ENCODING_INVALID'],
    [{ MessageBody: 'a', MessageAttributes: { a: null as never } }, 'TYPE_MISMATCH'],
    [
      { MessageBody: 'a', MessageAttributes: { a: { DataType: 'Binary', BinaryValue: new Uint8Array(0) } } },
      'TYPE_MISMATCH',
    ],
    [
      {
        MessageBody: 'a',
        MessageAttributes: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, text('a')])),
      },
      'LIMIT_EXCEEDED',
    ],
    [{ MessageBody: 'a', MessageDeduplicationId: 'a b' }, 'TYPE_MISMATCH'],
    [{ MessageBody: 'a', MessageGroupId: long(129) }, 'TYPE_MISMATCH'],
  ])('%# of a standard queue', async (entry, fate) => {
    expect(await sqs(entry)).toBe(fate)
  })

  test('a FIFO queue needs a group', async () => {
    expect(await fifo({ MessageBody: 'a' })).toBe('TYPE_MISMATCH')
    expect(await fifo({ MessageBody: 'a', MessageGroupId: 'g' })).toBe(1)
  })
})

describe('snsSender', () => {
  const sns = (entry: SnsEntry, topicArn = 'arn:t') =>
    fateOf((options) => snsSender(fakeService({ service: 'sns' }).client, { topicArn }, options), entry)
  test.each<[SnsEntry, string | number]>([
    [{ Message: 'é', MessageAttributes: { a: text('b') } }, 10],
    [{ Message: long(262_144) }, 262_144],
    [{ Message: long(262_145) }, 'LIMIT_EXCEEDED'],
    [{ Message: '' }, 'TYPE_MISMATCH'],
    [{ Message: '\ud800' }, 'ENCODING_INVALID'],
    [{ Message: 'a', Subject: long(100) }, 1],
    [{ Message: 'a', Subject: long(101) }, 'LIMIT_EXCEEDED'],
    [{ Message: 'a', Subject: 'a\nb' }, 'ENCODING_INVALID'],
    [{ Message: 'a', MessageStructure: 'json' }, 'PAYLOAD_INVALID'],
    [{ Message: '{"default":"a"}', MessageStructure: 'json' }, 15],
    [{ Message: '{"default":1}', MessageStructure: 'json' }, 'PAYLOAD_INVALID'],
  ])('%#', async (entry, fate) => {
    expect(await sns(entry)).toBe(fate)
  })
  test('a FIFO topic needs a group', async () => {
    expect(await sns({ Message: 'a' }, 'arn:t.fifo')).toBe('TYPE_MISMATCH')
  })
})

describe('kinesisSender and firehoseSender', () => {
  const kinesis = (entry: KinesisEntry) =>
    fateOf((options) => kinesisSender(fakeService({ service: 'kinesis' }).client, { streamArn: 'a' }, options), entry)
  const firehose = (entry: FirehoseEntry) =>
    fateOf(
      (options) => firehoseSender(fakeService({ service: 'firehose' }).client, { deliveryStreamName: 'd' }, options),
      entry,
    )
  const Data = new Uint8Array(1)
  test.each<[KinesisEntry, string | number]>([
    [{ Data, PartitionKey: 'é' }, 3],
    [{ Data: new Uint8Array(0), PartitionKey: 'k' }, 1],
    [{ Data, PartitionKey: undefined }, 1],
    [{ Data, PartitionKey: 'é'.repeat(256) }, 513],
    [{ Data, PartitionKey: '😀'.repeat(256) }, 1025],
    [{ Data, PartitionKey: 'é'.repeat(257) }, 'LIMIT_EXCEEDED'],
    [{ Data, PartitionKey: '' }, 'TYPE_MISMATCH'],
    [{ Data, PartitionKey: '\udc00' }, 'ENCODING_INVALID'],
    [{ Data: 'text' as never, PartitionKey: 'k' }, 'TYPE_MISMATCH'],
    [{ Data: new Uint8Array(1_048_575), PartitionKey: 'k' }, 1_048_576],
    [{ Data: new Uint8Array(1_048_576), PartitionKey: 'k' }, 'LIMIT_EXCEEDED'],
    [{ Data, PartitionKey: 'k', ExplicitHashKey: '340282366920938463463374607431768211455' }, 2],
    [{ Data, PartitionKey: 'k', ExplicitHashKey: '340282366920938463463374607431768211456' }, 'TYPE_MISMATCH'],
    [{ Data, PartitionKey: 'k', ExplicitHashKey: '01' }, 'TYPE_MISMATCH'],
  ])('%# of Kinesis', async (entry, fate) => {
    expect(await kinesis(entry)).toBe(fate)
  })
  test('bytes of another realm are bytes', async () => {
    expect(await firehose({ Data: runInNewContext('new Uint8Array(3)') })).toBe(3)
  })
  test('Firehose counts data alone', async () => {
    expect(await firehose({ Data: new Uint8Array(1_024_000) })).toBe(1_024_000)
    expect(await firehose({ Data: new Uint8Array(1_024_001) })).toBe('LIMIT_EXCEEDED')
    expect(await firehose({ Data: undefined })).toBe('TYPE_MISMATCH')
  })
  test('a stream has a name or an ARN, not both', () => {
    const { client } = fakeService({ service: 'kinesis' })
    expect(() => kinesisSender(client, {} as never)).toThrow(/either streamName or streamArn/)
    expect(() => kinesisSender(client, { streamName: 'a', streamArn: 'b' } as never)).toThrow(/either/)
  })
})

describe('eventBridgeSender', () => {
  const put = (entry: EventBridgeEntry) =>
    fateOf((options) => eventBridgeSender(fakeService({ service: 'eventbridge' }).client, {}, options), entry)
  const event = { Source: 's', DetailType: 'd', Detail: '{}' }
  test.each<[EventBridgeEntry, string | number]>([
    [event, 4],
    [{ ...event, Time: new Date(0), Resources: ['é', 'a'] }, 21],
    [{ ...event, Detail: JSON.stringify({ a: long(999_990) }) }, 1_000_000],
    [{ ...event, Detail: JSON.stringify({ a: long(999_991) }) }, 'LIMIT_EXCEEDED'],
    [{ ...event, Source: undefined }, 'TYPE_MISMATCH'],
    [{ ...event, DetailType: '' }, 'TYPE_MISMATCH'],
    [{ ...event, DetailType: long(129) }, 'LIMIT_EXCEEDED'],
    [{ ...event, Detail: '[]' }, 'PAYLOAD_INVALID'],
    [{ ...event, Detail: 'null' }, 'PAYLOAD_INVALID'],
    [{ ...event, Detail: '{' }, 'PAYLOAD_INVALID'],
    [{ ...event, Detail: '{"a":"\ud800"}' }, 'ENCODING_INVALID'],
    [{ ...event, Time: new Date(Number.NaN) }, 'TYPE_MISMATCH'],
  ])('%#', async (entry, fate) => {
    expect(await put(entry)).toBe(fate)
  })
})

describe('dynamodbWriter', () => {
  const target = { tableName: 't', keys: ['pk', 'sk'] } as const
  const write = (entry: DynamoDBEntry) =>
    fateOf<DynamoDBEntry>(
      (options) => dynamodbWriter(fakeService({ service: 'dynamodb' }).client, target, options),
      entry,
    )
  const writeRaw = (entry: RawDynamoDBEntry) =>
    fateOf<RawDynamoDBEntry>(
      (options) => dynamodbWriter(fakeService({ service: 'dynamodb' }).client, target, { ...options, raw: true }),
      entry,
    )
  const key = { pk: 'p', sk: 1 }
  const rawKey = { pk: { S: 'p' }, sk: { N: '1' } }
  const nested = (depth: number): AttributeValue => (depth === 0 ? { BOOL: true } : { L: [nested(depth - 1)] })
  test.each<[DynamoDBEntry, string | number]>([
    [{ put: key }, 7],
    [
      { put: { ...key, n: -123, b: new Uint8Array(4), t: true, z: null, l: ['a', 'b'], m: { x: 'é' }, u: undefined } },
      37,
    ],
    [{ delete: key }, 7],
    [{ delete: { ...key, more: 1 } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: 'p' } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: '', sk: 1 } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: true, sk: 1 } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: '\ud800', sk: 1 } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: long(2049), sk: 1 } }, 'LIMIT_EXCEEDED'],
    [{ put: { pk: 'a', sk: new Uint8Array(1025) } }, 'LIMIT_EXCEEDED'],
    [{ put: { ...key, a: long(409_592) } }, 409_600],
    [{ put: { ...key, a: long(409_593) } }, 'LIMIT_EXCEEDED'],
    [{ put: { ...key, a: 2 ** 60 } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...key, a: new Set() } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...key, a: new Date() } }, 'ATTRIBUTE_INVALID'],
    [{ put: key, delete: key } as never, 'TYPE_MISMATCH'],
    [{ put: null } as never, 'ATTRIBUTE_INVALID'],
    [{ put: { ...key, a: 'x\ud800' } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...key, 'x\udfff': 1 } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...key, a: [{ b: new Set(['x\ud800']) }] } }, 'ATTRIBUTE_INVALID'],
    [{ delete: { pk: '\udc00', sk: 1 } }, 'ATTRIBUTE_INVALID'],
  ])('%# of plain values', async (entry, fate) => {
    expect(await write(entry)).toBe(fate)
  })
  test.each<[RawDynamoDBEntry, string | number]>([
    [{ put: { pk: { S: 'p' }, sk: { N: '1' }, a: { SS: ['a', 'bc'] }, n: { N: '0.00120' } } }, 14],
    [{ put: { pk: { S: 'p' }, sk: { N: '1' }, a: { X: 1 } as never } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: { S: 'p' }, sk: { N: 'one' } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: { S: 'p' }, sk: { N: '1' }, a: { S: 1 } as never } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: { S: 'p' }, sk: { N: '1' }, a: { SS: [] } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { pk: 'p' } as never }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: { N: 'one' } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: { N: '9'.repeat(39) } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: { N: '1E126' } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: { N: '-0' }, b: { N: '9.9E125' }, c: { N: '10203040' } } }, 19],
    [{ put: { ...rawKey, a: { S: '\ud800' } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: { NS: ['1', '1.0'] } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: { SS: ['a', 'a'] } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: { BS: [new Uint8Array(1), new Uint8Array(1)] } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: { L: new Array(1) } } }, 'ATTRIBUTE_INVALID'],
    [{ put: { ...rawKey, a: nested(32) } }, 7 + 1 + 32 * 4 + 1],
    [{ put: { ...rawKey, a: nested(33) } }, 'LIMIT_EXCEEDED'],
  ])('%# of attribute values', async (entry, fate) => {
    expect(await writeRaw(entry)).toBe(fate)
  })

  test('two writes of a key go in two requests, the later one last, however its number is spelled', async () => {
    const { client, requests, stored } = fakeService({ service: 'dynamodb' })
    const send = dynamodbWriter(client, target, { raw: true })
    const spelled = ['1', '1.0', '10e-1', '01'].slice(0, 3)
    const entries = spelled.map((N, n) => ({ put: { pk: { S: 'p' }, sk: { N }, n: { N: `${n}` } } }))
    expect(await send([...entries, { put: { pk: { S: 'p' }, sk: { S: '1' } } }])).toMatchObject({
      sent: 4,
      requests: 3,
    })
    expect(requests.map((request) => JSON.stringify(request).match(/PutRequest/g)?.length)).toEqual([2, 1, 1])
    expect(stored.at(-1)).toMatchObject({ PutRequest: { Item: { n: { N: '2' } } } })
  })

  test('the keys (a, bc) and (ab, c) are two', async () => {
    const { client, requests } = fakeService({ service: 'dynamodb' })
    await dynamodbWriter(client, target)([{ put: { pk: 'a', sk: 'bc' } }, { put: { pk: 'ab', sk: 'c' } }])
    expect(requests).toHaveLength(1)
  })
})

test.each(['', 'text'])('text is no list of entries: %j', async (entries) => {
  const send = sqsSender(fakeService({ service: 'sqs' }).client, { queueUrl: 'https://sqs/1/q' })
  await expect(send(entries as never)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
})

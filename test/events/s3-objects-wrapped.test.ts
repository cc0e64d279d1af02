import { describe, expect, test } from 'vitest'
import type { MillraceError } from '../../src/errors.ts'
import { s3Objects } from '../../src/events/index.ts'
import { s3Record } from './support/s3-event.ts'

const direct = (key: string) => ({ Records: [s3Record({ key })] })
const bus = (key: string) => ({
  id: '1',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: '2026-01-31T12:00:00Z',
  region: 'eu-west-1',
  detail: { bucket: { name: 'lake' }, object: { key, size: 3, etag: 'e', 'version-id': 'v', sequencer: '0A' } },
})
const message = (messageId: string, body: unknown) => ({
  eventSource: 'aws:sqs',
  messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const queue = (...messages: readonly unknown[]) => ({ Records: messages })
const topic = (Message: unknown) => ({
  Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'n', Message: JSON.stringify(Message) } }],
})
const notification = (Message: unknown) => ({ Type: 'Notification', MessageId: 'n', Message: JSON.stringify(Message) })
const test3 = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }
const batch = (parts: object) => ({
  invocationId: 'i',
  job: { id: 'j' },
  tasks: [{ taskId: 't', s3Key: 'a+b%2Bc', s3VersionId: null, ...parts }],
})

describe('s3Objects through what carries them', () => {
  test.each([
    ['straight', direct('a+b%2Bc'), 'a b+c', undefined],
    ['a bus, its key not encoded', bus('a+b%2Bc'), 'a+b%2Bc', undefined],
    ['a queue', queue(message('m', direct('a+b%2Bc'))), 'a b+c', 'm'],
    ['a topic', topic(direct('a+b%2Bc')), 'a b+c', undefined],
    ['a topic in a queue', queue(message('m', notification(direct('a+b%2Bc')))), 'a b+c', 'm'],
    ['a topic in a queue, delivered raw', queue(message('m', direct('a+b%2Bc'))), 'a b+c', 'm'],
    ['a bus in a queue', queue(message('m', bus('a+b%2Bc'))), 'a+b%2Bc', 'm'],
    ['a bus in a topic in a queue', queue(message('m', notification(bus('a+b%2Bc')))), 'a+b%2Bc', 'm'],
    ['an event of a topic in a queue', queue(message('m', topic(direct('a+b%2Bc')))), 'a b+c', 'm'],
    [
      'a queue in a queue, named by the outer one',
      queue(message('m', queue(message('inner', direct('a+b%2Bc'))))),
      'a b+c',
      'm',
    ],
    ['S3 Batch 1.0', batch({ s3BucketArn: 'arn:aws:s3:::lake' }), 'a b+c', undefined],
    ['S3 Batch 2.0', batch({ s3Bucket: 'lake' }), 'a b+c', undefined],
  ])('%s', (_, event, key, recordId) => {
    const refs = s3Objects(event)
    expect(refs).toMatchObject([{ bucket: 'lake', key, rawKey: 'a+b%2Bc' }])
    expect(refs[0]?.recordId).toBe(recordId)
  })

  test('an array of Pipes', () => {
    expect(
      s3Objects([message('m', direct('a')), message('n', bus('b'))]).map(({ key, recordId }) => [key, recordId]),
    ).toEqual([
      ['a', 'm'],
      ['b', 'n'],
    ])
  })

  test('an event of a bus tells all it knows', () => {
    expect(s3Objects(bus('a'))).toEqual([
      {
        bucket: 'lake',
        key: 'a',
        rawKey: 'a',
        size: 3,
        eTag: 'e',
        versionId: 'v',
        sequencer: '0A',
        eventName: 'Object Created',
        eventTime: new Date('2026-01-31T12:00:00Z'),
        region: 'eu-west-1',
      },
    ])
  })

  test('an access point is named by its ARN', () => {
    const s3BucketArn = 'arn:aws:s3:us-west-2:123456789012:accesspoint/mine'
    expect(s3Objects(batch({ s3BucketArn, s3VersionId: 'v' }))).toMatchObject([{ bucket: s3BucketArn, versionId: 'v' }])
  })

  test('test events name no objects, whatever carries them', () => {
    expect(
      s3Objects(queue(message('m', test3), message('n', notification(test3)), message('o', direct('a')))),
    ).toMatchObject([{ key: 'a', recordId: 'o' }])
    expect(s3Objects(topic(test3))).toEqual([])
    expect(s3Objects(queue(message('m', { Records: [] })))).toEqual([])
  })
})

describe('messages that are no notification', () => {
  test.each([
    ['no JSON', 'text', ['Records', 0, 'body']],
    ['another JSON', { id: 1 }, ['Records', 0, 'body', 'Records']],
    ['a list', [], ['Records', 0, 'body']],
    ['another record', { Records: [{ eventSource: 'aws:ses' }] }, ['Records', 0, 'body', 'Records', 0, 'eventSource']],
    [
      'another event of a bus',
      { id: '1', source: 'my.shop', 'detail-type': 'd', detail: {} },
      ['Records', 0, 'body', 'Records'],
    ],
    ['a notification without one', notification({ id: 1 }), ['Records', 0, 'body', 'Message', 'Records']],
    [
      'an event of S3 without a key',
      { ...bus(''), detail: { bucket: { name: 'b' }, object: {} } },
      ['Records', 0, 'body', 'detail', 'object', 'key'],
    ],
  ])('%s is EVENT_INVALID at its place; with onInvalid the rest goes on', (_, body, path) => {
    const event = queue(message('bad', body), message('good', direct('a')))
    expect(() => s3Objects(event)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', path }))
    const heard: [MillraceError, string | undefined][] = []
    expect(s3Objects(event, { onInvalid: (...call) => heard.push(call) })).toMatchObject([
      { key: 'a', recordId: 'good' },
    ])
    expect(heard).toMatchObject([[{ code: 'EVENT_INVALID', path }, 'bad']])
  })

  test('a message without body or id, and what is no message', () => {
    const heard: unknown[] = []
    const event = queue(
      message('good', direct('a')),
      { eventSource: 'aws:sqs', messageId: 'm' },
      { eventSource: 'aws:sqs', body: '' },
      null,
    )
    expect(s3Objects(event, { onInvalid: (error, recordId) => heard.push([error.path, recordId]) })).toHaveLength(1)
    expect(heard).toEqual([
      [['Records', 1, 'body'], 'm'],
      [['Records', 2, 'messageId'], undefined],
      [['Records', 3], undefined],
    ])
  })

  test('a task without a bucket', () => {
    for (const parts of [{}, { s3Bucket: '' }, { s3BucketArn: '' }]) {
      expect(() => s3Objects(batch(parts))).toThrow(
        expect.objectContaining({ code: 'EVENT_INVALID', path: ['tasks', 0] }),
      )
    }
  })

  test('messages inside messages without end', () => {
    let event: unknown = direct('a')
    for (let level = 0; level < 10; level++) event = queue(message(String(level), event))
    expect(() => s3Objects(event)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
  })

  test('the others are not notifications at all', () => {
    for (const event of [{ Items: [] }, { awslogs: { data: '' } }, { eventSource: 'aws:kafka', records: {} }]) {
      expect(() => s3Objects(event)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', path: ['Records'] }))
    }
  })
})

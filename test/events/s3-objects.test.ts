import { describe, expect, test } from 'vitest'
import type { MillraceError } from '../../src/errors.ts'
import { S3EventSchema } from '../../src/events/s3.ts'
import { s3Objects } from '../../src/events/s3-objects.ts'
import { s3Record, s3TestEvent } from './support/s3-event.ts'

const invalid = (path: readonly (string | number)[]) => expect.objectContaining({ code: 'EVENT_INVALID', path })

describe('s3Objects', () => {
  test('reads everything that a notification says of an object', () => {
    expect(s3Objects({ Records: [s3Record({ versionId: 'v1' })] })).toEqual([
      {
        bucket: 'lake',
        key: 'landing/a.csv',
        rawKey: 'landing/a.csv',
        size: 1024,
        eTag: '0123456789abcdef0123456789abcdef-2',
        versionId: 'v1',
        sequencer: '0A1B2C',
        eventName: 'ObjectCreated:CompleteMultipartUpload',
        eventTime: new Date('2026-01-31T12:00:00.123Z'),
        region: 'eu-west-1',
      },
    ])
  })

  test('a removed object has neither size nor eTag', () => {
    const record = {
      ...s3Record(),
      eventName: 'ObjectRemoved:Delete',
      s3: { bucket: { name: 'b' }, object: { key: 'k', sequencer: '1' } },
    }
    const [ref] = s3Objects({ Records: [record] })
    expect(ref).not.toHaveProperty('size')
    expect(ref).not.toHaveProperty('eTag')
    expect(ref).toMatchObject({ key: 'k', sequencer: '1', eventName: 'ObjectRemoved:Delete' })
  })

  test('what is null is as good as absent: AWS documents it for the version in a bucket without versions', () => {
    const none = { versionId: null, size: null, eTag: null, sequencer: null }
    const [ref] = s3Objects({ Records: [s3Record(none)] })
    expect(Object.keys(ref ?? {})).toEqual(['bucket', 'key', 'rawKey', 'eventName', 'eventTime', 'region'])
    expect(S3EventSchema.safeParse({ Records: [s3Record(none)] }).success).toBe(true)

    const object = { key: 'k', 'version-id': null, size: null, etag: null, sequencer: null }
    const event = {
      id: '1',
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: 'b' }, object },
    }
    expect(s3Objects(event)).toEqual([{ bucket: 'b', key: 'k', rawKey: 'k', eventName: 'Object Created' }])
  })

  test.each([
    ['a+b%20c%2Bd', 'a b c+d'],
    ['Happy%20Face.jpg', 'Happy Face.jpg'],
    ['%C3%A9t%C3%A9.csv', 'été.csv'],
    ['100%', '100%'],
    ['a+100%25', 'a 100%'],
    ['a+100%', 'a+100%'],
    ['%ff.csv', '%ff.csv'],
    ['__proto__', '__proto__'],
    ['a%252Fb', 'a%2Fb'],
    ['a%00b', 'a\0b'],
  ])('the key %s is decoded to %s, and kept', (rawKey, key) => {
    expect(s3Objects({ Records: [s3Record({ key: rawKey })] })).toMatchObject([{ key, rawKey }])
  })

  test.each([
    ['the test event', s3TestEvent],
    ['no records', { Records: [] }],
  ])('%s names no objects', (_, event) => {
    expect(s3Objects(event)).toEqual([])
  })

  test.each([
    [undefined, []],
    [null, []],
    ['{"Records":[]}', []],
    [[], []],
    [[s3Record()], []],
    [{}, ['Records']],
    [{ Records: { 0: s3Record() } }, ['Records']],
    [{ Records: [null] }, ['Records', 0]],
    [{ Records: [s3Record(), { ...s3Record(), eventSource: 'aws:sqs' }] }, ['Records', 1, 'eventSource']],
    [{ Records: [{ ...s3Record(), eventTime: 'yesterday' }] }, ['Records', 0, 'eventTime']],
    [{ Records: [{ ...s3Record(), eventTime: '2026-13-31T12:00:00Z' }] }, ['Records', 0, 'eventTime']],
    [{ Records: [s3Record({ key: '' })] }, ['Records', 0, 's3', 'object', 'key']],
    [{ Records: [s3Record({ size: -1 })] }, ['Records', 0, 's3', 'object', 'size']],
    [{ Records: [s3Record({ size: 1.5 })] }, ['Records', 0, 's3', 'object', 'size']],
    [{ Records: [s3Record({}, { name: 7 })] }, ['Records', 0, 's3', 'bucket', 'name']],
  ])('%o is refused at its place', (event, path) => {
    expect(() => s3Objects(event)).toThrow(invalid(path))
  })

  test('an event that throws when it is read is refused with its error as cause', () => {
    const cause = new Error('trap')
    const event = Object.defineProperty({}, 'Records', {
      get() {
        throw cause
      },
    })
    expect(() => s3Objects(event)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID', cause }))
  })

  test('the message names the rule, never the data', () => {
    expect(() => s3Objects({ Records: [s3Record({ key: { secret: 'person@example.com' } })] })).toThrow(
      'not a record of an S3 notification: must be of type string (at Records.0.s3.object.key)',
    )
  })

  test('onInvalid takes a record that is none, and the rest goes on', () => {
    const refused: (MillraceError | undefined)[] = []
    const refs = s3Objects(
      { Records: [s3Record({ key: 'a' }), { s3: {} }, s3Record({ key: 'b' })] },
      { onInvalid: (error) => refused.push(error) },
    )
    expect(refs.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(refused).toEqual([invalid(['Records', 1, 'eventSource'])])
  })

  test('onInvalid does not hide an event that is no notification at all', () => {
    expect(() => s3Objects({ detail: {} }, { onInvalid: () => {} })).toThrow(invalid(['Records']))
  })
})

describe('S3EventSchema', () => {
  test('keeps what it does not know', () => {
    const event = {
      Records: [{ ...s3Record(), glacierEventData: { restoreEventData: { lifecycleRestoreStorageClass: 'GLACIER' } } }],
      extra: 1,
    }
    expect(S3EventSchema.parse(event)).toEqual(event)
  })

  test('pollutes no prototype', () => {
    const event: unknown = JSON.parse('{"__proto__":{"polluted":1},"Records":[{"__proto__":{"polluted":1}}]}')
    S3EventSchema.safeParse(event)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(() => s3Objects(event)).toThrow(invalid(['Records', 0, 'eventSource']))
  })
})

import { describe, expect, test } from 'vitest'
import { changePayload, readChanges } from '../../src/cdc/index.ts'
import { readRecords } from '../../src/events/index.ts'

const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-31T12:00:00.000'
const image = (paid: boolean) => ({ id: { N: '1' }, paid: { BOOL: paid } })
const record = (type: string, change: object = {}, outer: object = {}) => ({
  eventID: 'e1',
  eventName: type,
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-west-1',
  eventSourceARN: ARN,
  dynamodb: {
    ApproximateCreationDateTime: 1767225600,
    Keys: { id: { N: '1' } },
    SequenceNumber: '4421584500000000017450439092',
    SizeBytes: 59,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    ...change,
  },
  ...outer,
})
const only = (event: unknown, options = {}) => {
  const [result] = readChanges(event, options)
  if (result === undefined || !result.ok) throw result?.error ?? new Error('no record')
  return result.value
}
const errorOf = (event: unknown) => {
  const [result] = readChanges(event)
  return result?.ok === false ? result.error : undefined
}
const kinesis = (payload: unknown) => ({
  Records: [
    {
      eventSource: 'aws:kinesis',
      kinesis: {
        data: Buffer.from(JSON.stringify(payload)).toString('base64'),
        partitionKey: 'k',
        sequenceNumber: '495',
      },
    },
  ],
})

describe('readChanges', () => {
  test('a modification', () => {
    const event = { Records: [record('MODIFY', { OldImage: image(false), NewImage: image(true) })] }
    expect(readChanges(event)).toStrictEqual([
      {
        ok: true,
        value: {
          type: 'MODIFY',
          id: 'e1',
          keys: { id: 1 },
          before: { id: 1, paid: false },
          after: { id: 1, paid: true },
          changed: ['paid'],
          cause: 'user',
          time: new Date('2026-01-01T00:00:00Z'),
          timeUs: 1767225600000000n,
          sequence: '4421584500000000017450439092',
          view: 'NEW_AND_OLD_IMAGES',
          table: 'orders',
          region: 'eu-west-1',
          transport: 'streams',
          sizeBytes: 59,
        },
      },
    ])
  })

  test('what is not in the record is absent', () => {
    const event = {
      Records: [{ eventSource: 'aws:dynamodb', eventName: 'MODIFY', dynamodb: { Keys: { id: { S: 'a' } } } }],
    }
    expect(only(event)).toStrictEqual({
      type: 'MODIFY',
      id: '',
      keys: { id: 'a' },
      cause: 'user',
      transport: 'streams',
    })
  })

  test.each([
    ['INSERT', { NewImage: image(true) }, { after: { id: 1, paid: true }, changed: ['id', 'paid'] }],
    ['REMOVE', { OldImage: image(true) }, { before: { id: 1, paid: true }, changed: ['id', 'paid'] }],
    ['INSERT', {}, { changed: undefined }],
    ['REMOVE', {}, { changed: undefined }],
    ['MODIFY', { NewImage: image(true) }, { after: { id: 1, paid: true }, changed: undefined }],
    ['MODIFY', { OldImage: image(true) }, { before: { id: 1, paid: true }, changed: undefined }],
    ['MODIFY', { OldImage: image(true), NewImage: image(true) }, { changed: [] }],
    ['INSERT', { OldImage: image(false), NewImage: image(true) }, { before: undefined, after: { id: 1, paid: true } }],
    ['REMOVE', { OldImage: image(false), NewImage: image(true) }, { before: { id: 1, paid: false }, after: undefined }],
    ['MODIFY', { OldImage: null, NewImage: null }, { before: undefined, after: undefined }],
  ])('%s with %j', (type, images, expected) => {
    const change = only({ Records: [record(type, images)] })
    for (const [name, value] of Object.entries(expected)) {
      if (value === undefined) expect(change).not.toHaveProperty(name)
      else expect(change).toHaveProperty(name, value)
    }
  })

  test('ignored names and options of the images', () => {
    const NewImage = { ...image(true), n: { N: '1.50' }, 'aws:rep:updatetime': { N: '1' } }
    const event = { Records: [record('MODIFY', { OldImage: image(false), NewImage })] }
    const change = only(event, { numbers: 'string', ignore: (name: string) => name.startsWith('aws:rep:') })
    expect(change.changed).toEqual(['n', 'paid'])
    expect(change.after?.['n']).toBe('1.50')
  })

  test('a removal by time to live, as Lambda and as the API of streams write it', () => {
    const [lambda, api] = [
      { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
    ]
    expect(only({ Records: [record('REMOVE', {}, { userIdentity: lambda })] }).cause).toBe('ttl')
    expect(only({ Records: [record('REMOVE', {}, { userIdentity: api })] }).cause).toBe('ttl')
    for (const other of [
      { type: 'Service', principalId: 'replication.dynamodb.amazonaws.com' },
      { type: 'User', principalId: 'dynamodb.amazonaws.com' },
    ])
      expect(only({ Records: [record('REMOVE', {}, { userIdentity: other })] }).cause).toBe('user')
    expect(only({ Records: [record('REMOVE', {}, { userIdentity: null })] }).cause).toBe('user')
    expect(only({ Records: [record('INSERT', {}, { userIdentity: lambda })] }).cause).toBe('user')
  })

  test.each<[string, object, bigint]>([
    ['seconds', { ApproximateCreationDateTime: 1767225600 }, 1767225600000000n],
    ['seconds with a fraction', { ApproximateCreationDateTime: 1767225600.123 }, 1767225600123000n],
    ['a Date of the SDK', { ApproximateCreationDateTime: new Date(1767225600123) }, 1767225600123000n],
    ['milliseconds', { ApproximateCreationDateTime: 1767225600123 }, 1767225600123000n],
    ['microseconds', { ApproximateCreationDateTime: 1767225600123456 }, 1767225600123456n],
    [
      'milliseconds by precision',
      { ApproximateCreationDateTime: 1000, ApproximateCreationDateTimePrecision: 'MILLISECOND' },
      1000000n,
    ],
    [
      'microseconds by precision',
      { ApproximateCreationDateTime: 1000, ApproximateCreationDateTimePrecision: 'MICROSECOND' },
      1000n,
    ],
  ])('time in %s', (_, change, expected) => {
    const { time, timeUs } = only({ Records: [record('INSERT', change)] })
    expect(timeUs).toBe(expected)
    expect(time?.getTime()).toBe(Number(expected / 1000n))
  })

  test('a Kinesis data stream, directly and through Pipes', () => {
    const { eventSourceARN: _, ...bare } = record('MODIFY', {
      OldImage: image(false),
      NewImage: image(true),
      SequenceNumber: undefined,
    })
    const payload = { ...bare, recordFormat: 'application/json', tableName: 'orders', userIdentity: null }
    const event = kinesis(payload)
    const { sequence, ...expected } = only({
      Records: [record('MODIFY', { OldImage: image(false), NewImage: image(true) })],
    })
    expect(only(event)).toStrictEqual({ ...expected, transport: 'kinesis' })
    const { kinesis: fields, ...rest } = event.Records[0] as { kinesis: object }
    expect(only([{ ...rest, ...fields }])).toStrictEqual({ ...expected, transport: 'pipes' })
    expect(only([record('MODIFY', { OldImage: image(false), NewImage: image(true) })])).toStrictEqual({
      ...expected,
      sequence,
      transport: 'pipes',
    })
  })

  test('changePayload tells the same, with who the record is', () => {
    const event = { Records: [record('INSERT', { NewImage: image(true) })] }
    const [first] = readRecords(event, changePayload())
    expect(first).toMatchObject({ id: '4421584500000000017450439092', payload: { ok: true, value: only(event) } })
    expect(readRecords(event.Records, changePayload())[0]?.payload).toEqual(readChanges(event.Records)[0])
    expect(readRecords(kinesis(event.Records[0]), changePayload())[0]?.payload).toEqual(
      readChanges(kinesis(event.Records[0]))[0],
    )
  })

  test('a list without records', () => {
    expect(readChanges({ Records: [] })).toEqual([])
  })
})

describe('one bad record is one failed result, with its path', () => {
  const at = ['Records', 0]
  test.each<[string, unknown, string, readonly (string | number)[]]>([
    ['not a change', record('TRUNCATE'), 'EVENT_INVALID', [...at, 'eventName']],
    ['no dynamodb', { ...record('INSERT'), dynamodb: undefined }, 'EVENT_INVALID', [...at, 'dynamodb']],
    ['no key', record('INSERT', { Keys: undefined }), 'EVENT_INVALID', [...at, 'dynamodb', 'Keys']],
    [
      'a bad key',
      record('INSERT', { Keys: { id: { N: 'x' } } }),
      'ATTRIBUTE_INVALID',
      [...at, 'dynamodb', 'Keys', 'id'],
    ],
    [
      'a bad image',
      record('INSERT', { NewImage: { a: { L: [{ N: '' }] } } }),
      'ATTRIBUTE_INVALID',
      [...at, 'dynamodb', 'NewImage', 'a', 0],
    ],
    [
      'a bad sequence',
      record('INSERT', { SequenceNumber: 'x' }),
      'EVENT_INVALID',
      [...at, 'dynamodb', 'SequenceNumber'],
    ],
    [
      'a bad time',
      record('INSERT', { ApproximateCreationDateTime: 'now' }),
      'EVENT_INVALID',
      [...at, 'dynamodb', 'ApproximateCreationDateTime'],
    ],
    ['a bad size', record('INSERT', { SizeBytes: '5' }), 'EVENT_INVALID', [...at, 'dynamodb', 'SizeBytes']],
    ['a bad id', record('INSERT', {}, { eventID: 5 }), 'EVENT_INVALID', [...at, 'eventID']],
    ['another source', { ...record('INSERT'), eventSource: 'aws:other' }, 'EVENT_INVALID', [...at, 'eventSource']],
    ['null', null, 'EVENT_INVALID', at],
  ])('%s', (_, bad, code, path) => {
    const results = readChanges({ Records: [bad, record('INSERT', { NewImage: image(true) })] })
    expect(results.map(({ ok }) => ok)).toEqual([false, true])
    expect(results[0]).toMatchObject({ error: { code, path } })
  })

  test('Kinesis data that is no change', () => {
    expect(errorOf(kinesis(5))).toMatchObject({ code: 'EVENT_INVALID', path: ['Records', 0, 'kinesis', 'data'] })
    expect(errorOf(kinesis(record('INSERT', { NewImage: { a: {} } })))).toMatchObject({
      code: 'ATTRIBUTE_INVALID',
      path: ['Records', 0, 'kinesis', 'data', 'dynamodb', 'NewImage', 'a'],
    })
    const event = kinesis(5)
    for (const data of ['@', 'eyI=', 5, undefined]) {
      const broken = { Records: [{ ...event.Records[0], kinesis: { ...event.Records[0]?.kinesis, data } }] }
      expect(errorOf(broken)).toMatchObject({
        name: expect.stringMatching(/_INVALID$/),
        path: ['Records', 0, 'kinesis', 'data'],
      })
    }
  })

  test.each<[string, unknown]>([
    ['an empty array', []],
    ['null', null],
    ['text', 'x'],
    ['an object', {}],
    ['an event of another source', { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '' }] }],
    ['records of nothing', { Records: [null] }],
    ['an array of nothing', [1]],
    ['EventBridge', { source: 'a', 'detail-type': 'b', detail: {} }],
  ])('EVENT_INVALID for %s', (_, event) => {
    expect(() => readChanges(event)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fakeService } from '../../src/testing/fake-service.ts'
import * as testing from '../../src/testing/index.ts'

const SIZED = ['payload', 'minRecords', 'maxRecords']
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  arbitraryActiveMqEvent: SIZED,
  arbitraryAggregatedRecord: SIZED,
  arbitraryAlbEvent: SIZED,
  arbitraryApiGatewayHttpEvent: SIZED,
  arbitraryApiGatewayRestEvent: SIZED,
  arbitraryAsyncFailureEvent: ['requestPayload'],
  arbitraryChange: ['image', 'read'],
  arbitraryCloudWatchLogsData: SIZED,
  arbitraryCloudWatchLogsEvent: SIZED,
  arbitraryCsv: ['maxColumns', 'maxRows'],
  arbitraryDistributedMapEvent: ['item', 'minRecords', 'maxRecords'],
  arbitraryDocumentDbEvent: ['document', 'minRecords', 'maxRecords'],
  arbitraryDynamoDBStreamEvent: ['image', 'minRecords', 'maxRecords'],
  arbitraryEventBridgeEvent: ['detail'],
  arbitraryFirehoseEvent: [...SIZED, 'isFromMsk'],
  arbitraryImage: ['numbers', 'binary', 'maxKeys'],
  arbitraryKafkaEvent: SIZED,
  arbitraryKinesisEvent: SIZED,
  arbitraryRabbitMqEvent: SIZED,
  arbitraryS3BatchEvent: ['key'],
  arbitraryS3Event: ['key', 'minRecords', 'maxRecords'],
  arbitraryS3EventBridgeEvent: ['key'],
  arbitrarySesEvent: ['minRecords', 'maxRecords'],
  arbitrarySnsEvent: SIZED,
  arbitrarySqsEvent: [...SIZED, 'fifo'],
  arbitraryTable: ['types', 'maxColumns', 'maxRows'],
  arbitraryVpcLatticeEvent: SIZED,
  arbitraryWebSocketEvent: SIZED,
}
const VALUES: Readonly<Record<string, unknown>> = {
  minRecords: 1,
  maxRecords: 2,
  maxColumns: 2,
  maxRows: 2,
  maxKeys: 2,
  fifo: true,
  isFromMsk: true,
  read: {},
  types: ['int64'],
  binary: 'bytes',
}
const makers = testing as unknown as Record<string, (options: object) => fc.Arbitrary<unknown>>
const make = (name: string, options: object) => (makers[name] as (options: object) => fc.Arbitrary<unknown>)(options)

describe.each(Object.entries(OPTIONS))('%s', (name, options) => {
  test('has its options, and names itself and them for any other', () => {
    for (const option of options) {
      const value = option in VALUES ? VALUES[option] : fc.constant({})
      expect(() => make(name, { [option]: value })).not.toThrow()
    }
    const message = `${name}: there is no option "zzzzzzzz"; it has ${options.join(', ')}`
    expect(() => make(name, { zzzzzzzz: 1 })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message }))
  })

  test('refuses values of another kind', () => {
    for (const option of options) {
      const isCount = typeof VALUES[option] === 'number'
      for (const bad of isCount
        ? [-1, 1.5, Number.NaN, 1_000_001, '1', ...(option === 'maxColumns' ? [0] : [])]
        : [7]) {
        expect(() => make(name, { [option]: bad })).toThrow(
          expect.objectContaining({ message: expect.stringContaining(`${name}: ${option}`) }),
        )
      }
      if (!(option in VALUES)) {
        expect(() => make(name, { [option]: {} })).toThrow(
          expect.objectContaining({
            code: 'TYPE_MISMATCH',
            message: expect.stringContaining(`${name}: ${option} must be an arbitrary of fast-check`),
          }),
        )
      }
    }
    if (!options.includes('minRecords')) return
    expect(() => make(name, { minRecords: 3, maxRecords: 2 })).toThrow(`${name}: minRecords is over maxRecords`)
    expect(() => make(name, { minRecords: 9 })).not.toThrow()
    expect(() => make(name, { minRecords: 2, maxRecords: 2 })).not.toThrow()
  })
})

describe('values of options', () => {
  const sample = <T>(arbitrary: fc.Arbitrary<unknown>): T[] => fc.sample(arbitrary, { seed: 7, numRuns: 100 }) as T[]
  type Records = { readonly Records: readonly Record<string, string>[] }

  test('fifo: all messages have a group, none has, or either', () => {
    const groups = (options: object) =>
      new Set(
        sample<Records>(make('arbitrarySqsEvent', options)).flatMap(({ Records }) =>
          Records.map((record) => /MessageGroupId/.test(JSON.stringify(record))),
        ),
      )
    expect(groups({ fifo: true })).toEqual(new Set([true]))
    expect(groups({ fifo: false })).toEqual(new Set([false]))
    expect(groups({})).toEqual(new Set([true, false]))
  })

  test('isFromMsk: the source is a cluster', () => {
    const sources = (options: object) =>
      new Set(
        sample<object>(make('arbitraryFirehoseEvent', options)).map((event) =>
          ['sourceMSKArn', 'sourceKinesisStreamArn', 'deliveryStreamArn'].filter((field) => field in event).join(),
        ),
      )
    expect(sources({ isFromMsk: true })).toEqual(new Set(['sourceMSKArn,deliveryStreamArn']))
    expect(sources({})).toEqual(new Set(['sourceKinesisStreamArn,deliveryStreamArn', 'deliveryStreamArn']))
    for (const event of sample<{ sourceMSKArn: string }>(make('arbitraryFirehoseEvent', { isFromMsk: true }))) {
      expect(event.sourceMSKArn).toMatch(/^arn:aws:kafka:[a-z0-9-]+:\d{12}:cluster\//)
    }
  })

  test('counts: as many records as said', () => {
    const counts = sample<Records>(make('arbitrarySqsEvent', { minRecords: 2, maxRecords: 3 })).map(
      ({ Records }) => Records.length,
    )
    expect(new Set(counts)).toEqual(new Set([2, 3]))
    expect(new Set(sample<Records>(make('arbitrarySqsEvent', {})).map(({ Records }) => Records.length))).toEqual(
      new Set([1, 2, 3, 4, 5]),
    )
  })
})

describe('arbitraries without options', () => {
  const NAMES = ['arbitraryCloudWatchAlarmEvent', 'arbitraryScheduledEvent', 'arbitraryStreamFailureEvent']
  test.each(NAMES)('%s refuses any', (name) => {
    expect(() => make(name, {})).toThrow(expect.objectContaining({ message: expect.stringContaining(`${name}: `) }))
  })
})

describe('arbitraryChange', () => {
  test('refuses options of readChanges at once, and draws no change that readChanges refuses', () => {
    const read = { nothing: 1 } as object
    expect(() => testing.arbitraryChange({ read })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    const image = fc.constant({ a: { X: '1' } } as object) as unknown as ReturnType<typeof testing.arbitraryImage>
    expect(() => fc.sample(testing.arbitraryChange({ image }), 50)).toThrow(
      expect.objectContaining({ code: 'ATTRIBUTE_INVALID' }),
    )
  })
})

describe('aggregateRecords', () => {
  test('names what it takes', () => {
    const aggregate = testing.aggregateRecords as (records: unknown) => Uint8Array
    expect(() => aggregate('x')).toThrow(/^aggregateRecords: records must be an array.*write aggregateRecords\(/)
    for (const bad of [undefined, {}, { partitionKey: 'a' }, { partitionKey: 1, data: new Uint8Array() }])
      expect(() => aggregate([{ partitionKey: 'a', data: new Uint8Array(1) }, bad])).toThrow(
        expect.objectContaining({
          code: 'TYPE_MISMATCH',
          message: expect.stringMatching(/^aggregateRecords: a record must be an object with a partitionKey/),
        }),
      )
  })
})

describe('fakeService', () => {
  test.each([
    ['sqs', 'Entries'],
    ['sns', 'PublishBatchRequestEntries'],
  ] as const)('%s answers by id, and says whose fault a failure is', async (service, field) => {
    const codes = { 1: 'InternalError', 2: 'InvalidMessageContents' }
    const { client, stored } = fakeService({ service, script: () => codes })
    const entries = ['a', 'b', 'c', 'd'].map((Id) => ({ Id }))
    expect(await client.send({ input: { [field]: entries } })).toEqual({
      $metadata: { httpStatusCode: 200, attempts: 1 },
      Successful: [
        { Id: 'a', MessageId: 'fake-0' },
        { Id: 'd', MessageId: 'fake-3' },
      ],
      Failed: [
        { Id: 'b', Code: 'InternalError', SenderFault: false },
        { Id: 'c', Code: 'InvalidMessageContents', SenderFault: true },
      ],
    })
    expect(stored).toEqual([{ Id: 'a' }, { Id: 'd' }])
    const fine = fakeService({ service })
    expect(await fine.client.send({ input: { [field]: entries.slice(0, 1) } })).toMatchObject({ Failed: [] })
    const refusing = fakeService({ service, script: () => ({ 0: 'InternalError' }) })
    expect(await refusing.client.send({ input: { [field]: entries.slice(0, 1) } })).toMatchObject({ Successful: [] })
  })

  test.each([
    ['kinesis', 'Records', 'FailedRecordCount', 'Records', 'SequenceNumber'],
    ['firehose', 'Records', 'FailedPutCount', 'RequestResponses', 'RecordId'],
    ['eventbridge', 'Entries', 'FailedEntryCount', 'Entries', 'EventId'],
  ] as const)('%s answers by position', async (service, field, count, answers, id) => {
    const { client } = fakeService({ service, script: () => ({ 1: 'No', 2: 'Never' }) })
    expect(await client.send({ input: { [field]: [{}, {}, {}] } })).toEqual({
      $metadata: { httpStatusCode: 200, attempts: 1 },
      [count]: 2,
      [answers]: [{ [id]: 'fake-0' }, { ErrorCode: 'No' }, { ErrorCode: 'Never' }],
    })
  })

  test('an error of the script rejects the request, and nothing is stored', async () => {
    const { client, stored, requests } = fakeService({ service: 'sqs', script: () => new Error('throttled') })
    await expect(client.send({ input: { Entries: [{ Id: 'a' }] } })).rejects.toThrow('throttled')
    expect([stored, requests]).toEqual([[], [{ Entries: [{ Id: 'a' }] }]])
  })

  test('names its options', () => {
    expect(() => fakeService(null as never)).toThrow(/^fakeService: options must be an object.*write fakeService/)
    expect(() => fakeService({} as never)).toThrow(/^fakeService: service must be a string/)
    expect(() => fakeService({ service: 'x' } as never)).toThrow(
      /^fakeService: service: must be one of sqs, sns, kinesis, firehose, eventbridge, dynamodb/,
    )
    expect(() => fakeService({ service: 'sqs', scrip: () => 'ok' } as never)).toThrow(/did you mean script/)
  })

  test('stores copies of what is not refused, and answers as the service does', async () => {
    const { client, stored, requests } = fakeService({
      service: 'dynamodb',
      script: (_, call) => (call === 1 ? { 1: 'x' } : 'ok'),
    })
    const puts = [1, 2, 3].map((n) => ({ PutRequest: { Item: { n: { N: `${n}` } } } }))
    const first = await client.send({ input: { RequestItems: { t: puts } } })
    expect(first).toEqual({ $metadata: { httpStatusCode: 200, attempts: 1 }, UnprocessedItems: { t: [puts[1]] } })
    expect(stored).toEqual([puts[0], puts[2]])
    expect(stored[0]).not.toBe(puts[0])
    expect(await client.send({ input: { RequestItems: { t: puts } } })).toEqual({
      $metadata: { httpStatusCode: 200, attempts: 1 },
      UnprocessedItems: {},
    })
    expect(requests.length).toBe(2)
    const lost = fakeService({ service: 'firehose', script: () => 'lost' })
    await expect(lost.client.send({ input: { Records: [{ Data: 1 }] } })).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    expect(lost.stored).toEqual([{ Data: 1 }])
    const failing = fakeService({ service: 'firehose', script: () => ({ 0: 'No' }) })
    expect(await failing.client.send({ input: { Records: [{}, {}] } })).toMatchObject({
      FailedPutCount: 1,
      RequestResponses: [{ ErrorCode: 'No' }, { RecordId: 'fake-1' }],
    })
  })
})

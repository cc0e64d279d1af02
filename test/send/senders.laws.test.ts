import fc from 'fast-check'
import { expect } from 'vitest'
import { dynamodbWriter } from '../../src/send/dynamodb.ts'
import { eventBridgeSender } from '../../src/send/eventbridge.ts'
import { firehoseSender } from '../../src/send/firehose.ts'
import { kinesisSender } from '../../src/send/kinesis.ts'
import { snsSender } from '../../src/send/sns.ts'
import { type Sender, type SendOptions, type SendOutcome, sqsSender } from '../../src/send/sqs.ts'
import { type FakeAnswer, type FakeServiceName, fakeService } from '../../src/testing/fake-service.ts'
import { law } from '../support/law.ts'

// biome-ignore lint/suspicious/noExplicitAny: entries of six services go through the same law
type Entry = any

interface SenderCase {
  readonly service: FakeServiceName
  sender(client: never, options: SendOptions<Entry>): Sender<Entry>
  entry(n: number, key: number, size: number): Entry
}

const text = (n: number, size: number): string => `${n}:${'x'.repeat(size)}`
const bytes = (n: number, size: number): Uint8Array => new TextEncoder().encode(text(n, size))
const CASES: readonly SenderCase[] = [
  {
    service: 'sqs',
    sender: (client, options) => sqsSender(client, { queueUrl: 'q.fifo' }, options),
    entry: (n, key, size) => ({ MessageBody: text(n, size), MessageGroupId: `${key}` }),
  },
  {
    service: 'sns',
    sender: (client, options) => snsSender(client, { topicArn: 't.fifo' }, options),
    entry: (n, key, size) => ({ Message: text(n, size), MessageGroupId: `${key}` }),
  },
  {
    service: 'kinesis',
    sender: (client, options) => kinesisSender(client, { streamName: 's' }, options),
    entry: (n, key, size) => ({ Data: bytes(n, size), PartitionKey: `${key}` }),
  },
  {
    service: 'firehose',
    sender: (client, options) => firehoseSender(client, { deliveryStreamName: 's' }, options),
    entry: (n, _, size) => ({ Data: bytes(n, size) }),
  },
  {
    service: 'eventbridge',
    sender: (client, options) => eventBridgeSender(client, {}, options),
    entry: (n, _, size) => ({ Source: 's', DetailType: 'd', Detail: JSON.stringify({ v: text(n, size) }) }),
  },
  {
    service: 'dynamodb',
    sender: (client, options) => dynamodbWriter(client, { tableName: 't', keys: ['id'] }, options),
    entry: (n, key, size) => ({ put: { id: key, v: text(n, size) } }),
  },
]

const codes = fc.dictionary(
  fc.nat(9).map(String),
  fc.constantFrom('InternalFailure', 'ServiceUnavailableException', 'MalformedDetail', 'InvalidParameterValue'),
  { noNullPrototype: true },
)
const rejection = fc
  .constantFrom('ThrottlingException', 'ValidationException')
  .map((name): FakeAnswer => Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400, attempts: 1 } }))
const script: fc.Arbitrary<FakeAnswer[]> = fc.array(
  fc.oneof(codes, fc.constantFrom<FakeAnswer>('ok', 'lost'), rejection) as fc.Arbitrary<FakeAnswer>,
  { maxLength: 20 },
)
/** The number of an entry as a request carries it. */
const numberOf = (stored: unknown): number => {
  const shown = JSON.stringify(stored, (_, value) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  )
  return Number(/(\d+):x*/.exec(shown)?.[1])
}

for (const { service, sender, entry } of CASES) {
  law(
    `send, ${service}: sent entries are stored, failed ones are not, unchanged and in order within a key, for any responses of the service`,
    fc.asyncProperty(
      script,
      fc.array(fc.tuple(fc.nat(4), fc.nat(30)), { maxLength: 25 }),
      fc.record({
        maxEntries: fc.integer({ min: 1, max: 10 }),
        maxBytes: fc.integer({ min: 40, max: 200 }),
        attempts: fc.integer({ min: 1, max: 4 }),
      }),
      async (answers, shapes, options) => {
        const { client, stored, requests } = fakeService({ service, script: (_, call) => answers[call - 1] ?? 'ok' })
        const outcomes: SendOutcome<Entry>[] = []
        const send = sender(client as never, {
          ...options,
          sleep: async () => {},
          onOutcome: (one) => void outcomes.push(one),
        })
        const entries = shapes.map(([key, size], n) => entry(n, key, size))
        const report = await send(entries)
        const times = new Map<number, number>()
        for (const one of stored.map(numberOf)) times.set(one, (times.get(one) ?? 0) + 1)
        expect(outcomes.map(({ index }) => index)).toEqual(entries.map((_, n) => n))
        expect(report.requests).toBe(requests.length)
        for (const { index, status } of outcomes) {
          if (status === 'sent') expect(times.get(index)).toBeGreaterThan(0)
          if (status === 'failed' || status === 'refused') expect(times.has(index)).toBe(false)
        }
        // Never a copy that differs, and of a key nothing before what came before it.
        for (const one of stored) expect(JSON.stringify(one)).toContain(shown(entries[numberOf(one)]))
        if (service === 'firehose' || service === 'eventbridge') return
        for (const key of [0, 1, 2, 3, 4]) {
          const own = stored.map(numberOf).filter((n) => shapes[n]?.[0] === key)
          expect(own).toEqual(own.toSorted((left, right) => left - right))
        }
      },
    ),
  )
}

/** What of an entry its request has to carry. */
function shown(one: Entry): string {
  const value = one.MessageBody ?? one.Message ?? one.Data ?? one.Detail ?? one.put.v
  return JSON.stringify(value)
}

import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { FirehoseClient } from '@aws-sdk/client-firehose'
import { SNSClient } from '@aws-sdk/client-sns'
import { describe, expect, test } from 'vitest'
import { eventBridgeSender } from '../../src/send/eventbridge.ts'
import { firehoseSender } from '../../src/send/firehose.ts'
import { snsSender } from '../../src/send/sns.ts'
import { isSendError, type SendOutcome } from '../../src/send/sqs.ts'
import { type FakeAnswer, fakeService } from '../../src/testing/fake-service.ts'
import { CASES, type Entry, QUICK, thrown } from './support/sender-cases.ts'

describe.each(CASES)('$service', ({ service, most, sender, entry, passes }) => {
  const entries = (count: number): Entry[] => Array.from({ length: count }, (_, n) => entry(n))
  const fake = (script: (request: object, call: number) => FakeAnswer) => fakeService({ service, script })

  test('requests are filled, and every entry is sent once', async () => {
    const { client, requests, stored } = fakeService({ service })
    const report = await sender(client, QUICK)(entries(2 * most + 3))
    expect(report).toMatchObject({ sent: 2 * most + 3, refused: 0, failed: 0, unknown: 0, requests: 3, retries: 0 })
    expect(requests).toHaveLength(3)
    expect(stored).toHaveLength(2 * most + 3)
  })

  test('only the entries that failed are sent again, as they were', async () => {
    const { client, requests, stored } = fake((_, call) => (call === 1 ? { 1: passes, 3: passes } : 'ok'))
    expect(await sender(client, QUICK)(entries(5))).toMatchObject({ sent: 5, requests: 2, retries: 2 })
    expect(stored).toHaveLength(5)
    const parts = requests.map((request) => JSON.stringify(request).match(/body \d|"n\D+\d|"id"|"Data":/g)?.length)
    expect(parts[0]).toBeGreaterThan(parts[1] as number)
  })

  test('a failure that lasts is failed after all attempts, and onOutcome is called in order', async () => {
    const { client } = fake(() => ({ 0: passes }))
    const outcomes: SendOutcome<Entry>[] = []
    const options = { ...QUICK, attempts: 3, onOutcome: (outcome: SendOutcome<Entry>) => void outcomes.push(outcome) }
    expect(await sender(client, options)(entries(2))).toMatchObject({ sent: 1, failed: 1, retries: 2 })
    expect(outcomes).toMatchObject([
      { index: 0, status: 'failed', attempts: 3 },
      { index: 1, status: 'sent', attempts: 1 },
    ])
  })

  test.runIf(['kinesis', 'firehose', 'eventbridge'].includes(service))(
    'an entry of an answer with neither an id nor an error is unknown',
    async () => {
      const silent = { send: async () => ({ Records: [{}, {}], RequestResponses: [{}, {}], Entries: [{}, {}] }) }
      const statuses: string[] = []
      const onOutcome = ({ status, attempts }: SendOutcome<Entry>) => void statuses.push(`${status} ${attempts}`)
      await sender(silent, { ...QUICK, attempts: 2, onOutcome })([entry(0), entry(1)])
      expect(statuses).toEqual(['unknown 2', 'unknown 2'])
    },
  )

  test('a lost answer is tried again; what stays without one is unknown', async () => {
    const once = fake((_, call) => (call === 1 ? 'lost' : 'ok'))
    expect(await sender(once.client, QUICK)(entries(2))).toMatchObject({ sent: 2, requests: 2, retries: 2 })
    const always = fake(() => 'lost')
    const error = await thrown(sender(always.client, { ...QUICK, attempts: 2 })(entries(2)))
    expect(isSendError(error) && error.report).toMatchObject({ sent: 0, failed: 0, unknown: 2, requests: 2 })
    const atMostOnce = fake(() => 'lost')
    await thrown(sender(atMostOnce.client, { ...QUICK, attempts: 2, atMostOnce: true })(entries(2)))
    // Writes to DynamoDB can be repeated.
    expect(atMostOnce.requests).toHaveLength(service === 'dynamodb' ? 2 : 1)
  })

  test('a request refused for what is in it goes again entry by entry', async () => {
    const content = Object.assign(new Error('no'), { name: 'ValidationException', $metadata: { httpStatusCode: 400 } })
    const { client, requests } = fake((_, call) => (call === 1 || call === 3 ? content : 'ok'))
    const error = await thrown(sender(client, { ...QUICK, concurrency: 1 })(entries(3)))
    expect(isSendError(error) && [error.report, error.outcomes]).toMatchObject([
      { sent: 2, failed: 1 },
      [{ index: 1, attempts: 2 }],
    ])
    expect(requests).toHaveLength(4)
  })

  test('after a refusal that has nothing to do with the entries nothing more is sent', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } })
    const { client, requests } = fake(() => denied)
    const error = await thrown(sender(client, { ...QUICK, concurrency: 1 })(entries(most * 3)))
    expect(isSendError(error) && error.report).toMatchObject({ sent: 0, failed: most * 3, requests: 1 })
    expect((error as Error).cause).toBe(denied)
    expect(requests).toHaveLength(1)
  })

  test('throttling of a whole request is waited for, also where the service asks for longer', async () => {
    const slow = Object.assign(new Error('slow'), {
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400, attempts: 1 },
      $response: { headers: { 'retry-after': '2' } },
    })
    const waits: number[] = []
    const { client } = fake((_, call) => (call <= 2 ? slow : 'ok'))
    const options = { random: () => 1, sleep: async (ms: number) => void waits.push(ms) }
    expect(await sender(client, { ...options, baseMs: 1000, maxMs: 1500 })(entries(1))).toMatchObject({ sent: 1 })
    expect(waits).toEqual([1500, 1500])
    expect(
      await sender(fake((_, call) => (call <= 2 ? { 0: passes } : 'ok')).client, options)(entries(1)),
    ).toMatchObject({ sent: 1 })
    expect(waits.slice(2)).toEqual([100, 200])
  })

  test('no entry is one', async () => {
    const { client } = fakeService({ service })
    for (const bad of [null, undefined, 1, 'text', [], {}]) {
      const error = await thrown(sender(client, QUICK)([bad, entry(1)]))
      expect(isSendError(error) && [error.report, error.outcomes[0]]).toMatchObject([
        { sent: 1, refused: 1 },
        { index: 0, status: 'refused', attempts: 0 },
      ])
    }
  })

  test('what the caller does is checked', async () => {
    const { client } = fakeService({ service })
    expect(() => sender({}, {})).toThrow(/client must be a client of the AWS SDK/)
    expect(() => sender(client, { atempts: 1 } as object)).toThrow(/did you mean attempts/)
    expect(() => sender(client, { maxEntries: most + 1 })).toThrow(/maxEntries/)
    expect(() => sender(client, { attempts: 0 })).toThrow(/attempts/)
    expect(() => sender(client, { concurrency: 1.5 })).toThrow(/concurrency/)
    expect(() => sender(client, { baseMs: Number.NaN })).toThrow(/baseMs/)
    await expect(sender(client, {})(5 as never)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(sender(client, {})([], { sigal: 1 } as object)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(await sender(client, {})([])).toMatchObject({ sent: 0, requests: 0 })
  })
})

test.each(CASES.filter(({ lasts }) => lasts !== undefined))(
  '$service: a failure that cannot pass is failed after one attempt',
  async ({ service, sender, entry, lasts = '' }) => {
    const { client, requests } = fakeService({ service, script: (_, call) => (call === 1 ? { 1: lasts } : 'ok') })
    const error = await thrown(sender(client, QUICK)([entry(0), entry(1), entry(2)]))
    expect(isSendError(error) && [error.report, error.outcomes]).toMatchObject([
      { sent: 2, failed: 1, requests: 1 },
      [{ index: 1, status: 'failed', attempts: 1, error: { code: 'SEND_FAILED' } }],
    ])
    expect(requests).toHaveLength(1)
  },
)

test('clients of the SDK are clients of senders', () => {
  const config = { region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }
  expect(snsSender(new SNSClient(config), { topicArn: 'arn' })).toBeTypeOf('function')
  expect(firehoseSender(new FirehoseClient(config), { deliveryStreamName: 's' })).toBeTypeOf('function')
  expect(eventBridgeSender(new EventBridgeClient(config))).toBeTypeOf('function')
})

import { describe, expect, test } from 'vitest'
import { channels, type SendMessage } from '../../src/internal/channels.ts'
import { dynamodbWriter } from '../../src/send/dynamodb.ts'
import { eventBridgeSender } from '../../src/send/eventbridge.ts'
import { kinesisSender } from '../../src/send/kinesis.ts'
import { snsSender } from '../../src/send/sns.ts'
import { isSendError, type SendOptions, type SendOutcome, sqsSender } from '../../src/send/sqs.ts'
import { fakeService } from '../../src/testing/fake-service.ts'
import { CASES, type Entry, QUICK, thrown } from './support/sender-cases.ts'

const invalid = (message: RegExp) =>
  expect.objectContaining({
    code: expect.stringMatching(/^(OPTION_INVALID|TYPE_MISMATCH)$/),
    message: expect.stringMatching(message),
  })

describe.each(CASES)('$name', ({ service, name, target, badTargets, request, sender, entry }) => {
  test('sends an entry as the command of the SDK takes it, and says what the service calls it', async () => {
    const { client, requests } = fakeService({ service })
    const outcomes: SendOutcome<Entry>[] = []
    const one = entry(7)
    await sender(client, { onOutcome: (outcome) => void outcomes.push(outcome) })([one])
    expect(requests).toEqual([request(one)])
    const id = service === 'dynamodb' ? {} : { id: 'fake-0' }
    expect(outcomes).toEqual([{ index: 0, entry: one, status: 'sent', attempts: 1, ...id }])
    expect(outcomes[0]?.entry).toBe(one)
  })

  test('names itself, and what is wrong, in the messages about its arguments', () => {
    const { client } = fakeService({ service })
    expect(() => sender(null as never, {}, target)).toThrow(invalid(new RegExp(`^${name}: .*client`)))
    expect(() => sender(client, { attempts: 'x' } as never, target)).toThrow(
      invalid(new RegExp(`^${name}: .*attempts`)),
    )
    for (const bad of badTargets) {
      const field =
        bad === null
          ? 'target'
          : '(queueUrl|topicArn|streamName|streamArn|deliveryStreamName|eventBusName|tableName|keys)'
      expect(() => sender(client, {}, bad as object)).toThrow(invalid(new RegExp(`^${name}: .*${field}`)))
    }
  })

  test('hands its signal to the client, which aborts with the call and not after its end', async () => {
    const signals: AbortSignal[] = []
    const { client } = fakeService({ service })
    const send = (command: never, options: { readonly abortSignal: AbortSignal }): Promise<object> => {
      signals.push(options.abortSignal)
      return signals.length === 1 ? client.send(command) : new Promise(() => {})
    }
    await sender({ send }, QUICK)([entry(0)])
    expect(signals[0]?.aborted).toBe(false)
    const controller = new AbortController()
    const call = thrown(sender({ send }, QUICK)([entry(0)], { signal: controller.signal }))
    expect(signals[1]?.aborted).toBe(false)
    controller.abort(new Error('enough'))
    await call
    expect(signals[1]?.reason).toBe(controller.signal.reason)
  })

  test('names its service on the channel of senders', async () => {
    const services: string[] = []
    const subscriber = { start: (message: SendMessage) => void services.push(message.service) } as never
    channels.send.subscribe(subscriber)
    try {
      await sender(fakeService({ service }).client, QUICK)([entry(0)])
    } finally {
      channels.send.unsubscribe(subscriber)
    }
    expect(services).toEqual([service])
  })
})

describe('targets', () => {
  test('a stream by its ARN', async () => {
    const { client, requests } = fakeService({ service: 'kinesis' })
    await kinesisSender(client, { streamArn: 'arn:s' })([{ Data: new Uint8Array(1), PartitionKey: 'k' }])
    expect(requests).toMatchObject([{ StreamARN: 'arn:s' }])
    expect(requests[0]).not.toHaveProperty('StreamName')
  })

  test('the default bus has no name', async () => {
    const { client, requests } = fakeService({ service: 'eventbridge' })
    const one = { Source: 's', DetailType: 'd', Detail: '{}' }
    await eventBridgeSender(client)([one])
    expect(requests).toEqual([{ Entries: [one] }])
  })

  test('a delete is sent as one', async () => {
    const { client, requests } = fakeService({ service: 'dynamodb' })
    await dynamodbWriter(client, { tableName: 't', keys: ['id'] })([{ delete: { id: 'a' } }])
    expect(requests).toEqual([{ RequestItems: { t: [{ DeleteRequest: { Key: { id: { S: 'a' } } } }] } }])
  })
})

describe('a message with a deduplication id', () => {
  const attemptsOf = async (kind: 'sqs' | 'sns', isFifo: boolean, MessageDeduplicationId?: string): Promise<number> => {
    const { client, requests } = fakeService({ service: kind, script: () => 'lost' })
    const options = { ...QUICK, attempts: 3, atMostOnce: true }
    const ids = { MessageGroupId: 'g', ...(MessageDeduplicationId && { MessageDeduplicationId }) }
    const end = isFifo ? '.fifo' : ''
    const call =
      kind === 'sqs'
        ? sqsSender(client, { queueUrl: `https://q${end}` }, options)([{ MessageBody: 'a', ...ids }])
        : snsSender(client, { topicArn: `arn:t${end}` }, options)([{ Message: 'a', ...ids }])
    await thrown(call)
    return requests.length
  }

  test.each(['sqs', 'sns'] as const)(
    '%s: is sent again at most once only where the service knows duplicates',
    async (kind) => {
      expect(await attemptsOf(kind, true, 'd')).toBe(3)
      expect(await attemptsOf(kind, true)).toBe(1)
      expect(await attemptsOf(kind, false, 'd')).toBe(1)
    },
  )
})

test('items that come back and were never sent leave the others in doubt', async () => {
  const outcomes: string[] = []
  const client = {
    send: async () => ({ UnprocessedItems: { t: [{ PutRequest: { Item: { id: { S: 'stranger' } } } }] } }),
  }
  const onOutcome = ({ status }: SendOutcome<Entry>): void => void outcomes.push(status)
  const options = { ...QUICK, attempts: 1, onOutcome }
  await dynamodbWriter(client, { tableName: 't', keys: ['id'] }, options)([{ put: { id: 'a' } }, { put: { id: 'b' } }])
  expect(outcomes).toEqual(['unknown', 'unknown'])
})

describe('a refusal names the field and nothing of it', () => {
  const messageOf = async (
    make: (options: SendOptions<never>) => (entries: never[]) => Promise<unknown>,
    entry: unknown,
  ) => {
    let message = ''
    const onOutcome = (outcome: SendOutcome<never>): void => {
      if (outcome.status !== 'sent') message = `${outcome.error.code}: ${outcome.error.message}`
    }
    await make({ onOutcome })([entry as never])
    return message
  }
  const clientOf = (service: 'sqs' | 'sns' | 'kinesis' | 'firehose' | 'eventbridge') => fakeService({ service }).client
  const sqs = (options: SendOptions<never>) => sqsSender(clientOf('sqs'), { queueUrl: 'https://q' }, options as never)
  const fifo = (options: SendOptions<never>) =>
    sqsSender(clientOf('sqs'), { queueUrl: 'https://q.fifo' }, options as never)
  const sns = (options: SendOptions<never>) => snsSender(clientOf('sns'), { topicArn: 'arn' }, options as never)
  const kinesis = (options: SendOptions<never>) =>
    kinesisSender(clientOf('kinesis'), { streamName: 's' }, options as never)
  const bridge = (options: SendOptions<never>) => eventBridgeSender(clientOf('eventbridge'), {}, options as never)
  const event = { Source: 's', DetailType: 'd', Detail: '{}' }
  const Data = new Uint8Array(1)

  test.each<[string, (options: SendOptions<never>) => unknown, unknown]>([
    ['MessageBody must', sqs, { MessageBody: undefined }],
    ['MessageBody must', sqs, { MessageBody: { length: 3 } }],
    ['MessageBody has a character', sqs, { MessageBody: '\0' }],
    ['MessageBody has a lone surrogate', sqs, { MessageBody: '\ud800' }],
    ['MessageGroupId must', sqs, { MessageBody: 'a', MessageGroupId: '' }],
    ['MessageGroupId must', sqs, { MessageBody: 'a', MessageGroupId: 7 }],
    ['MessageDeduplicationId must', sqs, { MessageBody: 'a', MessageDeduplicationId: 'é' }],
    ['MessageAttributes must', sqs, { MessageBody: 'a', MessageAttributes: null }],
    ['MessageGroupId is needed', fifo, { MessageBody: 'a' }],
    ['entry must', sqs, undefined],
    ['Message must', sns, { Message: '' }],
    ['Message must be JSON', sns, { Message: '{', MessageStructure: 'json' }],
    ['Subject must', sns, { Message: 'a', Subject: '' }],
    ['Subject has 101 characters; the limit is 100', sns, { Message: 'a', Subject: 'x'.repeat(101) }],
    ['Subject has a line break', sns, { Message: 'a', Subject: 'a\nb' }],
    ['ExplicitHashKey must', kinesis, { Data, PartitionKey: 'a', ExplicitHashKey: '-1' }],
    ['Data must', kinesis, { PartitionKey: 'a' }],
    ['PartitionKey must', kinesis, { Data, PartitionKey: '' }],
    ['PartitionKey has 257', kinesis, { Data, PartitionKey: 'x'.repeat(257) }],
    ['Source must', bridge, { ...event, Source: '' }],
    ['DetailType must', bridge, { ...event, DetailType: '' }],
    ['DetailType has 129 characters', bridge, { ...event, DetailType: 'x'.repeat(129) }],
    ['Detail must be a non-empty string', bridge, { ...event, Detail: '' }],
    ['Detail must be the JSON', bridge, { ...event, Detail: '1' }],
    ['Time must', bridge, { ...event, Time: '2020' }],
    ['Resources must', bridge, { ...event, Resources: 'ab' }],
    ['a member of Resources must', bridge, { ...event, Resources: [''] }],
  ])('%s', async (message, make, entry) => {
    expect(await messageOf(make as never, entry)).toMatch(
      new RegExp(`^(TYPE_MISMATCH|ENCODING_INVALID|LIMIT_EXCEEDED|PAYLOAD_INVALID): ${message}`),
    )
  })
})

test('only an error of a sender is one', async () => {
  const client = fakeService({ service: 'sqs' }).client
  const error = await thrown(sqsSender(client, { queueUrl: 'https://q' })([{ MessageBody: '' }]))
  if (!isSendError(error)) throw error
  const { report, outcomes } = error
  expect(isSendError({ code: 'SEND_FAILED', report, outcomes })).toBe(false)
  expect(isSendError(Object.assign(new Error(), { report, outcomes }))).toBe(false)
  const [cause] = outcomes
  expect(isSendError(cause?.error)).toBe(false)
  expect(isSendError(Object.assign(cause?.error ?? {}, { report }))).toBe(false)
})

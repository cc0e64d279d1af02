import { dynamodbWriter } from '../../../src/send/dynamodb.ts'
import { eventBridgeSender } from '../../../src/send/eventbridge.ts'
import { firehoseSender } from '../../../src/send/firehose.ts'
import { kinesisSender } from '../../../src/send/kinesis.ts'
import { snsSender } from '../../../src/send/sns.ts'
import { type Sender, type SendOptions, sqsSender } from '../../../src/send/sqs.ts'
import type { FakeServiceName } from '../../../src/testing/fake-service.ts'

// biome-ignore lint/suspicious/noExplicitAny: entries of six services go through the same tests
export type Entry = any

export interface SenderCase {
  readonly service: FakeServiceName
  /** The function's name, with which its messages begin. */
  readonly name: string
  readonly target: object
  /** Targets that are none. */
  readonly badTargets: readonly unknown[]
  /** The request of one entry. */
  request(entry: Entry): object
  /** Entries a request. */
  readonly most: number
  sender(client: object, options: SendOptions<Entry>, target?: object): Sender<Entry>
  entry(n: number): Entry
  /** Code of a failure of one entry after which the service may do better. */
  readonly passes: string
  readonly lasts?: string
}

/** The six senders, each with an entry and with what its service says of it. */
export const CASES: readonly SenderCase[] = [
  {
    service: 'sqs',
    name: 'sqsSender',
    target: { queueUrl: 'https://sqs/1/q' },
    badTargets: [null, {}, { queueUrl: '' }, { queueUrl: 1 }],
    request: (entry) => ({ QueueUrl: 'https://sqs/1/q', Entries: [{ ...entry, Id: '0' }] }),
    most: 10,
    sender: (client, options, target = { queueUrl: 'https://sqs/1/q' }) =>
      sqsSender(client as never, target as never, options),
    entry: (n) => ({ MessageBody: `body ${n}` }),
    passes: 'InternalError',
    lasts: 'InvalidMessageContents',
  },
  {
    service: 'sns',
    name: 'snsSender',
    target: { topicArn: 'arn:aws:sns:eu-west-1:1:t' },
    badTargets: [null, {}, { topicArn: '' }, { topicArn: 1 }],
    request: (entry) => ({
      TopicArn: 'arn:aws:sns:eu-west-1:1:t',
      PublishBatchRequestEntries: [{ ...entry, Id: '0' }],
    }),
    most: 10,
    sender: (client, options, target = { topicArn: 'arn:aws:sns:eu-west-1:1:t' }) =>
      snsSender(client as never, target as never, options),
    entry: (n) => ({ Message: `body ${n}` }),
    passes: 'InternalError',
    lasts: 'InvalidParameter',
  },
  {
    service: 'kinesis',
    name: 'kinesisSender',
    target: { streamName: 's' },
    badTargets: [null, {}, { streamName: '' }, { streamArn: 1 }, { streamName: 's', streamArn: 'a' }],
    request: (entry) => ({ StreamName: 's', Records: [entry] }),
    most: 500,
    sender: (client, options, target = { streamName: 's' }) => kinesisSender(client as never, target as never, options),
    entry: (n) => ({ PartitionKey: `${n}`, Data: new TextEncoder().encode(`${n}`) }),
    passes: 'ProvisionedThroughputExceededException',
  },
  {
    service: 'firehose',
    name: 'firehoseSender',
    target: { deliveryStreamName: 's' },
    badTargets: [null, {}, { deliveryStreamName: '' }, { deliveryStreamName: 1 }],
    request: (entry) => ({ DeliveryStreamName: 's', Records: [entry] }),
    most: 500,
    sender: (client, options, target = { deliveryStreamName: 's' }) =>
      firehoseSender(client as never, target as never, options),
    entry: (n) => ({ Data: new TextEncoder().encode(`${n}\n`) }),
    passes: 'ServiceUnavailableException',
  },
  {
    service: 'eventbridge',
    name: 'eventBridgeSender',
    target: { eventBusName: 'b' },
    badTargets: [null, { eventBusName: '' }, { eventBusName: 1 }],
    request: (entry) => ({ Entries: [{ ...entry, EventBusName: 'b' }] }),
    most: 10,
    sender: (client, options, target = { eventBusName: 'b' }) =>
      eventBridgeSender(client as never, target as never, options),
    entry: (n) => ({ Source: 'shop', DetailType: 'paid', Detail: JSON.stringify({ n }) }),
    passes: 'ThrottlingException',
    lasts: 'MalformedDetailException',
  },
  {
    service: 'dynamodb',
    name: 'dynamodbWriter',
    target: { tableName: 't', keys: ['id'] },
    badTargets: [
      null,
      {},
      { tableName: '', keys: ['id'] },
      { tableName: 't' },
      { tableName: 't', keys: [] },
      { tableName: 't', keys: [''] },
      { tableName: 't', keys: ['id', ''] },
      { tableName: 't', keys: ['id', 'id'] },
      { tableName: 't', keys: ['a', 'b', 'c'] },
    ],
    request: ({ put }) => ({
      RequestItems: { t: [{ PutRequest: { Item: { id: { S: put.id }, n: { N: `${put.n}` } } } }] },
    }),
    most: 25,
    sender: (client, options, target = { tableName: 't', keys: ['id'] }) =>
      dynamodbWriter(client as never, target as never, options),
    entry: (n) => ({ put: { id: `${n}`, n } }),
    passes: 'Unprocessed',
  },
]

export const QUICK = { baseMs: 0, maxMs: 0 }
/** What a call throws. */
export const thrown = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )

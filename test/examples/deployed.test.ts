import { readFileSync } from 'node:fs'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { Kinesis, KinesisClient } from '@aws-sdk/client-kinesis'
import { S3Client } from '@aws-sdk/client-s3'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { s3Event } from '../../demo/s3-event.ts'
import { createTableInput } from '../../src/idempotency/dynamodb-store.ts'
import { fakeService } from '../../src/testing/fake-service.ts'
import { type DynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { type KinesisServer, startKinesis } from '../support/kinesis-server.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { type SqsServer, startSqs } from '../support/sqs-server.ts'
import { interceptClients, type Request, type Route } from './support/intercept-clients.ts'
import { watchedBy } from './support/metric-checks.ts'
import { allowedActions } from './support/policies.ts'
import { bagOf, functionsOf, mappingsOf, parseTemplate, referredBy, type StackFunction } from './support/template.ts'

/** What Lambda does with the role, and what a handler does when something fails. */
const NOT_IN_A_RUN = /^logs:|^sqs:|:AbortMultipart|^dynamodb:GetItem|^s3:ListBucket/
/** Beside: what `gather` needs only where a run has many parts, whose results are items of their own. */
const OF_MANY_PARTS = /^dynamodb:(?:Put|Delete|BatchGet)Item/

const STREAM = 'Stream'
const SHARD = 'shardId-000000000000'
const ARRIVAL_MS = Date.UTC(2026, 0, 5, 13)
const hour = '2026-01-05-13'
const context = { getRemainingTimeInMillis: () => 60_000 }
let s3: S3Server
let sqs: SqsServer
let dynamodb: DynamoDBServer
let kinesis: KinesisServer
let requests: Request[] = []
let lines: string[] = []
let stop = (): void => {}

beforeAll(async () => {
  ;[s3, sqs, dynamodb, kinesis] = await Promise.all([startS3Server(), startSqs(), startDynamoDB(), startKinesis()])
  const tables = dynamodb.client()
  await tables.send(new CreateTableCommand(createTableInput({ tableName: 'Idempotency' })))
  const layout = { tableName: 'Events', partitionKey: 'event_id' }
  await tables.send(new CreateTableCommand(createTableInput(layout)))
  for (const StreamName of [STREAM, 'Changes']) await kinesis.client.createStream({ StreamName, ShardCount: 1 })
  await vi.waitUntil(async () => {
    const { StreamDescription } = await kinesis.client.describeStream({ StreamName: 'Changes' })
    return StreamDescription?.StreamStatus === 'ACTIVE'
  })
  await tables.send(new CreateTableCommand(createTableInput({ tableName: 'Runs' })))
  process.env['FAN_OUT_TABLE'] = 'Runs'
  process.env['QUEUE_URL'] = await sqs.queue('Orders')
  process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'deployed'
  Object.assign(process.env, {
    BUCKET,
    LAKE_BUCKET: BUCKET,
    TABLE_NAME: 'Events',
    IDEMPOTENCY_TABLE_NAME: 'Idempotency',
  })
  Object.assign(process.env, { STREAM_NAME: 'Changes', TOPIC_ARN: 'arn:aws:sns:us-east-1:1:Removals.fifo' })

  // The handlers' own clients, made without a region, ask the servers here.
  const servers: readonly Route[] = [
    [S3Client, s3.client()],
    [SQSClient, sqs.client()],
    [DynamoDBClient, tables],
    [KinesisClient, kinesis.client],
    [Kinesis, kinesis.client],
    [SNSClient, fakeService({ service: 'sns' }).client],
  ]
  stop = interceptClients(servers, (request) => requests.push(request))
  const { write } = process.stdout
  vi.spyOn(process.stdout, 'write').mockImplementation((...args) => {
    if (!String(args[0]).startsWith('{"_aws"')) return write.apply(process.stdout, args as never)
    return lines.push(String(args[0])) > 0
  })
}, 120_000)
afterAll(async () => {
  vi.restoreAllMocks()
  stop()
  await Promise.all([s3, sqs, dynamodb, kinesis].map((server) => server.close()))
})

/** A path of a bucket as the key's pattern, and the logical id of anything else. */
const isOn = (resource: string, { on = STREAM }: Request): boolean => {
  const [, path] = /^[^/]+\/(.*)\*$/.exec(resource) ?? []
  return path === undefined ? resource === on || /Bucket/.test(resource) : on.startsWith(path)
}

const record = (payload: string, sequenceNumber = '1') => ({
  eventSource: 'aws:kinesis',
  eventSourceARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`,
  eventID: `${SHARD}:${sequenceNumber}`,
  kinesis: {
    data: Buffer.from(payload).toString('base64'),
    partitionKey: 'p',
    sequenceNumber,
    approximateArrivalTimestamp: ARRIVAL_MS / 1000,
  },
})
const change = (n: number, eventName: 'INSERT' | 'REMOVE', image: object) => ({
  eventID: `event-${n}`,
  eventName,
  eventSource: 'aws:dynamodb',
  eventSourceARN: 'arn:aws:dynamodb:us-east-1:1:table/orders/stream/2026-01-01T00:00:00.000',
  dynamodb: {
    ApproximateCreationDateTime: ARRIVAL_MS / 1000,
    Keys: image,
    SequenceNumber: `${100 + n}`,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
    [eventName === 'INSERT' ? 'NewImage' : 'OldImage']: image,
  },
})
const order = { customer: { S: 'c' }, order: { N: '1' } }

/** The position of a batch that Lambda gave up: one event, and one record that is none. */
async function failedBatch() {
  const ids: (string | undefined)[] = []
  for (const payload of ['{"event_id":"late"}', 'no JSON']) {
    const put = { StreamName: STREAM, PartitionKey: 'p', Data: Buffer.from(payload) }
    ids.push((await kinesis.client.putRecord(put)).SequenceNumber)
  }
  const [startSequenceNumber, endSequenceNumber] = ids
  const { eventSourceARN: streamArn } = record('')
  const KinesisBatchInfo = { shardId: SHARD, startSequenceNumber, endSequenceNumber, batchSize: 2, streamArn }
  const body = JSON.stringify({
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
    KinesisBatchInfo,
  })
  return { Records: [{ messageId: 'm', eventSource: 'aws:sqs', body }] }
}

/** The handler of a file in a folder of examples. */
async function handlerOf(folder: string, file: string): Promise<(event: unknown, more?: unknown) => Promise<unknown>> {
  return ((await import(`../../examples/${folder}/${file}.ts`)) as { handler: never }).handler
}

/** What the steps before make of a file of the fan-out, and the event of the step. */
async function fanOut(event: (run: never, split: unknown) => unknown): Promise<unknown> {
  await s3.put('landing/b.csv', 'id,amount\n1,2.5\n1,2.5\n')
  const plan = await handlerOf('fan-out', 'plan')
  const run = (await plan({ bucket: BUCKET, key: 'landing/b.csv', time: '2026-01-05T13:00:00Z' })) as { work: string }
  const [split] = JSON.parse(Buffer.from(await s3.get(`${run.work}/splits.json`)).toString())
  return event(run as never, split)
}

/** Events of each function, which are delivered twice. */
const RUNS: readonly (readonly [example: string, id: string, file: string, event: () => unknown])[] = [
  [
    's3-job',
    'Function',
    'handler',
    async () => {
      await s3.put('landing/a.csv', 'id,amount\n1,2.5\n1,2.5\n')
      return s3Event(BUCKET, 'landing/a.csv', 1)
    },
  ],
  ['kinesis-job', 'Function', 'handler', () => ({ Records: [record('{"event_id":"e-1"}')] })],
  ['cdc-job', 'Function', 'handler', () => ({ Records: [change(1, 'INSERT', order)] })],
  [
    'cdc-fanout',
    'Function',
    'handler',
    () => ({ Records: [change(1, 'INSERT', { id: { S: 'k' } }), change(2, 'REMOVE', { id: { S: 'k' } })] }),
  ],
  [
    'api-ingest',
    'Function',
    'handler',
    () => ({
      version: '2.0',
      requestContext: { requestId: 'r', http: { method: 'POST', path: '/orders' } },
      body: '[{"id":"o-1","sku":"cup","quantity":1}]',
    }),
  ],
  ['streaming-etl', 'Ingest', 'ingest', () => ({ Records: [record('{"event_id":"e-1"}')] })],
  ['streaming-etl', 'Redrive', 'redrive', failedBatch],
  [
    'streaming-etl',
    'Compact',
    'compact',
    async () => {
      await s3.put(`processed/hour=${hour}/compacted-00009.parquet`, 'of a larger run')
      return { hour }
    },
  ],
  [
    'fan-out',
    'Plan',
    'plan',
    () => fanOut(() => ({ bucket: BUCKET, key: 'landing/b.csv', time: '2026-01-05T13:00:00Z' })),
  ],
  ['fan-out', 'Worker', 'worker', () => fanOut((run, split) => ({ run, split }))],
  ['fan-out', 'Reduce', 'reduce', () => fanOut((run) => ({ run, hash: 0 }))],
  ['fan-out', 'Finish', 'finish', () => fanOut((run) => ({ run }))],
]

describe.each(RUNS)('%s, %s', (example, id, module, makeEvent) => {
  const file = new URL(`../../examples/${example}/template.yaml`, import.meta.url)
  const template = parseTemplate(readFileSync(file, 'utf8'))
  const owner = functionsOf(template).find((each) => each.id === id) as StackFunction

  beforeAll(async () => {
    lines = []
    const handler = await handlerOf(example, module)
    const event = await makeEvent()
    requests = []
    for (let delivery = 0; delivery < 2; delivery++) await handler(event, context)
  })

  test('sends the metrics that alarms and the dashboard watch, under the name of the function', () => {
    const watched = watchedBy(template).filter(
      ([, namespace, , , on]) => namespace === 'Millrace' && referredBy(on) === id,
    )
    expect(lines).toHaveLength(watched.length > 0 ? 2 : 0)
    const sent = lines.flatMap((line) => metricsIn(JSON.parse(line)))
    for (const [, namespace, metric, dimension] of watched)
      expect(sent).toContain(`${namespace} ${metric} ${dimension}=deployed`)
  })

  test('may do what it does, and nothing else', () => {
    const allowed = allowedActions(template, referredBy(owner.properties['Role']) ?? '')
    const refused = requests.filter(
      (request) => !allowed.some(([action, resource]) => action === request.action && isOn(resource, request)),
    )
    expect(refused).toEqual([])
    const polled = mappingsOf(template).find(({ functionId }) => functionId === id)?.sourceId
    const unused = allowed.filter(
      ([action, resource]) =>
        resource !== polled &&
        !NOT_IN_A_RUN.test(action) &&
        !(example === 'fan-out' && OF_MANY_PARTS.test(action)) &&
        !requests.some((each) => each.action === action && isOn(resource, each)),
    )
    expect(unused).toEqual([])
  })
})

function metricsIn(line: Readonly<Record<string, never>>): readonly string[] {
  const { CloudWatchMetrics } = bagOf(line['_aws']) as unknown as {
    readonly CloudWatchMetrics: readonly { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[]
  }
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.map(({ Name }) => `${Namespace} ${Name} ${Dimensions.flat().map((each) => `${each}=${line[each]}`)}`),
  )
}

import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { dynamodbWriter } from 'millrace/send/dynamodb'
import { kinesisSender } from 'millrace/send/kinesis'
import { sqsSender } from 'millrace/send/sqs'
import { fakeService } from 'millrace/testing'
import { Producer } from 'sqs-producer'
import { median } from '../measure.ts'
import { bareClient, stubClients } from '../stub-services.ts'
import { formatTable } from '../table.ts'
import type { Suite } from './suite.ts'

const ENTRIES = 20_000
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders'
const BY_HAND = 'loop by hand'

interface Way {
  readonly task: string
  readonly name: string
  run(): Promise<unknown>
}

/** Microseconds of CPU per entry, all variants of a task by turns in this process; every request is answered at once and completely. */
export const send: Suite = async ({ runs = 15, only = '' }, print) => {
  const all = ways().filter(({ task }) => task.includes(only))
  const times = new Map<Way, number[]>(all.map((way) => [way, []]))
  for (let run = 0; run < runs; run++) {
    process.stderr.write(`send, run ${run + 1} of ${runs}\n`)
    for (const [way, list] of times) list.push(await cpuMicroseconds(() => way.run()))
  }
  const figures = all.map((way) => {
    const own = (times.get(way) ?? []).map((each) => each / ENTRIES)
    return { task: way.task, name: way.name, microseconds: median(own) }
  })
  const loopOf = (task: string): number =>
    figures.find((each) => each.task === task && each.name.startsWith(BY_HAND))?.microseconds ?? Number.NaN
  const text = formatTable(
    ['', '', 'CPU per entry', 'times the loop'],
    figures.map(({ task, name, microseconds }) => [
      task,
      name,
      `${microseconds.toFixed(2)} us`,
      `${(microseconds / loopOf(task)).toFixed(2)}x`,
    ]),
  )
  print(`send: ${ENTRIES} entries, nothing fails\n${text}`)
  return { other: { text, figures } }
}

/** Clients, from all the work of a request to none. */
type ClientKind = 'SDK over a stub of HTTP' | 'fakeService' | 'bare client'

function ways(): readonly Way[] {
  const clients = stubClients()
  const bodies = Array.from({ length: ENTRIES }, (_, n) =>
    JSON.stringify({ id: `order-${n}`, amount: n % 100, note: 'x'.repeat(150) }),
  )
  const messages = bodies.map((MessageBody) => ({ MessageBody }))
  const records = bodies.map((body, n) => ({ PartitionKey: `customer-${n % 5000}`, Data: Buffer.from(body) }))
  const puts = bodies.map((body, n) => ({ put: { id: `order-${n}`, amount: n % 100, paid: true, body } }))
  const raws = bodies.map((body, n) => ({
    put: { id: { S: `order-${n}` }, amount: { N: `${n % 100}` }, paid: { BOOL: true }, body: { S: body } },
  }))
  const items = puts.map(({ put }) => put)
  const document = DynamoDBDocumentClient.from(clients.dynamodb)
  const producer = Producer.create({ queueUrl: QUEUE, sqs: clients.sqs as never })
  const produced = bodies.map((body, n) => ({ id: `${n}`, body }))
  const target = { tableName: 'orders', keys: ['id'] } as const
  const kinds: readonly ClientKind[] = ['SDK over a stub of HTTP', 'fakeService', 'bare client']
  const of = (kind: ClientKind, service: 'sqs' | 'kinesis' | 'dynamodb') => {
    if (kind === 'SDK over a stub of HTTP') return clients[service] as never
    return (kind === 'fakeService' ? fakeService({ service }).client : bareClient(service)) as never
  }
  return kinds.flatMap((kind): Way[] => {
    const isSdk = kind === 'SDK over a stub of HTTP'
    const [sqs, kinesis, dynamodb] = [`SQS, ${kind}`, `Kinesis, 5,000 keys, ${kind}`, `DynamoDB, ${kind}`]
    const byProducer = { task: sqs, name: 'sqs-producer', run: () => producer.send(produced) }
    const byDocument = { task: dynamodb, name: `${BY_HAND}, lib-dynamodb`, run: () => documentLoop(document, items) }
    const byItems = { task: dynamodb, name: BY_HAND, run: () => itemLoop(of(kind, 'dynamodb'), raws) }
    return [
      { task: sqs, name: BY_HAND, run: () => sqsLoop(of(kind, 'sqs'), messages) },
      ...(isSdk ? [byProducer] : []),
      { task: sqs, name: 'sqsSender', run: () => sqsSender(of(kind, 'sqs'), { queueUrl: QUEUE })(messages) },
      { task: kinesis, name: BY_HAND, run: () => kinesisLoop(of(kind, 'kinesis'), records) },
      {
        task: kinesis,
        name: 'kinesisSender',
        run: () => kinesisSender(of(kind, 'kinesis'), { streamName: 's' })(records),
      },
      {
        task: kinesis,
        name: "kinesisSender, order 'none'",
        run: () => kinesisSender(of(kind, 'kinesis'), { streamName: 's' }, { order: 'none' })(records),
      },
      // A loop over plain items needs lib-dynamodb, which is none of the fakes.
      isSdk ? byDocument : byItems,
      { task: dynamodb, name: 'dynamodbWriter', run: () => dynamodbWriter(of(kind, 'dynamodb'), target)(puts) },
      {
        task: dynamodb,
        name: 'dynamodbWriter, raw',
        run: () => dynamodbWriter(of(kind, 'dynamodb'), target, { raw: true })(raws),
      },
    ]
  })
}

type Entry = { readonly MessageBody: string; readonly Id?: string }

/** The loop written by hand: fills by count alone, sends again what failed. */
async function sqsLoop(
  client: { send(command: SendMessageBatchCommand): Promise<{ Failed?: { Id: string | undefined }[] }> },
  messages: readonly Entry[],
): Promise<void> {
  for (let at = 0; at < messages.length; at += 10) {
    let batch = messages.slice(at, at + 10).map((message, n) => ({ ...message, Id: `${n}` }))
    for (let tries = 0; batch.length > 0 && tries < 5; tries++) {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: QUEUE, Entries: batch }))
      batch = batch.filter(({ Id }) => Failed.some((failed) => failed.Id === Id))
    }
  }
}

async function kinesisLoop(
  client: ReturnType<typeof stubClients>['kinesis'],
  records: readonly { readonly PartitionKey: string; readonly Data: Uint8Array }[],
): Promise<void> {
  for (let at = 0; at < records.length; at += 500) {
    let batch = records.slice(at, at + 500)
    for (let tries = 0; batch.length > 0 && tries < 5; tries++) {
      const { Records = [] } = await client.send(new PutRecordsCommand({ StreamName: 's', Records: batch }))
      batch = batch.filter((_, n) => Records[n]?.ErrorCode !== undefined)
    }
  }
}

async function documentLoop(client: DynamoDBDocumentClient, items: readonly Record<string, unknown>[]): Promise<void> {
  for (let at = 0; at < items.length; at += 25) {
    let requests = items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }))
    for (let tries = 0; requests.length > 0 && tries < 5; tries++) {
      const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { orders: requests } }))
      requests = (UnprocessedItems?.['orders'] ?? []) as typeof requests
    }
  }
}

async function itemLoop(
  client: DynamoDBClient,
  puts: readonly { readonly put: Record<string, AttributeValue> }[],
): Promise<void> {
  for (let at = 0; at < puts.length; at += 25) {
    let requests = puts.slice(at, at + 25).map(({ put }) => ({ PutRequest: { Item: put } }))
    for (let tries = 0; requests.length > 0 && tries < 5; tries++) {
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { orders: requests } }))
      requests = (UnprocessedItems?.['orders'] ?? []) as typeof requests
    }
  }
}

async function cpuMicroseconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

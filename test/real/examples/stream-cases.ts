import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { createTableInput } from '../../../src/idempotency/dynamodb-store.ts'
import type { LocalServices } from '../local-services.ts'
import { changesEvent, eventTexts, kinesisEvent, sqsEvent } from './events.ts'
import { type Effects, type ExampleCase, hasNoFailures } from './example-case.ts'
import { objectEffects } from './object-effects.ts'

const NOTE = 'a note of some length '.repeat(40)

export const apiIngest: ExampleCase = {
  name: 'api-ingest',
  file: 'api-ingest/handler.ts',
  handler: 'handler',
  effects: 25,
  isDone: (result) => (result as { statusCode?: number }).statusCode === 202,
  prepare: async (services, size) => {
    const queueUrl = await services.queue('orders')
    const orders = Array.from({ length: size === 'small' ? 25 : 1000 }, (_, at) => {
      return { id: `o-${at}`, sku: size === 'small' ? 'cup' : 'c'.repeat(64), quantity: 1 + at }
    })
    const found = new Map<string, unknown>()
    return {
      env: { QUEUE_URL: queueUrl },
      event: {
        httpMethod: 'POST',
        resource: '/orders',
        path: '/orders',
        requestContext: { requestId: 'r' },
        body: JSON.stringify(orders),
      },
      // Who sends a request again sends its orders again: they are told apart by their id, and are the same then.
      effects: async () => {
        for (const order of (await services.drain(queueUrl)).map((body) => JSON.parse(body))) {
          const before = found.get(order.id) ?? order
          found.set(order.id, JSON.stringify(before) === JSON.stringify(order) ? order : [before, order])
        }
        return Object.fromEntries(found)
      },
    }
  },
}

export const cdcFanout: ExampleCase = {
  name: 'cdc-fanout',
  file: 'cdc-fanout/handler.ts',
  handler: 'handler',
  effects: 60 + 20,
  isDone: hasNoFailures,
  prepare: async (services, size) => {
    const streamName = await services.stream('changes')
    const { topicArn, queueUrl } = await services.fifoTopic('removals')
    const removals: string[] = []
    return {
      env: { STREAM_NAME: streamName, TOPIC_ARN: topicArn },
      event: size === 'small' ? changesEvent(60, 'paid') : changesEvent(2000, NOTE),
      effects: async () => {
        removals.push(...(await services.drain(queueUrl)))
        const changes = await readStream(services, streamName)
        // A stream keeps what is put twice; its readers drop an event that they have seen, and find the others in the order of each item.
        const firsts = new Map<string, Change>()
        for (const change of changes)
          if (!firsts.has(change.source.event_id)) firsts.set(change.source.event_id, change)
        return {
          ...numbered('change', [...firsts.values()], ({ key }) => JSON.stringify(key)),
          ...numbered('removal', removals, (body) => body),
        }
      },
    }
  },
}

interface Change {
  readonly key: object
  readonly source: { readonly event_id: string }
}

async function readStream({ kinesis }: LocalServices, StreamName: string): Promise<readonly Change[]> {
  const { Shards = [] } = await kinesis.listShards({ StreamName })
  const ShardId = Shards[0]?.ShardId
  const first = await kinesis.getShardIterator({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' })
  const changes: Change[] = []
  for (let ShardIterator = first.ShardIterator; ; ) {
    const page = await kinesis.getRecords({ ShardIterator })
    for (const { Data = new Uint8Array(0) } of page.Records ?? [])
      changes.push(JSON.parse(Buffer.from(Data).toString()))
    ShardIterator = page.NextShardIterator
    if (page.Records?.length === 0 || ShardIterator === undefined) return changes
  }
}

/** By group, and by the place within it. */
function numbered<Item>(name: string, items: readonly Item[], groupOf: (item: Item) => string): Effects {
  const counts = new Map<string, number>()
  return Object.fromEntries(
    items.map((item) => {
      const group = groupOf(item)
      const count = counts.get(group) ?? 0
      counts.set(group, count + 1)
      return [`${name} ${group} ${count}`, item]
    }),
  )
}

export const cdcJob: ExampleCase = {
  name: 'cdc-job',
  file: 'cdc-job/handler.ts',
  handler: 'handler',
  effects: 1,
  isDone: hasNoFailures,
  prepare: async (services, size) => {
    services.s3.reset()
    return {
      event: size === 'small' ? changesEvent(60, 'paid') : changesEvent(4000, NOTE),
      effects: () => objectEffects(services, ''),
    }
  },
}

export const kinesisJob: ExampleCase = {
  name: 'kinesis-job',
  file: 'kinesis-job/handler.ts',
  handler: 'handler',
  effects: 8,
  isDone: hasNoFailures,
  prepare: async (services, size) => {
    const tableName = await services.table('events', 'event_id')
    const idempotencyTable = await services.table('idempotency', (name) => createTableInput({ tableName: name }))
    return {
      env: { TABLE_NAME: tableName, IDEMPOTENCY_TABLE_NAME: idempotencyTable },
      event: kinesisEvent(size === 'small' ? eventTexts(10) : eventTexts(1000, NOTE)),
      effects: async () => {
        const items: Record<string, unknown> = {}
        for (let ExclusiveStartKey: Record<string, never> | undefined; ; ) {
          const page = await services.dynamodb.send(new ScanCommand({ TableName: tableName, ExclusiveStartKey }))
          for (const item of page.Items ?? []) {
            const { event_id, processed_at: _, ttl: __, ...rest } = unmarshall(item)
            items[event_id] = rest
          }
          ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined
          if (ExclusiveStartKey === undefined) return items
        }
      },
    }
  },
}

export const ingest: ExampleCase = {
  name: 'streaming-etl, ingest',
  file: 'streaming-etl/ingest.ts',
  handler: 'handler',
  effects: 2,
  isDone: hasNoFailures,
  prepare: async (services, size) => {
    services.s3.reset()
    // Files of two hours.
    return {
      event: size === 'small' ? kinesisEvent(eventTexts(40), 120) : kinesisEvent(eventTexts(4000, NOTE)),
      effects: () => objectEffects(services, 'raw/'),
    }
  },
}

const streams = new WeakMap<LocalServices, Map<Size, Promise<object>>>()
type Size = Parameters<ExampleCase['prepare']>[1]

export const redrive: ExampleCase = {
  name: 'streaming-etl, redrive',
  file: 'streaming-etl/redrive.ts',
  handler: 'handler',
  effects: 2,
  isDone: hasNoFailures,
  prepare: async (services, size) => {
    services.s3.reset()
    // Once for all runs: sequence numbers name files.
    const made = streams.get(services) ?? new Map<Size, Promise<object>>()
    streams.set(services, made)
    const failure = made.get(size) ?? failedBatch(services, size)
    made.set(size, failure)
    return { event: sqsEvent(await failure), effects: () => objectEffects(services, '') }
  },
}

/** A batch in a stream that `ingest` gave up, one record of it no event. */
async function failedBatch({ kinesis, stream }: LocalServices, size: Size): Promise<object> {
  const StreamName = await stream('events')
  const texts = ['no JSON', ...(size === 'small' ? eventTexts(40) : eventTexts(2000, NOTE))]
  const numbers: string[] = []
  for (let at = 0; at < texts.length; at += 500) {
    const Records = texts.slice(at, at + 500).map((text) => ({ PartitionKey: 'user', Data: Buffer.from(text) }))
    const answer = await kinesis.putRecords({ StreamName, Records })
    for (const { SequenceNumber = '' } of answer.Records ?? []) numbers.push(SequenceNumber)
  }
  const { StreamDescription } = await kinesis.describeStream({ StreamName })
  return {
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
    KinesisBatchInfo: {
      shardId: StreamDescription?.Shards?.[0]?.ShardId,
      startSequenceNumber: numbers[0],
      endSequenceNumber: numbers.at(-1),
      batchSize: texts.length,
      streamArn: StreamDescription?.StreamARN,
    },
  }
}

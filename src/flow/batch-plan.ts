import type { EventRecord } from '../events/event-record.ts'
import type { EventSource } from '../events/event-source.ts'

/**
 * The order in which the records of a batch run:
 *
 * - `auto`: the order that the source guarantees. None for standard queues, per message group for FIFO queues, per
 * shard or partition for streams.
 * - `none`: any order.
 * - `strict`: one by one, stopping at a failure.
 * - `key`: records of one ordering key one by one, keys concurrently.
 */
export type BatchOrder = 'auto' | 'none' | 'strict' | 'key'

/** The order of the records of a batch. Records are identified by their index in the batch. */
export interface BatchPlan {
  /** The group of each record: records of a group run one by one, and none after one that failed. */
  readonly groups: Int32Array
  readonly groupCount: number
  /** The shard of each record of a stream: Lambda resumes from the lowest reported one, so nothing beyond a failure is started. */
  readonly shards: Int32Array | undefined
  readonly shardCount: number
  /** The number of groups that run concurrently. */
  readonly workers: number
}

type Record = EventRecord<unknown>
type GroupKey = (record: Record, index: number) => string | number

const STREAMS: ReadonlySet<EventSource | undefined> = new Set(['kinesis', 'dynamodb-stream', 'kafka'])

const ONE_GROUP: GroupKey = () => 0

export function isStream(source: EventSource | undefined): boolean {
  return STREAMS.has(source)
}

export function planBatch(
  source: EventSource | undefined,
  records: readonly Record[],
  { order, concurrency }: { readonly order: BatchOrder; readonly concurrency: number },
): BatchPlan {
  const { keyOf, workers } = rulesOf(source, records, order, concurrency)
  const [groups, groupCount] = keyOf === undefined ? separate(records.length) : group(records, keyOf)
  const [shards, shardCount] = isStream(source) ? group(records, shardOf) : [undefined, 0]
  return { groups, groupCount, shards, shardCount, workers: Math.min(workers, groupCount) }
}

/** The key of a record's ordering group, absent if each record has its own, and the number of groups that run concurrently. */
function rulesOf(
  source: EventSource | undefined,
  records: readonly Record[],
  order: BatchOrder,
  concurrency: number,
): { readonly keyOf?: GroupKey; readonly workers: number } {
  switch (order) {
    case 'none':
      return { workers: concurrency }
    case 'strict':
      return { keyOf: ONE_GROUP, workers: 1 }
    case 'key':
      return { keyOf: source === 'kafka' ? keyInPartition : keyOrAlone, workers: concurrency }
    case 'auto':
      if (isStream(source)) return { keyOf: shardOf, workers: 1 }
      return records.some(isOfFifoQueue) ? { keyOf: messageGroup, workers: concurrency } : { workers: concurrency }
  }
}

/** A batch of Kinesis or DynamoDB comes from one shard, one of Kafka may come from many partitions. */
const shardOf: GroupKey = ({ kafka }) => kafka?.partition ?? ''

const keyOrAlone: GroupKey = ({ orderingKey }, index) => orderingKey ?? index

const keyInPartition: GroupKey = ({ orderingKey, kafka }) => JSON.stringify([kafka?.partition, orderingKey])

/** Messages without a group might belong to any, so they at least wait for one another. */
const messageGroup: GroupKey = ({ orderingKey }) => orderingKey ?? 0

/** Decided by the ARN, not by a message group: messages of a standard queue may have one too, for fairness. */
export function isOfFifoQueue({ source, raw }: Record): boolean {
  if (source !== 'sqs') return false
  const { eventSourceARN } = Object(raw)
  return typeof eventSourceARN === 'string' && eventSourceARN.endsWith('.fifo')
}

function separate(count: number): [Int32Array, number] {
  return [Int32Array.from({ length: count }, (_, index) => index), count]
}

function group(records: readonly Record[], keyOf: GroupKey): [Int32Array, number] {
  const numbers = new Map<string | number, number>()
  const groups = new Int32Array(records.length)
  for (const [index, record] of records.entries()) {
    const key = keyOf(record, index)
    let number = numbers.get(key)
    if (number === undefined) {
      number = numbers.size
      numbers.set(key, number)
    }
    groups[index] = number
  }
  return [groups, numbers.size]
}

import type { EventRecord } from '../events/event-record.ts'
import type { EventSource } from '../events/event-source.ts'
import { isOfFifoQueue, isStream } from './batch-plan.ts'

/** Records that are passed to one call, by their indices in the batch. */
export interface BatchGroup {
  /** The shard, partition or message group; undefined where the source has none, or does not name it. */
  readonly key: string | undefined
  readonly indexes: readonly number[]
  /** True if a record waits for the ones before it. */
  readonly isOrdered: boolean
}

/** The groups that the source keeps in order: one for each shard, partition or message group, otherwise the whole batch. */
export function groupsOf(
  source: EventSource | undefined,
  event: unknown,
  records: readonly EventRecord<unknown>[],
): readonly BatchGroup[] {
  const isOrdered = isStream(source) || records.some(isOfFifoQueue)
  const keyOf = isOrdered ? groupKeys(source, event, records) : () => undefined
  const groups = new Map<string | undefined, number[]>()
  for (const [index, record] of records.entries()) {
    const key = keyOf(record)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [index])
    else group.push(index)
  }
  return Array.from(groups, ([key, indexes]) => ({ key, indexes, isOrdered }))
}

type GroupKey = (record: EventRecord<unknown>) => string | undefined

/** A batch of Kinesis or DynamoDB is of one shard, so that what does not name it is of that one too. */
function groupKeys(
  source: EventSource | undefined,
  event: unknown,
  records: readonly EventRecord<unknown>[],
): GroupKey {
  switch (source) {
    case 'kafka':
      return ({ kafka }) => kafka?.partition
    case 'sqs':
      return ({ orderingKey }) => orderingKey
    default: {
      const shard = shardOf(event, records)
      return () => shard
    }
  }
}

/** DynamoDB streams name their shard in the events of tumbling windows, as Kinesis does there and in the id of each record. */
function shardOf(event: unknown, records: readonly EventRecord<unknown>[]): string | undefined {
  const { shardId } = Object(event)
  if (typeof shardId === 'string') return shardId
  for (const { raw } of records) {
    const { eventID } = Object(raw)
    const [, shard] = /^([^:]+):/.exec(typeof eventID === 'string' ? eventID : '') ?? []
    if (shard !== undefined) return shard
  }
  return undefined
}

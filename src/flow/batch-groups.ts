import type { EventRecord } from '../events/event-record.ts'
import type { EventSource } from '../events/event-source.ts'
import { isOfFifoQueue, isStream } from './batch-plan.ts'

/** Records that are passed to one call, by their indices in the batch. */
export interface BatchGroup {
  /** The shard, partition or message group; absent if the source has none, or does not name it. */
  readonly key?: string
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
  const keyOf = isOrdered ? groupKeys(source, event) : () => undefined
  const groups = new Map<string | undefined, number[]>()
  for (const [index, record] of records.entries()) {
    const key = keyOf(record)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [index])
    else group.push(index)
  }
  return Array.from(groups, ([key, indexes]) => ({ indexes, isOrdered, ...(key !== undefined && { key }) }))
}

type GroupKey = (record: EventRecord<unknown>) => string | undefined

/** A batch of Kinesis or DynamoDB comes from one shard, so that records that do not name it belong to it too. */
function groupKeys(source: EventSource | undefined, event: unknown): GroupKey {
  switch (source) {
    case 'kafka':
      return ({ kafka }) => kafka?.partition
    case 'sqs':
      return ({ orderingKey }) => orderingKey
    default: {
      const shard = shardOf(event)
      return () => shard
    }
  }
}

/** DynamoDB streams name their shard only in events of tumbling windows, Kinesis also in the id of each record. */
function shardOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return undefined
  if ('shardId' in event && typeof event.shardId === 'string') return event.shardId
  const records = Array.isArray(event) ? event : 'Records' in event && Array.isArray(event.Records) ? event.Records : []
  for (const record of records) {
    const id: unknown =
      typeof record === 'object' && record !== null && 'eventID' in record ? record.eventID : undefined
    const end = typeof id === 'string' ? id.indexOf(':') : -1
    if (typeof id === 'string' && end > 0) return id.slice(0, end)
  }
  return undefined
}

import type { EventRecord, KafkaIdentifier } from '../events/event-record.ts'
import type { BatchResponse } from './batch-response.ts'
import { isFinished, type Respond } from './outcome.ts'

type Identifier = string | KafkaIdentifier

/** For queues: report every unfinished message once. */
export function reportUnfinished(records: readonly EventRecord<unknown>[]): Respond {
  const identifiers = records.map(identifierOf)
  return (outcome) => {
    return response(new Set(identifiers.filter((_, index) => !isFinished(outcome, index))))
  }
}

/** For streams: report the first unfinished record of each shard, from which Lambda resumes. */
export function reportCheckpoints(records: readonly EventRecord<unknown>[], shards: Int32Array): Respond {
  const identifiers = records.map(identifierOf)
  return (outcome) => {
    const checkpoints = new Map<number | undefined, Identifier>()
    for (const [index, identifier] of identifiers.entries()) {
      const shard = shards[index]
      if (!isFinished(outcome, index) && !checkpoints.has(shard)) checkpoints.set(shard, identifier)
    }
    return response(checkpoints.values())
  }
}

/** A copy: the handler gets the record and may change it. */
function identifierOf({ id, kafka }: EventRecord<unknown>): Identifier {
  return kafka === undefined ? id : { partition: kafka.partition, offset: kafka.offset }
}

/** A record without identifier cannot be reported, so an empty identifier fails the whole batch. */
function response(reported: Iterable<Identifier>): BatchResponse {
  const identifiers = [...reported]
  const named = identifiers.includes('') ? [''] : identifiers
  return { batchItemFailures: named.map((itemIdentifier) => ({ itemIdentifier })) }
}

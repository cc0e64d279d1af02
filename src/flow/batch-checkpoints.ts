import { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import { type CheckpointStore, isBefore } from '../idempotency/checkpoint-store.ts'
import { type StreamPosition, streamPosition } from '../idempotency/stream-position.ts'
import { isWellFormed } from '../internal/well-formed.ts'
import { Progress } from './run-batch.ts'

/** The progress of a batch in earlier deliveries, and a way to record that of this one. */
export interface BatchCheckpoints {
  /** Test whether a record is at or before the checkpoint of its shard. */
  readonly isDone: (index: number) => boolean
  /** Advance the checkpoint of each shard to its last record up to which everything is done. Never rejects. */
  readonly save: (progress: Uint8Array) => Promise<void>
}

/**
 * Read the checkpoints of the shards of a batch.
 *
 * @throws MillraceError `OPTION_INVALID` for an event whose records name no shard; errors of the store.
 */
export async function openCheckpoints(
  event: unknown,
  records: readonly EventRecord<unknown>[],
  store: CheckpointStore,
): Promise<BatchCheckpoints> {
  const positions = records.map((record) => positionOf(event, record))
  const shards = [...new Set(positions.map(({ shard }) => shard))]
  const checkpoints = new Map(
    await Promise.all(shards.map(async (shard) => [shard, await store.readCheckpoint(shard)] as const)),
  )
  const isBehind = (checkpoint: string | undefined, { sequenceNumber }: StreamPosition): boolean =>
    checkpoint === undefined || isBefore(checkpoint, sequenceNumber)

  return {
    isDone: (index) => {
      const position = positions[index]
      return position !== undefined && !isBehind(checkpoints.get(position.shard), position)
    },
    save: async (progress) => {
      const reached = [...lastDone(positions, progress)].filter((each) => isBehind(checkpoints.get(each.shard), each))
      const writes = reached.map((each) => store.writeCheckpoint(each.shard, each.sequenceNumber))
      const failures = (await Promise.allSettled(writes)).flatMap((end) =>
        end.status === 'rejected' ? [end.reason] : [],
      )
      if (failures.length === 0) return
      // Rejecting would redeliver completed records; without a checkpoint, only another cause of redelivery does.
      process.emitWarning('a checkpoint could not be written: completed records may run again', {
        code: 'MILLRACE_CHECKPOINT_LEFT',
        detail: failures.map((failure) => (failure instanceof Error ? failure.message : '')).join('\n'),
      })
    },
  }
}

/** For each shard, the last position up to which everything is done. */
function lastDone(positions: readonly StreamPosition[], progress: Uint8Array): Iterable<StreamPosition> {
  const reached = new Map<string, StreamPosition>()
  const ended = new Map<string, string>()
  for (const [index, position] of positions.entries()) {
    if (ended.has(position.shard)) continue
    if (progress[index] === Progress.done) reached.set(position.shard, position)
    else ended.set(position.shard, position.sequenceNumber)
  }
  // A Kinesis record that aggregates others is done when all of them are.
  for (const [shard, sequenceNumber] of ended) {
    if (reached.get(shard)?.sequenceNumber !== sequenceNumber) continue
    const before = positions.filter((each) => each.shard === shard && isBefore(each.sequenceNumber, sequenceNumber))
    const last = before.at(-1)
    if (last === undefined) reached.delete(shard)
    else reached.set(shard, last)
  }
  return reached.values()
}

function positionOf(event: unknown, record: EventRecord<unknown>): StreamPosition {
  const position = streamPosition(record)
  if (position === undefined) throw noShard('needs stream records that name their shard')
  if (record.source !== 'dynamodb-stream') return position
  // Sequence numbers of different shards say nothing of each other, and only events of tumbling windows name their shard.
  const { shardId: shard } = Object(event)
  if (typeof shard !== 'string' || !isWellFormed(shard))
    throw noShard('works for DynamoDB streams only with tumbling windows, whose events name their shard')
  return { ...position, shard: `${position.shard}/${encodeURIComponent(shard)}` }
}

function noShard(rule: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `checkpointStore ${rule}: use idempotency instead`)
}

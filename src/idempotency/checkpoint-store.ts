import { checkNone } from '../internal/check-arguments.ts'

/** Where `processBatch` notes how far the shards of a stream are done. */
export interface CheckpointStore {
  /** The last sequence number of a shard up to which everything is done; undefined where nothing is noted. */
  readCheckpoint(shard: string): Promise<string | undefined>
  /** Note that everything up to a sequence number is done. One conditional write: a checkpoint never goes back. */
  writeCheckpoint(shard: string, sequenceNumber: string): Promise<void>
}

/** Whether one sequence number comes before another: whole numbers of any length, without sign or leading zeros. */
export function isBefore(left: string, right: string): boolean {
  return left.length === right.length ? left < right : left.length < right.length
}

/**
 * Checkpoints in this process alone: for tests.
 *
 * @returns a store for the `checkpointStore` of `processBatch`. O(1) a call.
 * @example
 * const checkpoints = memoryCheckpointStore()
 * await checkpoints.writeCheckpoint('shard-0', '12')
 * await checkpoints.writeCheckpoint('shard-0', '9')
 * await checkpoints.readCheckpoint('shard-0') // => '12'
 */
export function memoryCheckpointStore(): CheckpointStore
export function memoryCheckpointStore(...given: readonly unknown[]): CheckpointStore {
  checkNone('memoryCheckpointStore', given)
  const checkpoints = new Map<string, string>()
  return {
    readCheckpoint: async (shard) => checkpoints.get(shard),
    writeCheckpoint: async (shard, sequenceNumber) => {
      const current = checkpoints.get(shard)
      if (current === undefined || isBefore(current, sequenceNumber)) checkpoints.set(shard, sequenceNumber)
    },
  }
}

import { checkNone } from '../internal/check-arguments.ts'

/** The store in which `processBatch` records the progress of a stream's shards. */
export interface CheckpointStore {
  /** The last sequence number of a shard up to which everything is done; undefined without a checkpoint. */
  readCheckpoint(shard: string): Promise<string | undefined>
  /** Record that everything up to a sequence number is done. One conditional write: a checkpoint never moves back. */
  writeCheckpoint(shard: string, sequenceNumber: string): Promise<void>
}

/** Test whether one sequence number comes before another: whole numbers of any length, without sign or leading zeros. */
export function isBefore(left: string, right: string): boolean {
  return left.length === right.length ? left < right : left.length < right.length
}

/**
 * Store checkpoints in this process only, for tests.
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

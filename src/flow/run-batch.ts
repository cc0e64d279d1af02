import type { BatchPlan } from './batch-plan.ts'

/** The progress of a record. */
export const Progress = {
  /** Not started. */
  waiting: 0,
  /** Started, but not settled. */
  running: 1,
  done: 2,
  failed: 3,
} as const

export interface BatchRun {
  /** One of {@link Progress} for each record. */
  readonly progress: Uint8Array
  /** The result of each completed record, if it is kept. */
  readonly results: readonly unknown[]
  /** The error of each failed record; a thrown value may be undefined. */
  readonly errors: ReadonlyMap<number, unknown>
}

export interface BatchWork {
  /** False if results are not needed, which would only hold memory. */
  readonly keepsResults: boolean
  /** Start the work on a record; it may throw, reject or never settle. */
  readonly start: (index: number) => unknown
  /** Called on every failure before the worker continues. Must not throw. */
  readonly onFailure: (index: number, error: unknown) => PromiseLike<void>
  /** Checked before each record: work that never waits starves every timer. */
  readonly isOver: () => boolean
  /** Called when a worker detects that the time is over. */
  readonly onOver: () => void
}

/**
 * Run a batch by its plan: always the first record that may run, never more at a time than there are workers.
 *
 * If the wait for `finished` ends early, `run` has the progress of each record; no record is started once it `isOver`.
 */
export function runBatch(
  plan: BatchPlan,
  work: BatchWork,
): { readonly run: BatchRun; readonly finished: Promise<unknown> } {
  const count = plan.groups.length
  const progress = new Uint8Array(count)
  const results: unknown[] = new Array(work.keepsResults ? count : 0)
  const errors = new Map<number, unknown>()
  const { take, release, fail } = scheduleOf(plan)

  async function runWorker(): Promise<void> {
    for (let index = take(); index !== -1; ) {
      if (work.isOver()) return work.onOver()
      progress[index] = Progress.running
      try {
        const result = await work.start(index)
        if (work.keepsResults) results[index] = result
        progress[index] = Progress.done
        index = release(index)
      } catch (error) {
        progress[index] = Progress.failed
        errors.set(index, error)
        fail(index)
        await work.onFailure(index, error)
        index = take()
      }
    }
  }

  const workers = Array.from({ length: plan.workers }, runWorker)
  return { run: { progress, results, errors }, finished: Promise.all(workers) }
}

/**
 * Assigns the records of a batch to workers. A cursor visits them once; a record whose group is busy is left to the
 * worker that has the group. So a free group has no records left behind the cursor, and the next record is found
 * without a search.
 */
function scheduleOf({ groups, groupCount, shards, shardCount }: BatchPlan) {
  const count = groups.length
  const next = nextInGroup(groups, groupCount)
  const busy = new Uint8Array(groupCount)
  /** The end of each shard: its first failure. */
  const ends = new Int32Array(shardCount).fill(count)
  let cursor = 0

  const isBeyondFailure = (index: number): boolean => shards !== undefined && index >= at(ends, at(shards, index))

  /** The next record whose group is free, -1 if there is none. */
  const take = (): number => {
    while (cursor < count) {
      const index = cursor++
      const group = at(groups, index)
      if (at(busy, group) === 1 || isBeyondFailure(index)) continue
      busy[group] = 1
      return index
    }
    return -1
  }

  /** The record after a completed one: the one that waited for it, or any other. */
  const release = (index: number): number => {
    const waiting = at(next, index)
    if (waiting !== -1 && waiting < cursor && !isBeyondFailure(waiting)) return waiting
    busy[at(groups, index)] = 0
    return take()
  }

  /** The group of a failed record stays busy permanently. */
  const fail = (index: number): void => {
    if (shards === undefined) return
    const shard = at(shards, index)
    ends[shard] = Math.min(at(ends, shard), index)
  }

  return { take, release, fail }
}

/** For each record, the next one of its group, -1 for the last. */
function nextInGroup(groups: Int32Array, groupCount: number): Int32Array {
  const next = new Int32Array(groups.length)
  const following = new Int32Array(groupCount).fill(-1)
  for (let index = groups.length - 1; index >= 0; index--) {
    const group = at(groups, index)
    next[index] = at(following, group)
    following[group] = index
  }
  return next
}

/** Read an index that cannot be out of range. */
function at(list: Int32Array | Uint8Array, index: number): number {
  return list[index] ?? 0
}

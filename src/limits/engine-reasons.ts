import type { SizedJob } from './engine-job.ts'
import { fargateUsdPerSecond } from './fargate-size.ts'

/** One comparison: a number of the job against a number of the engine. */
export interface Reason {
  /** The comparison: `seconds of everything in one run`. */
  readonly rule: string
  /** True where the engine passes. */
  readonly holds: boolean
  /** The number of the job. */
  readonly actual: number
  /** The number that decides. */
  readonly limit: number
  /** All of this as a sentence. */
  readonly message: string
}

/** Lambda: everything in half of a timeout, and rows that meet in the memory of one function. */
export function lambdaReasons(job: SizedJob): readonly Reason[] {
  const { limits, memoryMb, rowsMeet, totalBytes, totalSeconds } = job
  const reasons = [
    ...functionReasons(job),
    atMost('seconds of everything in one run', totalSeconds, limits.oneRunSeconds),
  ]
  const room = (memoryMb * 1024 * 1024) / limits.memoryBytesPerByte
  return rowsMeet ? [...reasons, atMost('bytes to join in the memory of a function', totalBytes, room)] : reasons
}

/** Distributed Map: the largest piece in a child's time, and no rows that meet those of another child. */
export function mapReasons(job: SizedJob): readonly Reason[] {
  const { limits, isSplittable, largestSeconds, rowsMeet } = job
  const seconds = isSplittable ? Math.min(largestSeconds, limits.mapSecondsPerChild) : largestSeconds
  const what = isSplittable ? 'split' : 'object, not splittable,'
  const reasons = [
    ...functionReasons(job),
    atMost(`seconds of the largest ${what} in one child`, seconds, limits.childSeconds),
  ]
  return rowsMeet ? [...reasons, atMost('joins or shuffles between children', 1, 0)] : reasons
}

/** Batch: the largest object in a job's time, and no more bytes to shuffle than one machine bears. */
export function batchReasons({ limits, largestSeconds, rowsMeet, totalBytes }: SizedJob): readonly Reason[] {
  const reasons = [atMost('seconds of the largest object in one Batch job', largestSeconds, limits.batchMaxSeconds)]
  return rowsMeet ? [...reasons, atMost(SHUFFLED, totalBytes, limits.shuffleBytes)] : reasons
}

/** EMR: for more than one machine shuffles, and for that alone. */
export function emrReasons({ limits, rowsMeet, totalBytes }: SizedJob): readonly Reason[] {
  const reason = atMost(SHUFFLED, rowsMeet ? totalBytes : 0, limits.shuffleBytes)
  return [{ ...reason, holds: !reason.holds }]
}

const SHUFFLED = 'bytes to join or shuffle on one machine'

/** Reasons against any function: memory, a GPU, load that is steady. */
function functionReasons(job: SizedJob): readonly Reason[] {
  const reasons = [atMost('MB of memory of a function', job.memoryMb, job.limits.functionMb)]
  if (job.needsGpu) reasons.push(atMost('GPUs of a function', 1, 0))
  if (job.busyShare === undefined) return reasons
  return [
    ...reasons,
    atMost('busy share of the time, an always-on task being cheaper from', job.busyShare, breakEven(job)),
  ]
}

/** The share of the time at which a Fargate task that is always on costs what functions of the same memory cost while busy. */
function breakEven({ memoryMb, architecture, prices }: SizedJob): number {
  const lambda = (memoryMb / 1024) * (prices.lambdaUsdPerGbSecond[architecture][0] ?? 0)
  const fargate = fargateUsdPerSecond(memoryMb, architecture, prices)
  return fargate !== undefined && fargate < lambda ? fargate / lambda : 1
}

/** Holds while `actual` is no more than `limit`. */
function atMost(rule: string, actual: number, limit: number): Reason {
  const holds = actual <= limit
  return {
    rule,
    holds,
    actual,
    limit,
    message: `${rule}: ${shown(actual)}, ${holds ? 'within' : 'over'} ${shown(limit)}`,
  }
}

/** To three digits below a thousand, else without a fraction. */
function shown(value: number): string {
  return String(value < 1000 ? Number(value.toPrecision(3)) : Math.round(value))
}

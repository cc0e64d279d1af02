import type { SizedJob } from './engine-job.ts'
import { fargateSizeOf, fargateUsdPerSecond } from './fargate-size.ts'

/** One comparison: a number of the job against a number of the engine. */
export interface Reason {
  readonly rule: 'memory' | 'gpu' | 'busy-share' | 'one-run' | 'child-run' | 'rows-meet' | 'job-run' | 'shuffle-bytes'
  /** Whether the engine passes. */
  readonly holds: boolean
  /** The number of the job. */
  readonly actual: number
  /** The number that decides. */
  readonly limit: number
  readonly unit: string
  /** All of this as a sentence. */
  readonly message: string
}

/** Holds while `actual` is no more than `limit`. */
function atMost(rule: Reason['rule'], actual: number, limit: number, unit: string, subject: string): Reason {
  const holds = actual <= limit
  const message = `${subject}: ${shown(actual)} ${unit}, ${holds ? 'within' : 'over'} ${shown(limit)}`
  return { rule, holds, actual, limit, unit, message }
}

/** What rules out any function: memory, a GPU, load that is steady. */
export function functionReasons(job: SizedJob): readonly Reason[] {
  const reasons = [atMost('memory', job.memoryMb, job.limits.lambdaMemoryMaxMb, 'MB', 'memory of a function')]
  if (job.needs.includes('gpu')) reasons.push(atMost('gpu', 1, 0, 'GPUs', 'GPUs of a function'))
  if (job.busyShare !== undefined) {
    const subject = 'share of the time that is busy, against the one at which a task that is always on costs the same'
    reasons.push(atMost('busy-share', job.busyShare, breakEvenShare(job), 'of the time', subject))
  }
  return reasons
}

/** Half of the timeout for everything, and rows that meet within the memory of one function. */
export function oneRunReasons(job: SizedJob): readonly Reason[] {
  const { lambdaTimeoutSeconds, oneRunTimeoutShare, memoryBytesPerByte } = job.limits
  const limit = lambdaTimeoutSeconds * oneRunTimeoutShare
  const reasons = [atMost('one-run', job.totalSeconds, limit, 's', 'everything in one run')]
  if (!job.rowsMeet) return reasons
  const bytes = (job.memoryMb * 1024 * 1024) / memoryBytesPerByte
  return [
    ...reasons,
    atMost('rows-meet', job.totalBytes, bytes, 'bytes', 'rows that meet in the memory of one function'),
  ]
}

/** The largest piece of work within a child's time, and no rows that meet those of another child. */
export function childReasons(job: SizedJob): readonly Reason[] {
  const { lambdaTimeoutSeconds, childTimeoutShare, childSeconds } = job.limits
  const limit = lambdaTimeoutSeconds * childTimeoutShare
  const largest = job.isSplittable ? Math.min(job.largestSeconds, childSeconds) : job.largestSeconds
  const subject = job.isSplittable
    ? 'the largest split in one child'
    : 'the largest object, which cannot be split, in one child'
  const reasons = [atMost('child-run', largest, limit, 's', subject)]
  if (!job.rowsMeet) return reasons
  return [...reasons, atMost('rows-meet', 1, 0, 'exchanges', 'exchanges of rows between children')]
}

/** The largest object within a job's time, and no more bytes to shuffle than one machine bears. */
export function batchReasons(job: SizedJob): readonly Reason[] {
  const { batchJobMaxSeconds, oneMachineShuffleBytes } = job.limits
  const reasons = [atMost('job-run', job.largestSeconds, batchJobMaxSeconds, 's', 'the largest object in one job')]
  if (!job.rowsMeet) return reasons
  return [
    ...reasons,
    atMost('shuffle-bytes', job.totalBytes, oneMachineShuffleBytes, 'bytes', 'bytes that one machine shuffles'),
  ]
}

/** A cluster is for more than one machine shuffles, and for that alone. */
export function emrReasons(job: SizedJob): readonly Reason[] {
  const actual = job.rowsMeet ? job.totalBytes : 0
  const limit = job.limits.oneMachineShuffleBytes
  const holds = actual > limit
  const message = `bytes to shuffle or join: ${shown(actual)} bytes, ${holds ? 'more' : 'no more'} than one machine bears, ${shown(limit)}`
  return [{ rule: 'shuffle-bytes', holds, actual, limit, unit: 'bytes', message }]
}

/** The share of the time at which a Fargate task that is always on costs what functions of the same memory cost while busy. */
function breakEvenShare({ memoryMb, architecture, prices }: SizedJob): number {
  const size = fargateSizeOf(memoryMb)
  const [tier] = prices.lambdaDuration[architecture]
  const lambda = (memoryMb / 1024) * (tier?.usdPerGbSecond ?? 0)
  if (size === undefined || lambda === 0) return 1
  return Math.min(1, fargateUsdPerSecond(size, architecture, prices) / lambda)
}

/** Up to three digits, in full up to 10^15. */
function shown(value: number): string {
  return value >= 1e15 ? value.toExponential(2) : String(Number(value.toPrecision(value >= 1000 ? 15 : 3)))
}

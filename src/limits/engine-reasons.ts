import type { SizedJob } from './engine-job.ts'
import { fargateUsdPerSecond } from './fargate-size.ts'

/**
 * `lambda`: one run. `distributed-map`: a Step Functions Distributed Map over functions. `batch`: AWS Batch, on Fargate, or on EC2 for a GPU
 * and over 120 GB of memory. `emr`: EMR Serverless.
 */
export type Engine = 'lambda' | 'distributed-map' | 'batch' | 'emr'

/** One comparison: a number of the job against a number of the engine. */
export interface Reason {
  /** The comparison: `seconds of everything in one run`. */
  readonly rule: string
  /** True where the engine passes. */
  readonly holds: boolean
  /** The number of the job. */
  readonly actual: number
  /** The deciding limit. */
  readonly limit: number
  /** The comparison as a sentence. */
  readonly message: string
}

/**
 * Compare a job with the limits of each engine. Lambda: everything in half of a timeout, with combined rows in the
 * memory of one function. Distributed Map: the largest piece in a child's time, without combining rows across children.
 * Batch: the largest object in a job's time, and a shuffle within one machine. EMR: only larger shuffles and joins.
 */
export function reasonsOf(job: SizedJob): Readonly<Record<Engine, readonly Reason[]>> {
  const { limits, memoryMb, isSplittable, rowsMeet, totalBytes, largestSeconds, busyShare } = job
  const onFunction = [
    ...atMost('MB of memory of a function', memoryMb, limits.functionMb),
    ...atMost('GPUs of a function', 1, 0, job.needsGpu),
    ...(busyShare === undefined
      ? []
      : atMost('busy share of the time, an always-on task being cheaper from', busyShare, breakEven(job))),
  ]
  const room = (memoryMb * 1024 * 1024) / limits.memoryBytesPerByte
  const piece = isSplittable ? 'split' : 'object, not splittable,'
  const pieceSeconds = isSplittable ? Math.min(largestSeconds, limits.mapSecondsPerChild) : largestSeconds
  const shuffle = atMost('bytes to join or shuffle on one machine', rowsMeet ? totalBytes : 0, limits.shuffleBytes)
  return {
    lambda: [
      ...onFunction,
      ...atMost('seconds of everything in one run', job.totalSeconds, limits.oneRunSeconds),
      ...atMost('bytes to join in the memory of a function', totalBytes, room, rowsMeet),
    ],
    'distributed-map': [
      ...onFunction,
      ...atMost(`seconds of the largest ${piece} in one child`, pieceSeconds, limits.childSeconds),
      ...atMost('joins or shuffles between children', 1, 0, rowsMeet),
    ],
    batch: [
      ...atMost('seconds of the largest object in one Batch job', largestSeconds, limits.batchMaxSeconds),
      ...(rowsMeet ? shuffle : []),
    ],
    emr: shuffle.map((reason) => ({ ...reason, holds: !reason.holds })),
  }
}

/** The busy share of time at which an always-on Fargate task costs as much as functions of the same memory. */
function breakEven({ memoryMb, architecture, prices }: SizedJob): number {
  const lambda = (memoryMb / 1024) * (prices.lambdaUsdPerGbSecond[architecture][0] ?? 0)
  const fargate = fargateUsdPerSecond(memoryMb, architecture, prices)
  return fargate !== undefined && fargate < lambda ? fargate / lambda : 1
}

/** A reason that holds while `actual` is at most `limit`; none without a value. */
function atMost(rule: string, actual: number, limit: number, isAsked = true): readonly Reason[] {
  const holds = actual <= limit
  const message = `${rule}: ${shown(actual)}, ${holds ? 'within' : 'over'} ${shown(limit)}`
  return isAsked ? [{ rule, holds, actual, limit, message }] : []
}

/** Three significant digits below a thousand, otherwise no fraction. */
function shown(value: number): string {
  return String(value < 1000 ? Number(value.toPrecision(3)) : Math.round(value))
}

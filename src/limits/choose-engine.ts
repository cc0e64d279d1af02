import { MillraceError } from '../errors.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { type EngineJob, type SizedJob, sizeJob } from './engine-job.ts'
import { type EngineLimits, engineLimitsOf } from './engine-limits.ts'
import {
  batchReasons,
  childReasons,
  emrReasons,
  functionReasons,
  oneRunReasons,
  type Reason,
} from './engine-reasons.ts'
import { fargateSizeOf, fargateUsdPerSecond } from './fargate-size.ts'
import { priceRuns } from './lambda-cost.ts'
import { type Prices, pricesOf } from './prices.ts'

/** `lambda`: one run. `distributed-map`: a Step Functions Distributed Map over functions. `batch`: AWS Batch on Fargate. `emr`: EMR Serverless. */
export type Engine = 'lambda' | 'distributed-map' | 'batch' | 'emr'

export interface EngineCandidate {
  readonly engine: Engine
  /** Whether every reason in `why` holds. */
  readonly fits: boolean
  /** Compute and orchestration, without S3, which every engine pays alike; undefined where no price is known: a GPU, a task over 120 GB. */
  readonly usd: number | undefined
  /** Elapsed seconds, start included. Batch: one task, one object after the other; an array job of n tasks takes an nth. */
  readonly seconds: number
  readonly why: readonly Reason[]
}

export interface EngineChoice {
  readonly engine: Engine
  /** The first comparison that each engine before the chosen one fails, then those of the chosen one. */
  readonly because: readonly Reason[]
  /** All four, in the order in which they are preferred. What does not fit has its numbers too, as if the limit were not there. */
  readonly candidates: readonly EngineCandidate[]
}

export interface ChooseEngineOptions {
  /** Numbers that replace those of {@link ENGINE_LIMITS}. */
  readonly limits?: Partial<EngineLimits>
  /** Prices that replace those of {@link PRICES}. */
  readonly prices?: Partial<Prices>
}

/**
 * Choose where a job runs: the first of Lambda, Distributed Map, Batch and EMR that it fits, with the numbers that decided.
 *
 * Lambda takes what one run does in half of its time. A Distributed Map takes many objects, or ranges of one, each of which a child does in
 * time. Batch takes an object that does neither, more memory than Lambda has, a GPU, and load so steady that a task which is always on costs
 * less. EMR takes shuffles and joins over more than one machine bears. Where an object is too long even for Batch, the choice is Batch and
 * its reason does not hold.
 *
 * @param job - what is to be read, and how fast one function does it.
 * @returns the engine, the comparisons that led to it, and all candidates with an estimate of dollars and seconds. O(1).
 * @throws MillraceError `OPTION_INVALID` for a number out of range or an unknown name; `TYPE_MISMATCH` where the job is no object;
 * `LIMIT_EXCEEDED` for a cost or a time beyond what a number can hold.
 * @example
 * const job = { objects: 1, largestBytes: 40e9, totalBytes: 40e9, mbPerSecond: 50, memoryMb: 1769 }
 * const { engine, because } = chooseEngine({ ...job, isSplittable: true })
 * engine // => 'distributed-map'
 * because[0]?.message // => 'everything in one run: 800 s, over 450'
 */
export function chooseEngine(job: EngineJob, options: ChooseEngineOptions = {}): EngineChoice {
  checkOptions('chooseEngine', options, { limits: 'object', prices: 'object' })
  const sized = sizeJob(job, engineLimitsOf(options.limits), pricesOf('chooseEngine', options.prices))
  const lastResort = batch(sized)
  const candidates = [lambda(sized), distributedMap(sized), lastResort, emr(sized)]
  const chosen = candidates.find(({ fits }) => fits) ?? lastResort
  const passedOver = candidates.slice(0, candidates.indexOf(chosen))
  const failed = passedOver.flatMap(({ why }) => why.filter(({ holds }) => !holds).slice(0, 1))
  return { engine: chosen.engine, because: [...failed, ...chosen.why], candidates }
}

function lambda(job: SizedJob): EngineCandidate {
  const usd = runsUsd(job, 1)
  return candidate('lambda', [...functionReasons(job), ...oneRunReasons(job)], usd, job.totalSeconds)
}

function distributedMap(job: SizedJob): EngineCandidate {
  const { limits, totalSeconds, largestSeconds, isSplittable, prices } = job
  const wanted = Math.max(1, Math.ceil(totalSeconds / limits.childSeconds))
  const children = isSplittable ? wanted : Math.min(job.objects, wanted)
  const longest = isSplittable ? totalSeconds / children : Math.max(largestSeconds, totalSeconds / children)
  const atOnce = Math.max(1, Math.min(children, limits.mapConcurrency, limits.lambdaConcurrency))
  const seconds = children / limits.mapStartsPerSecond + Math.max(longest, totalSeconds / atOnce)
  const transitions = children * limits.transitionsPerChild
  const usd = runsUsd(job, children) + (transitions / 1000) * prices.stepFunctionsTransitionUsdPerThousand
  return candidate('distributed-map', [...functionReasons(job), ...childReasons(job)], usd, seconds)
}

function batch(job: SizedJob): EngineCandidate {
  const seconds = job.limits.batchStartSeconds + job.totalSeconds
  const size = job.needs.includes('gpu') ? undefined : fargateSizeOf(job.memoryMb)
  const usd = size && Math.max(60, seconds) * fargateUsdPerSecond(size, job.architecture, job.prices)
  return candidate('batch', batchReasons(job), usd, seconds)
}

/** Assumes that a vCPU of the cluster is as fast as the function that was measured. */
function emr(job: SizedJob): EngineCandidate {
  const { emrStartSeconds, emrVcpus } = job.limits
  const { emrServerlessVcpuUsdPerHour, emrServerlessGbUsdPerHour } = job.prices
  const seconds = emrStartSeconds + job.totalSeconds / emrVcpus
  const usdPerVcpuHour = emrServerlessVcpuUsdPerHour + 4 * emrServerlessGbUsdPerHour
  const usd = job.needs.includes('gpu') ? undefined : (seconds * emrVcpus * usdPerVcpuHour) / 3600
  return candidate('emr', emrReasons(job), usd, seconds)
}

function runsUsd(job: SizedJob, invocations: number): number {
  const { memoryMb, architecture, prices } = job
  const ms = (job.totalSeconds * 1000) / invocations
  return priceRuns('chooseEngine', { invocations, ms, memoryMb, architecture }, prices).usd
}

function candidate(engine: Engine, why: readonly Reason[], usd: number | undefined, seconds: number): EngineCandidate {
  if (Number.isFinite(seconds) && Number.isFinite(usd ?? 0)) {
    return { engine, fits: why.every(({ holds }) => holds), usd, seconds, why }
  }
  const message = 'chooseEngine: the cost or the time is beyond what a number can hold; check the units'
  throw new MillraceError('LIMIT_EXCEEDED', message)
}

import { checkOptions } from '../internal/check-arguments.ts'
import { checkRanges, MANY, type Range, SLOWEST } from './check-ranges.ts'
import { type EngineJob, type SizedJob, sizeJob } from './engine-job.ts'
import { ENGINE_LIMITS, type EngineLimits } from './engine-limits.ts'
import { batchReasons, emrReasons, lambdaReasons, mapReasons, type Reason } from './engine-reasons.ts'
import { fargateUsdPerSecond } from './fargate-size.ts'
import { priceRuns } from './lambda-cost.ts'
import { type Prices, pricesOf } from './prices.ts'

/**
 * `lambda`: one run. `distributed-map`: a Step Functions Distributed Map over functions. `batch`: AWS Batch, on Fargate, or on EC2 for a GPU
 * and over 120 GB of memory. `emr`: EMR Serverless.
 */
export type Engine = 'lambda' | 'distributed-map' | 'batch' | 'emr'

export interface EngineCandidate {
  readonly engine: Engine
  /** True where every reason in `why` holds. */
  readonly fits: boolean
  /** Compute and orchestration, without S3, which every engine pays alike; undefined where there is no price here: EC2, GPUs. */
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

const ENTRY = 'chooseEngine'

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
 * @throws MillraceError `OPTION_INVALID` for a number out of range or an unknown name; `TYPE_MISMATCH` for what is no object.
 * @example
 * const job = { objects: 1, largestBytes: 40e9, totalBytes: 40e9, mbPerSecond: 50, memoryMb: 1769 }
 * const { engine, because } = chooseEngine({ ...job, isSplittable: true })
 * engine // => 'distributed-map'
 * because[0]?.message // => 'seconds of everything in one run: 800, over 450'
 */
export function chooseEngine(job: EngineJob, options: ChooseEngineOptions = {}): EngineChoice {
  checkOptions(ENTRY, options, { limits: 'object', prices: 'object' })
  const sized = sizeJob(job, limitsOf(options.limits), pricesOf(ENTRY, options.prices))
  const lastResort = batch(sized)
  const candidates = [lambda(sized), distributedMap(sized), lastResort, emr(sized)]
  const chosen = candidates.find(({ fits }) => fits) ?? lastResort
  const passedOver = candidates.slice(0, candidates.indexOf(chosen))
  const failed = passedOver.flatMap(({ why }) => why.filter(({ holds }) => !holds).slice(0, 1))
  return { engine: chosen.engine, because: [...failed, ...chosen.why], candidates }
}

function lambda(job: SizedJob): EngineCandidate {
  return candidate('lambda', lambdaReasons(job), runsUsd(job, 1), job.totalSeconds)
}

function distributedMap(job: SizedJob): EngineCandidate {
  const { limits, totalSeconds, isSplittable, prices } = job
  const wanted = Math.max(1, Math.ceil(totalSeconds / limits.mapSecondsPerChild))
  const children = isSplittable ? wanted : Math.min(job.objects, wanted)
  const atOnce = Math.min(children, limits.mapConcurrency, limits.functionConcurrency)
  const longest = Math.max(isSplittable ? 0 : job.largestSeconds, totalSeconds / atOnce)
  const transitions = children * limits.mapTransitionsPerChild
  const usd = runsUsd(job, children) + (transitions / 1000) * prices.stepFunctionsTransitionUsdPerThousand
  return candidate('distributed-map', mapReasons(job), usd, children / limits.mapStartsPerSecond + longest)
}

/** A minute is billed at least. */
function batch(job: SizedJob): EngineCandidate {
  const seconds = job.limits.batchStartSeconds + job.totalSeconds
  const usdPerSecond = job.needsGpu ? undefined : fargateUsdPerSecond(job.memoryMb, job.architecture, job.prices)
  return candidate('batch', batchReasons(job), usdPerSecond && usdPerSecond * Math.max(60, seconds), seconds)
}

/** Assumes that a vCPU of the cluster is as fast as the function that was measured. */
function emr(job: SizedJob): EngineCandidate {
  const { limits, prices } = job
  const seconds = limits.emrStartSeconds + job.totalSeconds / limits.emrVcpus
  const usdPerVcpuHour = prices.emrServerlessVcpuUsdPerHour + 4 * prices.emrServerlessGbUsdPerHour
  const usd = job.needsGpu ? undefined : (seconds * limits.emrVcpus * usdPerVcpuHour) / 3600
  return candidate('emr', emrReasons(job), usd, seconds)
}

function runsUsd(job: SizedJob, invocations: number): number {
  const { memoryMb, architecture, prices } = job
  return priceRuns({ invocations, ms: (job.totalSeconds * 1000) / invocations, memoryMb, architecture }, prices).usd
}

function candidate(engine: Engine, why: readonly Reason[], usd: number | undefined, seconds: number): EngineCandidate {
  return { engine, fits: why.every(({ holds }) => holds), usd, seconds, why }
}

function limitsOf(given: Partial<EngineLimits> = {}): EngineLimits {
  const defaults = Object.entries(ENGINE_LIMITS)
  checkRanges(
    ENTRY,
    given,
    Object.fromEntries(defaults.map(([name, value]): [string, Range] => [name, [SLOWEST, MANY, value]])),
  )
  return { ...ENGINE_LIMITS, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

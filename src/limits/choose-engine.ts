import { checkNames, replaceIn, SLOWEST } from './check-ranges.ts'
import { type EngineJob, type SizedJob, sizeJob } from './engine-job.ts'
import { ENGINE_LIMITS, type EngineLimits } from './engine-limits.ts'
import { type Engine, type Reason, reasonsOf } from './engine-reasons.ts'
import { fargateUsdPerSecond } from './fargate-size.ts'
import { priceRuns } from './lambda-cost.ts'
import { type Prices, pricesOf } from './prices.ts'

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
/** Batch, among the candidates. */
const LAST_RESORT = 2

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
  checkNames(ENTRY, 'options', options, { limits: 0, prices: 0 })
  const limits = replaceIn(ENTRY, 'limits', ENGINE_LIMITS, options.limits, SLOWEST)
  const sized = sizeJob(job, limits, pricesOf(ENTRY, options.prices))
  const reasons = reasonsOf(sized)
  const candidates = estimate(sized).map(([engine, usd, seconds]): EngineCandidate => {
    const why = reasons[engine]
    return { engine, fits: why.every(({ holds }) => holds), usd, seconds, why }
  })
  const chosen = candidates.find(({ fits }) => fits) ?? (candidates[LAST_RESORT] as EngineCandidate)
  const passedOver = candidates.slice(0, candidates.indexOf(chosen))
  const failed = passedOver.flatMap(({ why }) => why.filter(({ holds }) => !holds).slice(0, 1))
  return { engine: chosen.engine, because: [...failed, ...chosen.why], candidates }
}

type Estimate = readonly [engine: Engine, usd: number | undefined, seconds: number]

/**
 * Dollars and seconds on each engine, in the order of preference. Of a task of Batch a minute is billed at least; a vCPU of the cluster is
 * assumed to be as fast as the function that was measured.
 */
function estimate(job: SizedJob): readonly Estimate[] {
  const { limits, prices, totalSeconds, isSplittable, memoryMb, architecture } = job
  const runsUsd = (invocations: number): number =>
    priceRuns({ invocations, ms: (totalSeconds * 1000) / invocations, memoryMb, architecture }, prices).usd
  const wanted = Math.max(1, Math.ceil(totalSeconds / limits.mapSecondsPerChild))
  const children = isSplittable ? wanted : Math.min(job.objects, wanted)
  const atOnce = Math.min(children, limits.mapConcurrency, limits.functionConcurrency)
  const longest = Math.max(isSplittable ? 0 : job.largestSeconds, totalSeconds / atOnce)
  const transitions = children * limits.mapTransitionsPerChild
  const mapUsd = runsUsd(children) + (transitions / 1000) * prices.stepFunctionsTransitionUsdPerThousand
  const batchSeconds = limits.batchStartSeconds + totalSeconds
  const batchUsd = (fargateUsdPerSecond(memoryMb, architecture, prices) ?? Number.NaN) * Math.max(60, batchSeconds)
  const emrSeconds = limits.emrStartSeconds + totalSeconds / limits.emrVcpus
  const emrUsdPerHour = limits.emrVcpus * (prices.emrServerlessVcpuUsdPerHour + 4 * prices.emrServerlessGbUsdPerHour)
  const known = (usd: number): number | undefined => (job.needsGpu || Number.isNaN(usd) ? undefined : usd)
  return [
    ['lambda', runsUsd(1), totalSeconds],
    ['distributed-map', mapUsd, children / limits.mapStartsPerSecond + longest],
    ['batch', known(batchUsd), batchSeconds],
    ['emr', known((emrSeconds * emrUsdPerHour) / 3600), emrSeconds],
  ]
}

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
  /** Compute and orchestration, without S3, which costs the same for every engine; undefined without a price: EC2, GPUs. */
  readonly usd: number | undefined
  /** Elapsed seconds, start included. Batch: one task, object by object; an array job of n tasks takes an nth. */
  readonly seconds: number
  readonly why: readonly Reason[]
}

export interface EngineChoice {
  readonly engine: Engine
  /** The first failed comparison of each engine before the chosen one, then those of the chosen one. */
  readonly because: readonly Reason[]
  /** All four, in order of preference. Engines that do not fit have numbers too, as if they had no limit. */
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
 * Choose the engine of a job: the first of Lambda, Distributed Map, Batch and EMR that fits, with the deciding numbers.
 *
 * Lambda fits a job that one run finishes in half of its time. A Distributed Map fits many objects, or ranges of one,
 * each of which a child finishes in time. Batch fits an object that neither can process, more memory than Lambda has, a
 * GPU, and load so steady that an always-on task costs less. EMR fits shuffles and joins that exceed one machine. If an
 * object takes too long even for Batch, the choice is Batch and its reason does not hold.
 *
 * @param job - the data to read, and the speed of one function.
 * @returns the engine, the comparisons that led to it, and all candidates with an estimate of dollars and seconds. O(1).
 * @throws MillraceError `OPTION_INVALID` for a number out of range or an unknown name; `TYPE_MISMATCH` for a value that is not an object.
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
 * Dollars and seconds on each engine, in order of preference. A Batch task is billed for at least a minute; a vCPU of
 * the cluster is assumed to be as fast as the measured function.
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

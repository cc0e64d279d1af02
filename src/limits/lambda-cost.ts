import { checkChoice } from '../internal/check-choice.ts'
import { AMOUNT, checkRanges, MANY, type Range } from './check-ranges.ts'
import { LAMBDA_LIMITS } from './lambda-limits.ts'
import { type Architecture, type Prices, pricesOf } from './prices.ts'

export interface LambdaUsage {
  readonly invocations: number
  /**
   * Mean milliseconds that an invocation runs, without `initMs`. Lambda rounds each invocation up to a whole
   * millisecond: for runs of a few milliseconds use the mean of `Billed Duration` in the REPORT lines.
   */
  readonly ms: number
  readonly memoryMb: number
  /** Default `arm64`. */
  readonly architecture?: Architecture
  /**
   * Mean milliseconds of initialization over **all** invocations: 600 ms in 1% of them are 6 on average. Billed like running time since
   * 2025-08-01, also for zip packages. Default 0.
   */
  readonly initMs?: number
  /** Size of `/tmp`. Default 512, which is free. */
  readonly ephemeralMb?: number
  /** Environments kept ready, and for how long. They run as much as they have time for; the rest runs on demand. */
  readonly provisioned?: { readonly concurrency: number; readonly seconds: number }
}

/** One line of a bill. */
export interface CostPart {
  readonly name: string
  readonly usd: number
}

export interface LambdaCost {
  readonly usd: number
  /** GB-seconds that ran, initialization included, without those only held. */
  readonly gbSeconds: number
  /** `requests`, `duration`, and if any `init`, `ephemeral storage`, `provisioned held`, `provisioned run`. They add up to `usd`. */
  readonly parts: readonly CostPart[]
}

export const MEMORY: Range = [LAMBDA_LIMITS.memoryMinMb, LAMBDA_LIMITS.memoryMaxMb]

/**
 * Compute the cost of a function on Lambda, before free tier, discounts and savings plans.
 *
 * Tiers of the GB-second price apply to the usage as if it were a month's. More memory, time, requests or `/tmp` never cost less.
 * More provisioned concurrency may: it pays off if it is busy for more than 60% of the time held.
 *
 * @param usage - means over the invocations.
 * @param prices - prices that replace those of {@link PRICES}.
 * @returns the bill in US dollars and its parts. O(tiers).
 * @throws MillraceError `OPTION_INVALID` for a number outside Lambda's range, an unknown name or price; `TYPE_MISMATCH`
 * for a value that is not an object.
 * @example
 * const { usd, gbSeconds } = lambdaCost({ invocations: 1_000_000, ms: 100, memoryMb: 1024 })
 * gbSeconds // => 100000
 * usd.toFixed(2) // => '1.53'
 */
export function lambdaCost(usage: LambdaUsage, prices?: Partial<Prices>): LambdaCost {
  const { ephemeralMinMb, ephemeralMaxMb } = LAMBDA_LIMITS
  const ranges: Readonly<Record<string, Range | undefined>> = {
    invocations: AMOUNT,
    ms: AMOUNT,
    memoryMb: MEMORY,
    initMs: [0, MANY, 0],
    ephemeralMb: [ephemeralMinMb, ephemeralMaxMb, ephemeralMinMb],
    architecture: undefined,
    provisioned: undefined,
  }
  const entry = 'lambdaCost'
  checkRanges(entry, usage, ranges)
  const { provisioned } = usage
  const heldRanges = { concurrency: AMOUNT, seconds: AMOUNT }
  if (provisioned !== undefined) checkRanges(entry, provisioned, heldRanges, 'provisioned')
  return priceRuns(usage, pricesOf(entry, prices))
}

/** The arithmetic of `lambdaCost`, for checked usage. */
export function priceRuns(usage: LambdaUsage, prices: Prices): LambdaCost {
  const { invocations, ms, memoryMb, initMs = 0, provisioned } = usage
  const architecture = architectureOf(usage)
  const { ephemeralMinMb } = LAMBDA_LIMITS
  const gb = memoryMb / 1024
  const runSeconds = (invocations * ms) / 1000
  const seconds = runSeconds + (invocations * initMs) / 1000
  const heldSeconds = provisioned ? provisioned.concurrency * provisioned.seconds : 0
  const onDemandSeconds = Math.max(0, runSeconds - heldSeconds)
  const usdOf = (gbSeconds: number): number => tieredUsd(gbSeconds, architecture, prices)

  const parts: CostPart[] = []
  const add = (name: string, usd: number) => parts.push({ name, usd })
  add('requests', (invocations / 1e6) * prices.lambdaRequestUsdPerMillion)
  const duration = usdOf(onDemandSeconds * gb)
  add('duration', duration)
  // The last GB-seconds of the month, so that both parts add up to the cost of the whole.
  if (initMs > 0) add('init', usdOf((onDemandSeconds + seconds - runSeconds) * gb) - duration)
  const extraGb = ((usage.ephemeralMb ?? ephemeralMinMb) - ephemeralMinMb) / 1024
  if (extraGb > 0) add('ephemeral storage', extraGb * seconds * prices.lambdaEphemeralUsdPerGbSecond)
  if (provisioned) {
    add('provisioned held', heldSeconds * gb * prices.lambdaProvisionedHeldUsdPerGbSecond[architecture])
    const provisionedSeconds = Math.min(runSeconds, heldSeconds)
    add('provisioned run', provisionedSeconds * gb * prices.lambdaProvisionedRunUsdPerGbSecond[architecture])
  }
  return { usd: totalUsd(parts), gbSeconds: seconds * gb, parts }
}

/** The sum of the parts, in their order: adding them up again results in the same bits. */
export function totalUsd(parts: readonly CostPart[]): number {
  return parts.reduce((sum, { usd }) => sum + usd, 0)
}

/** Check the architecture to be priced. */
export function architectureOf({ architecture = 'arm64' }: { readonly architecture?: Architecture }): Architecture {
  checkChoice('architecture', architecture, ['arm64', 'x86_64'])
  return architecture
}

function tieredUsd(gbSeconds: number, architecture: Architecture, prices: Prices): number {
  const ends = prices.lambdaTierGbSeconds[architecture]
  return prices.lambdaUsdPerGbSecond[architecture].reduce((usd, price, tier) => {
    const from = ends[tier - 1] ?? 0
    return usd + Math.max(0, Math.min(gbSeconds, ends[tier] ?? gbSeconds) - from) * price
  }, 0)
}

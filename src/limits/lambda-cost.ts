import { checkArgument, checkOptions, type Kind } from '../internal/check-arguments.ts'
import { checkChoice } from '../internal/check-choice.ts'
import { checkNumber, checkWhole } from './check-number.ts'
import { type CostPart, totalUsd } from './cost-parts.ts'
import { LAMBDA_LIMITS } from './lambda-limits.ts'
import { type Architecture, type Prices, type PriceTier, pricesOf } from './prices.ts'

export interface LambdaUsage {
  readonly invocations: number
  /**
   * Mean milliseconds that an invocation runs, without `initMs`. Lambda rounds each invocation up to a whole millisecond: for runs of a few
   * milliseconds give the mean of `Billed Duration` in the REPORT lines.
   */
  readonly ms: number
  readonly memoryMb: number
  /** Default `arm64`. */
  readonly architecture?: Architecture
  /**
   * Mean milliseconds of initialization over **all** invocations: 600 ms in one of a hundred are 6. Billed like running time since
   * 2025-08-01, also for zip packages. Default 0.
   */
  readonly initMs?: number
  /** Size of `/tmp`. Default 512, which is free. */
  readonly ephemeralMb?: number
  /** Environments held ready, and how long. They run what they have time for; the rest runs on demand. */
  readonly provisioned?: { readonly concurrency: number; readonly seconds: number }
}

export interface LambdaCost {
  readonly usd: number
  /** GB-seconds that ran, initialization included, held ones not. */
  readonly gbSeconds: number
  /** `requests`, `duration`, and where there are any `init`, `ephemeral storage`, `provisioned held`, `provisioned run`. They add up to `usd`. */
  readonly parts: readonly CostPart[]
}

const KINDS: Readonly<Record<string, Kind>> = {
  invocations: 'number',
  ms: 'number',
  memoryMb: 'number',
  architecture: 'string',
  initMs: 'number',
  ephemeralMb: 'number',
  provisioned: 'object',
}

/**
 * What a function costs on Lambda, before free tier, discounts and savings plans.
 *
 * Tiers of the GB-second price apply to the usage given as if it were a month's. More memory, time, requests or `/tmp` never cost less.
 * More provisioned concurrency may: it pays where it is busy for more than 60% of what is held.
 *
 * @param usage - what ran, as means over the invocations.
 * @param prices - prices that replace those of {@link PRICES}.
 * @returns the bill in US dollars and its parts. O(tiers).
 * @throws MillraceError `OPTION_INVALID` for a number outside of what Lambda has, an unknown name or price; `TYPE_MISMATCH` where the usage is no
 * object; `LIMIT_EXCEEDED` for a cost beyond what a number can hold.
 * @example
 * const { usd, gbSeconds } = lambdaCost({ invocations: 1_000_000, ms: 100, memoryMb: 1024 })
 * gbSeconds // => 100000
 * usd.toFixed(2) // => '1.53'
 */
export function lambdaCost(usage: LambdaUsage, prices?: Partial<Prices>): LambdaCost {
  checkUsage(usage)
  return priceRuns('lambdaCost', usage, pricesOf('lambdaCost', prices))
}

/** The arithmetic of `lambdaCost`, for usage that is checked. */
export function priceRuns(entry: string, usage: LambdaUsage, prices: Prices): LambdaCost {
  const { invocations, ms, memoryMb, architecture = 'arm64', initMs = 0, ephemeralMb, provisioned } = usage
  const gb = memoryMb / 1024
  const runSeconds = (invocations * ms) / 1000
  const initSeconds = (invocations * initMs) / 1000
  const heldSeconds = provisioned === undefined ? 0 : provisioned.concurrency * provisioned.seconds
  const provisionedRun = Math.min(runSeconds, heldSeconds) * gb
  const onDemand = Math.max(0, runSeconds - heldSeconds) * gb
  const tiers = prices.lambdaDuration[architecture]
  const duration = tieredUsd(onDemand, tiers)

  const parts: CostPart[] = [
    { name: 'requests', usd: (invocations / 1e6) * prices.lambdaRequestUsdPerMillion },
    { name: 'duration', usd: duration },
  ]
  // The last GB-seconds of the month, so the two together are what the whole costs.
  if (initMs > 0) parts.push({ name: 'init', usd: tieredUsd(onDemand + initSeconds * gb, tiers) - duration })
  if (ephemeralMb !== undefined && ephemeralMb > LAMBDA_LIMITS.ephemeralMinMb) {
    const gbSeconds = ((ephemeralMb - LAMBDA_LIMITS.ephemeralMinMb) / 1024) * (runSeconds + initSeconds)
    parts.push({ name: 'ephemeral storage', usd: gbSeconds * prices.lambdaEphemeralUsdPerGbSecond })
  }
  if (provisioned !== undefined) {
    const held = heldSeconds * gb * prices.lambdaProvisionedHeldUsdPerGbSecond[architecture]
    const run = provisionedRun * prices.lambdaProvisionedRunUsdPerGbSecond[architecture]
    parts.push({ name: 'provisioned held', usd: held }, { name: 'provisioned run', usd: run })
  }
  return { usd: totalUsd(entry, parts), gbSeconds: (runSeconds + initSeconds) * gb, parts }
}

function tieredUsd(gbSeconds: number, tiers: readonly PriceTier[]): number {
  let usd = 0
  let from = 0
  for (const { upToGbSeconds, usdPerGbSecond } of tiers) {
    usd += Math.max(0, Math.min(gbSeconds, upToGbSeconds) - from) * usdPerGbSecond
    from = upToGbSeconds
  }
  return usd
}

function checkUsage(usage: LambdaUsage): void {
  checkArgument('lambdaCost', 'usage', usage, 'object')
  checkOptions('lambdaCost', usage, KINDS)
  checkNumber('lambdaCost', 'invocations', usage.invocations, 0)
  checkNumber('lambdaCost', 'ms', usage.ms, 0)
  checkMemory('lambdaCost', usage.memoryMb)
  checkNumber('lambdaCost', 'initMs', usage.initMs ?? 0, 0)
  checkArchitecture(usage.architecture)
  const { ephemeralMinMb, ephemeralMaxMb } = LAMBDA_LIMITS
  checkWhole('lambdaCost', 'ephemeralMb', usage.ephemeralMb ?? ephemeralMinMb, ephemeralMinMb, ephemeralMaxMb)
  if (usage.provisioned === undefined) return
  checkOptions('lambdaCost', usage.provisioned, { concurrency: 'number', seconds: 'number' })
  checkWhole('lambdaCost', 'provisioned.concurrency', usage.provisioned.concurrency, 0)
  checkNumber('lambdaCost', 'provisioned.seconds', usage.provisioned.seconds, 0)
}

export function checkMemory(entry: string, memoryMb: unknown): void {
  checkWhole(entry, 'memoryMb', memoryMb, LAMBDA_LIMITS.memoryMinMb, LAMBDA_LIMITS.memoryMaxMb)
}

export function checkArchitecture(architecture: Architecture | undefined): void {
  checkChoice('architecture', architecture ?? 'arm64', ['arm64', 'x86_64'])
}

import { MillraceError } from '../errors.ts'
import { checkOptions, type Kind } from '../internal/check-arguments.ts'
import { LAMBDA_PRICING, PRICE_LIST, type Source, THIRD_PARTY, UNCHECKED } from './source.ts'

export type Architecture = 'arm64' | 'x86_64'

/** A price up to so many GB-seconds a month, counted from the first one; the last tier has no end. */
export interface PriceTier {
  readonly upToGbSeconds: number
  readonly usdPerGbSecond: number
}

type PerArchitecture<T> = Readonly<Record<Architecture, T>>

/** Prices of one region, each with its unit in its name. A GB of Lambda and of Fargate is 1,024 MB. */
export interface Prices {
  readonly lambdaDuration: PerArchitecture<readonly PriceTier[]>
  readonly lambdaRequestUsdPerMillion: number
  /** `/tmp` beyond the 512 MB that every function has. */
  readonly lambdaEphemeralUsdPerGbSecond: number
  /** Provisioned concurrency while it is held, whether it runs or not. */
  readonly lambdaProvisionedHeldUsdPerGbSecond: PerArchitecture<number>
  /** Provisioned concurrency while it runs, on top of what is held and instead of `lambdaDuration`. */
  readonly lambdaProvisionedRunUsdPerGbSecond: PerArchitecture<number>
  readonly s3GetUsdPerThousand: number
  /** PUT, COPY, POST and LIST, and each step of a multipart upload. */
  readonly s3PutUsdPerThousand: number
  readonly s3StorageUsdPerGbMonth: number
  readonly stepFunctionsTransitionUsdPerThousand: number
  readonly fargateVcpuUsdPerHour: PerArchitecture<number>
  readonly fargateGbUsdPerHour: PerArchitecture<number>
  /** EMR Serverless on x86_64. */
  readonly emrServerlessVcpuUsdPerHour: number
  readonly emrServerlessGbUsdPerHour: number
  readonly sqsRequestUsdPerMillion: number
  readonly sqsFifoRequestUsdPerMillion: number
  readonly snsPublishUsdPerMillion: number
  readonly eventBridgeEventUsdPerMillion: number
  readonly kinesisShardUsdPerHour: number
  readonly kinesisPutUnitUsdPerMillion: number
  readonly kinesisOnDemandInUsdPerGb: number
  readonly kinesisOnDemandOutUsdPerGb: number
  readonly firehoseUsdPerGb: number
  readonly dynamodbWriteUsdPerMillion: number
  readonly dynamodbReadUsdPerMillion: number
  readonly dynamodbStreamReadUsdPerMillion: number
  readonly logsIngestedUsdPerGb: number
}

/** A price that has a name of its own in {@link PRICES}. */
export type PriceName = keyof Prices

/**
 * Prices of us-east-1 in US dollars, without free tiers and discounts. {@link PRICE_SOURCES} has the date and the source of each.
 *
 * Hand your own to `lambdaCost`, `jobCost` and `chooseEngine`: prices that you leave out stay these.
 *
 * @example
 * PRICES.lambdaRequestUsdPerMillion // => 0.2
 * PRICE_SOURCES.lambdaRequestUsdPerMillion.asOf // => '2024-11'
 */
export const PRICES: Prices = {
  lambdaDuration: {
    arm64: [
      { upToGbSeconds: 7.5e9, usdPerGbSecond: 0.0000133334 },
      { upToGbSeconds: 18.75e9, usdPerGbSecond: 0.0000120001 },
      { upToGbSeconds: Number.POSITIVE_INFINITY, usdPerGbSecond: 0.0000106667 },
    ],
    x86_64: [
      { upToGbSeconds: 6e9, usdPerGbSecond: 0.0000166667 },
      { upToGbSeconds: 15e9, usdPerGbSecond: 0.000015 },
      { upToGbSeconds: Number.POSITIVE_INFINITY, usdPerGbSecond: 0.0000133334 },
    ],
  },
  lambdaRequestUsdPerMillion: 0.2,
  lambdaEphemeralUsdPerGbSecond: 0.0000000309,
  lambdaProvisionedHeldUsdPerGbSecond: { arm64: 0.0000033334, x86_64: 0.0000041667 },
  lambdaProvisionedRunUsdPerGbSecond: { arm64: 0.0000077778, x86_64: 0.0000097222 },
  s3GetUsdPerThousand: 0.0004,
  s3PutUsdPerThousand: 0.005,
  s3StorageUsdPerGbMonth: 0.023,
  stepFunctionsTransitionUsdPerThousand: 0.025,
  fargateVcpuUsdPerHour: { arm64: 0.03238, x86_64: 0.04048 },
  fargateGbUsdPerHour: { arm64: 0.00356, x86_64: 0.004445 },
  emrServerlessVcpuUsdPerHour: 0.052624,
  emrServerlessGbUsdPerHour: 0.0057785,
  sqsRequestUsdPerMillion: 0.4,
  sqsFifoRequestUsdPerMillion: 0.5,
  snsPublishUsdPerMillion: 0.5,
  eventBridgeEventUsdPerMillion: 1,
  kinesisShardUsdPerHour: 0.015,
  kinesisPutUnitUsdPerMillion: 0.014,
  kinesisOnDemandInUsdPerGb: 0.08,
  kinesisOnDemandOutUsdPerGb: 0.04,
  firehoseUsdPerGb: 0.035,
  dynamodbWriteUsdPerMillion: 0.625,
  dynamodbReadUsdPerMillion: 0.125,
  dynamodbStreamReadUsdPerMillion: 0.2,
  logsIngestedUsdPerGb: 0.5,
}

/**
 * The source and the date of every price in {@link PRICES}.
 *
 * @example
 * PRICE_SOURCES.s3PutUsdPerThousand // => { title: 'AWS Price List, in the golden files of infracost', asOf: '2024-11' }
 */
export const PRICE_SOURCES: Readonly<Record<PriceName, Source>> = {
  ...(Object.fromEntries(Object.keys(PRICES).map((name) => [name, PRICE_LIST])) as Record<PriceName, Source>),
  lambdaEphemeralUsdPerGbSecond: LAMBDA_PRICING,
  lambdaProvisionedHeldUsdPerGbSecond: THIRD_PARTY,
  lambdaProvisionedRunUsdPerGbSecond: UNCHECKED,
  emrServerlessVcpuUsdPerHour: THIRD_PARTY,
  emrServerlessGbUsdPerHour: THIRD_PARTY,
  firehoseUsdPerGb: UNCHECKED,
}

const KINDS = Object.fromEntries(
  Object.entries(PRICES).map(([name, price]): [string, Kind] => [
    name,
    typeof price === 'number' ? 'number' : 'object',
  ]),
)

/**
 * Lay a caller's prices over {@link PRICES}.
 *
 * @throws MillraceError `OPTION_INVALID` for an unknown name, an architecture left out, a negative price, tiers that do not rise to Infinity.
 */
export function pricesOf(entry: string, given: Partial<Prices> | undefined): Prices {
  if (given === undefined) return PRICES
  checkOptions(entry, given, KINDS)
  const prices: Record<string, unknown> = { ...PRICES }
  for (const [name, price] of Object.entries(given)) {
    if (price === undefined) continue
    if (name === 'lambdaDuration') checkPerArchitecture(entry, name, price, checkTiers)
    else if (typeof price === 'number') checkPrice(entry, name, price)
    else checkPerArchitecture(entry, name, price, checkPrice)
    prices[name] = price
  }
  return prices as unknown as Prices
}

type Check = (entry: string, name: string, value: unknown) => void

function checkPerArchitecture(entry: string, name: string, price: unknown, check: Check): void {
  const { arm64, x86_64 } = price as Partial<PerArchitecture<unknown>>
  check(entry, `${name}.arm64`, arm64)
  check(entry, `${name}.x86_64`, x86_64)
}

function checkPrice(entry: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return
  throw new MillraceError('OPTION_INVALID', `${entry}: the price ${name} must be a number of US dollars, 0 or more`)
}

function checkTiers(entry: string, name: string, tiers: unknown): void {
  let from = 0
  for (const tier of Array.isArray(tiers) ? tiers : []) {
    checkPrice(entry, `${name}.usdPerGbSecond`, tier?.usdPerGbSecond)
    if (!(tier.upToGbSeconds > from)) break
    from = tier.upToGbSeconds
  }
  if (from === Number.POSITIVE_INFINITY) return
  const rule = 'must be a list of tiers whose upToGbSeconds rise, the last one to Infinity'
  throw new MillraceError('OPTION_INVALID', `${entry}: ${name} ${rule}`)
}

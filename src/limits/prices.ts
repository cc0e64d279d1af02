import { replaceIn } from './check-ranges.ts'

export type Architecture = 'arm64' | 'x86_64'
type PerArchitecture<T> = Readonly<Record<Architecture, T>>

/** Prices of one region, each with its unit in its name. A GB of Lambda and of Fargate is 1,024 MB. */
export interface Prices {
  /** One price for each tier of a month's GB-seconds. */
  readonly lambdaUsdPerGbSecond: PerArchitecture<readonly number[]>
  /** GB-seconds of a month at which the second and the third tier begin. */
  readonly lambdaTierGbSeconds: PerArchitecture<readonly number[]>
  readonly lambdaRequestUsdPerMillion: number
  /** `/tmp` beyond the free 512 MB. */
  readonly lambdaEphemeralUsdPerGbSecond: number
  /** Provisioned concurrency while it is held, even if idle. */
  readonly lambdaProvisionedHeldUsdPerGbSecond: PerArchitecture<number>
  /** Provisioned concurrency while it runs: added to the price of holding it, instead of `lambdaUsdPerGbSecond`. */
  readonly lambdaProvisionedRunUsdPerGbSecond: PerArchitecture<number>
  readonly s3GetUsdPerThousand: number
  /** PUT, COPY, POST and LIST, and each step of a multipart upload. */
  readonly s3PutUsdPerThousand: number
  /** Transitions of Standard workflows. */
  readonly stepFunctionsTransitionUsdPerThousand: number
  readonly fargateVcpuUsdPerHour: PerArchitecture<number>
  readonly fargateGbUsdPerHour: PerArchitecture<number>
  /** Price on x86_64. */
  readonly emrServerlessVcpuUsdPerHour: number
  readonly emrServerlessGbUsdPerHour: number
}

function both<T>(arm64: T, x86_64: T): PerArchitecture<T> {
  return { arm64, x86_64 }
}

/**
 * Prices of us-east-1 in US dollars, of November 2024 unless {@link sourceOf} has another date, without free tiers and discounts.
 *
 * Pass your own to `lambdaCost`, `jobCost` and `chooseEngine`: omitted prices keep these values.
 *
 * @example
 * PRICES.lambdaRequestUsdPerMillion // => 0.2
 * lambdaCost({ invocations: 1e6, ms: 0, memoryMb: 128 }, { lambdaRequestUsdPerMillion: 0.16 }).usd // => 0.16
 */
export const PRICES: Prices = {
  lambdaUsdPerGbSecond: /* @__PURE__ */ both(
    [0.0000133334, 0.0000120001, 0.0000106667],
    [0.0000166667, 0.000015, 0.0000133334],
  ),
  lambdaTierGbSeconds: /* @__PURE__ */ both([7.5e9, 18.75e9], [6e9, 15e9]),
  lambdaRequestUsdPerMillion: 0.2,
  lambdaEphemeralUsdPerGbSecond: 0.0000000309,
  lambdaProvisionedHeldUsdPerGbSecond: /* @__PURE__ */ both(0.0000033334, 0.0000041667),
  lambdaProvisionedRunUsdPerGbSecond: /* @__PURE__ */ both(0.0000077778, 0.0000097222),
  s3GetUsdPerThousand: 0.0004,
  s3PutUsdPerThousand: 0.005,
  stepFunctionsTransitionUsdPerThousand: 0.025,
  fargateVcpuUsdPerHour: /* @__PURE__ */ both(0.03238, 0.04048),
  fargateGbUsdPerHour: /* @__PURE__ */ both(0.00356, 0.004445),
  emrServerlessVcpuUsdPerHour: 0.052624,
  emrServerlessGbUsdPerHour: 0.0057785,
}

/** Replace prices of {@link PRICES} by a caller's. */
export function pricesOf(entry: string, given?: Partial<Prices>): Prices {
  return replaceIn(entry, 'prices', PRICES, given)
}

import { checkChoice } from '../internal/check-choice.ts'
import { ENGINE_LIMITS, type EngineLimits } from './engine-limits.ts'
import { LAMBDA_LIMITS } from './lambda-limits.ts'
import { PRICES, type Prices } from './prices.ts'

/** The source of a number, and the date for which it holds. */
export interface Source {
  readonly title: string
  /** Year, or year and month, of the source. */
  readonly asOf: string
}

/** The name of a number in `PRICES`, `LAMBDA_LIMITS` or `ENGINE_LIMITS`. */
export type NumberName = keyof Prices | keyof typeof LAMBDA_LIMITS | keyof EngineLimits

const source = (title: string, asOf: string): Source => ({ title, asOf })

const AWS_DOCS = /* @__PURE__ */ source('AWS documentation', '2026')
/** The Price List as the golden files of infracost record it. */
const PRICE_LIST = /* @__PURE__ */ source('AWS Price List', '2024-11')
/** Pages and calculators of others than AWS, which agree; AWS's own page does not show the number without a script. */
const THIRD_PARTY = /* @__PURE__ */ source('third party', '2026')
/** Known in the field; looked for in 2026-11 in AWS's documentation and price pages, and not found. */
const UNCHECKED = /* @__PURE__ */ source('unchecked', '2026-11')
/** A setting of this library's rule, measured or derived: docs/limits.md. */
const OWN_RULE = /* @__PURE__ */ source('millrace', '2026-11')

/**
 * Numbers whose source is not that of the rest of their table.
 *
 * - `vcpuMax`: aws.amazon.com/about-aws/whats-new/2020/12/aws-lambda-supports-10gb-memory-6-vcpu-cores-lambda-functions
 * - `batchMaxSeconds`: docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html, 14 days on Fargate
 * - provisioned concurrency, EMR Serverless: public cost calculators that quote AWS's price pages for us-east-1
 */
const EXCEPTIONS: { readonly [name in NumberName]?: Source } = {
  lambdaProvisionedHeldUsdPerGbSecond: THIRD_PARTY,
  lambdaProvisionedRunUsdPerGbSecond: THIRD_PARTY,
  emrServerlessVcpuUsdPerHour: THIRD_PARTY,
  emrServerlessGbUsdPerHour: THIRD_PARTY,
  vcpuMax: /* @__PURE__ */ source('AWS announcement', '2020-12'),
  mapConcurrency: AWS_DOCS,
  mapStartsPerSecond: THIRD_PARTY,
  mapTransitionsPerChild: UNCHECKED,
  batchMaxSeconds: AWS_DOCS,
}

/**
 * Name the source of a number in {@link PRICES}, {@link LAMBDA_LIMITS} or {@link ENGINE_LIMITS}, with its date.
 *
 * Numbers whose source is `third party` or `unchecked` are worth a look at AWS's own page before you rely on them.
 *
 * @param name - the number, as its table names it.
 * @returns the title of the source and its date. O(1).
 * @throws MillraceError `OPTION_INVALID` for a name that no table has.
 * @example
 * sourceOf('s3PutUsdPerThousand') // => { title: 'AWS Price List', asOf: '2024-11' }
 * sourceOf('timeoutSeconds') // => { title: 'AWS documentation', asOf: '2026' }
 */
export function sourceOf(name: NumberName): Source {
  checkChoice('name', name, Object.keys({ ...PRICES, ...LAMBDA_LIMITS, ...ENGINE_LIMITS }))
  return EXCEPTIONS[name] ?? (name in PRICES ? PRICE_LIST : name in LAMBDA_LIMITS ? AWS_DOCS : OWN_RULE)
}

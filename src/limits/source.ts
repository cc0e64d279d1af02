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

const AWS_DOCS: Source = { title: 'AWS documentation', asOf: '2026' }
/** The Price List as the golden files of infracost record it. */
const PRICE_LIST: Source = { title: 'AWS Price List', asOf: '2024-11' }
/** Pages of others than AWS. */
const THIRD_PARTY: Source = { title: 'third party', asOf: '2026' }
/** Known in the field, and not found in a document of AWS. */
const UNCHECKED: Source = { title: 'unchecked', asOf: '2026-11' }
/** A setting of this library's rule, measured or derived: docs/limits.md. */
const OWN_RULE: Source = { title: 'millrace', asOf: '2026-11' }

/** Numbers whose source is not that of the rest of their table. */
const EXCEPTIONS: { readonly [name in NumberName]?: Source } = {
  lambdaProvisionedHeldUsdPerGbSecond: THIRD_PARTY,
  lambdaProvisionedRunUsdPerGbSecond: UNCHECKED,
  emrServerlessVcpuUsdPerHour: THIRD_PARTY,
  emrServerlessGbUsdPerHour: THIRD_PARTY,
  vcpuMax: THIRD_PARTY,
  mapConcurrency: AWS_DOCS,
  mapStartsPerSecond: THIRD_PARTY,
  mapTransitionsPerChild: UNCHECKED,
  batchMaxSeconds: UNCHECKED,
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

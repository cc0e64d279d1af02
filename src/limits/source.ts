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

const DOCUMENTATION = 'AWS documentation'
const PRICE_LIST = 'AWS Price List'

/**
 * Sources that differ from those of the rest of a table. docs/limits.md has the addresses, and describes the numbers
 * with `third party` (agreeing sources other than AWS) and `unchecked` (known in the field, but not published by AWS).
 */
const EXCEPTIONS: readonly (readonly [names: RegExp, title: string, asOf: string])[] = [
  [/^lambda/, PRICE_LIST, '2025-10'],
  [/^(emrServerless.*|mapStartsPerSecond)$/, 'third party', '2026'],
  [/^mapTransitionsPerChild$/, 'unchecked', '2026-11'],
  [/^vcpuMax$/, 'AWS announcement', '2020-12'],
  [/^(mapConcurrency|batchMaxSeconds)$/, DOCUMENTATION, '2026'],
]

/**
 * Name the source of a number in {@link PRICES}, {@link LAMBDA_LIMITS} or {@link ENGINE_LIMITS}, with its date.
 *
 * Numbers whose source is `third party` or `unchecked` should be checked on AWS's own page before you rely on them;
 * `millrace` is a setting of this library's rule, measured or derived.
 *
 * @param name - the number, by its name in the table.
 * @returns the title of the source and its date. O(1).
 * @throws MillraceError `OPTION_INVALID` for an unknown name.
 * @example
 * sourceOf('s3PutUsdPerThousand') // => { title: 'AWS Price List', asOf: '2024-11' }
 * sourceOf('timeoutSeconds') // => { title: 'AWS documentation', asOf: '2026' }
 */
export function sourceOf(name: NumberName): Source {
  checkChoice('name', name, Object.keys({ ...PRICES, ...LAMBDA_LIMITS, ...ENGINE_LIMITS }))
  const exception = EXCEPTIONS.find(([names]) => names.test(name))
  if (exception !== undefined) return { title: exception[1], asOf: exception[2] }
  if (name in PRICES) return { title: PRICE_LIST, asOf: '2024-11' }
  return name in LAMBDA_LIMITS ? { title: DOCUMENTATION, asOf: '2026' } : { title: 'millrace', asOf: '2026-11' }
}

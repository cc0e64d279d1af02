import { MillraceError } from '../errors.ts'

/** One line of a bill. */
export interface CostPart {
  readonly name: string
  readonly usd: number
}

/**
 * The sum of the parts, in their order: adding them up again gives the same number, bit for bit.
 *
 * @throws MillraceError `LIMIT_EXCEEDED` where the sum is beyond what a number can hold.
 */
export function totalUsd(entry: string, parts: readonly CostPart[]): number {
  const usd = parts.reduce((sum, part) => sum + part.usd, 0)
  if (Number.isFinite(usd)) return usd
  throw new MillraceError('LIMIT_EXCEEDED', `${entry}: the cost is beyond what a number can hold; check the units`)
}

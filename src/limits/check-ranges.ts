import { MillraceError } from '../errors.ts'
import { checkArgument, checkOptions, type Kind } from '../internal/check-arguments.ts'

/** The least and the most that a number may be, and what it is where it is absent; without that it has to be there. */
export type Range = readonly [min: number, max: number, absent?: number]

/** More than any bill has, and small enough that products of a few such numbers stay finite. */
export const MANY = 1e18
/** The slowest rate, in whatever unit: a divisor. */
export const SLOWEST = 1e-6

/**
 * Check an object of numbers: that it is one, its names, and each number's range. The message names the range and quotes no value.
 *
 * @param others - fields that are no numbers.
 */
export function checkRanges(
  entry: string,
  bag: object,
  ranges: Readonly<Record<string, Range>>,
  others: Readonly<Record<string, Kind>> = {},
): void {
  checkArgument(entry, 'its first argument', bag, 'object')
  checkOptions(entry, bag, {
    ...Object.fromEntries(Object.keys(ranges).map((name): [string, Kind] => [name, 'number'])),
    ...others,
  })
  const numbers = bag as Readonly<Record<string, unknown>>
  for (const [name, [min, max, absent]] of Object.entries(ranges))
    checkRange(entry, name, numbers[name] ?? absent, min, max)
}

/** Refuse what is no number from `min` to `max`. */
export function checkRange(entry: string, name: string, value: unknown, min: number, max: number): void {
  if (typeof value === 'number' && value >= min && value <= max) return
  throw new MillraceError('OPTION_INVALID', `${entry}: ${name} must be a number from ${min} to ${max}`)
}

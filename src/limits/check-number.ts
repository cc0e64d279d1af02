import { MillraceError } from '../errors.ts'

/** Refuse what is no number of a range, Infinity and NaN included. The message has the range and no value. */
export function checkNumber(entry: string, name: string, value: unknown, min: number, max = Number.MAX_VALUE): void {
  if (typeof value === 'number' && value >= min && value <= max) return
  const range = max === Number.MAX_VALUE ? `a finite number, ${min} or more` : `a number from ${min} to ${max}`
  throw new MillraceError('OPTION_INVALID', `${entry}: ${name} must be ${range}`)
}

/** The same for whole numbers. */
export function checkWhole(
  entry: string,
  name: string,
  value: unknown,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return
  throw new MillraceError('OPTION_INVALID', `${entry}: ${name} must be a whole number from ${min} to ${max}`)
}

/** Refuse 0, which a rate cannot be. */
export function checkRate(entry: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY) return
  throw new MillraceError('OPTION_INVALID', `${entry}: ${name} must be a finite number over 0`)
}

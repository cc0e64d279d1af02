import { MillraceError } from '../errors.ts'

/** Reject a value that is not a whole number in a range. */
export function checkCount(option: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new MillraceError('OPTION_INVALID', `${option}: must be a whole number from ${min} to ${max}`)
}

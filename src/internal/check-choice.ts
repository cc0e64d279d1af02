import { MillraceError } from '../errors.ts'

/** Refuse a choice that there is not: TypeScript's callers cannot make it, JavaScript's can. */
export function checkChoice(option: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return
  throw new MillraceError('OPTION_INVALID', `${option}: must be one of ${choices.join(', ')}`)
}

import { MillraceError } from '../errors.ts'

/** Reject an invalid choice, which TypeScript prevents but JavaScript does not. */
export function checkChoice(option: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return
  throw new MillraceError('OPTION_INVALID', `${option}: must be one of ${choices.join(', ')}`)
}

import { MillraceError } from '../errors.ts'

/** The error of a command line that makes no sense. */
export function usageError(message: string): MillraceError {
  return new MillraceError('OPTION_INVALID', message)
}

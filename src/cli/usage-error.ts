import { MillraceError } from '../errors.ts'

/** Create the error of an invalid command line. */
export function usageError(message: string): MillraceError {
  return new MillraceError('OPTION_INVALID', message)
}

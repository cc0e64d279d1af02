import { isMillraceError, MillraceError } from '../errors.ts'

/** The error of an output that cannot be written, with the reason of the system. */
export function unwritable(cause: unknown): MillraceError {
  return isMillraceError(cause) ? cause : new MillraceError('WRITE_FAILED', 'the output cannot be written', { cause })
}

import { isMillraceError, MillraceError } from '../errors.ts'

/** Create the error of an output that cannot be written, with the system's reason. */
export function unwritable(cause: unknown): MillraceError {
  return isMillraceError(cause) ? cause : new MillraceError('WRITE_FAILED', 'the output cannot be written', { cause })
}

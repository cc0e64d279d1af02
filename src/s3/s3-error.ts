import { MillraceError } from '../errors.ts'
import { describeServiceError, httpStatusOf } from '../internal/service-error.ts'

/** What the library throws where a read fails at its first request. */
export function sourceUnavailable(cause: unknown): MillraceError {
  return new MillraceError(
    'SOURCE_UNAVAILABLE',
    `the object cannot be read: ${describeServiceError(cause)}${adviceOf(cause, 's3:GetObject')}`,
    {
      cause,
    },
  )
}

/** What the library throws where a write fails, or loses against another one. */
export function writeError(cause: unknown, ifNoneMatch: '*' | undefined): MillraceError {
  const status = httpStatusOf(cause)
  if (status === 409 || (status === 412 && ifNoneMatch !== undefined)) {
    const rule = status === 412 ? 'an object is there already' : 'another write of the same object is under way'
    return new MillraceError('WRITE_CONFLICT', `the object was not written: ${rule} (${describeServiceError(cause)})`, {
      cause,
    })
  }
  return new MillraceError(
    'WRITE_FAILED',
    `the object was not written: ${describeServiceError(cause)}${adviceOf(cause, 's3:PutObject')}`,
    {
      cause,
    },
  )
}

function adviceOf(error: unknown, action: string): string {
  switch (httpStatusOf(error)) {
    case 403:
      return `; allow ${action} on it, and the use of its KMS key`
    case 404:
      return '; it is not there (any more), or the name is not the decoded one'
    case 503:
      return '; S3 asks to slow down, try again later'
    default:
      return ''
  }
}

import { MillraceError } from '../errors.ts'

const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
])
const TRANSIENT_NAMES = new Set(['RequestTimeout', 'TimeoutError', 'SlowDown', 'InternalError', 'ServiceUnavailable'])

/** The HTTP status that S3 answered with, if the error comes from an answer. */
export function httpStatusOf(error: unknown): number | undefined {
  const metadata = propertyOf(error, '$metadata')
  const status = propertyOf(metadata, 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** Whether the same request may succeed a moment later: throttling, a server error, a broken or refused connection. */
export function isTransient(error: unknown): boolean {
  const status = httpStatusOf(error)
  if (status !== undefined && (status >= 500 || status === 429 || status === 408)) return true
  return TRANSIENT_NAMES.has(String(propertyOf(error, 'name'))) || NETWORK_CODES.has(String(propertyOf(error, 'code')))
}

/** `HTTP 403 AccessDenied` or `ECONNREFUSED`: what S3 or the network said, with nothing of bucket, key or data. */
export function describeS3Error(error: unknown): string {
  const status = httpStatusOf(error)
  const name = propertyOf(error, 'code') ?? propertyOf(error, 'Code') ?? propertyOf(error, 'name')
  const word = typeof name === 'string' && /^\w{1,80}$/.test(name) ? name : 'Error'
  return status === undefined ? word : `HTTP ${status} ${word}`
}

/** What the library throws where a read fails at its first request. */
export function sourceUnavailable(cause: unknown): MillraceError {
  return new MillraceError(
    'SOURCE_UNAVAILABLE',
    `the object cannot be read: ${describeS3Error(cause)}${adviceOf(cause, 's3:GetObject')}`,
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
    return new MillraceError('WRITE_CONFLICT', `the object was not written: ${rule} (${describeS3Error(cause)})`, {
      cause,
    })
  }
  return new MillraceError(
    'WRITE_FAILED',
    `the object was not written: ${describeS3Error(cause)}${adviceOf(cause, 's3:PutObject')}`,
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

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

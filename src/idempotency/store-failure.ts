import { MillraceError } from '../errors.ts'

const ADVICE: Readonly<Record<string, string>> = {
  AccessDeniedException: 'allow the function the actions that the guide to idempotency lists',
  AccessDenied: 'allow the function the actions that the guide to idempotency lists',
  ResourceNotFoundException: 'create the table (createTableInput()) in this account and region',
  NoSuchBucket: 'create the bucket, or mind the region',
  ValidationException: 'compare the key of the table with createTableInput()',
}

/** What the library throws where the store does not do what it is asked: what the service or the network said, nothing of key or data. */
export function storeFailure(action: string, cause: unknown): MillraceError {
  const word = nameOf(cause)
  const advice = ADVICE[word]
  const status = httpStatusOf(cause)
  return new MillraceError(
    'IDEMPOTENCY_STORE_FAILED',
    `${action} failed: ${status === undefined ? '' : `HTTP ${status} `}${word}${advice === undefined ? '' : `; ${advice}`}`,
    { cause },
  )
}

/** A record that this library did not write, or that somebody changed: nothing is run on it. */
export function recordInvalid(rule: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'IDEMPOTENCY_RECORD_INVALID',
    `the stored record ${rule}: nothing was run; remove the record, or keep others' data out of the store`,
    { cause },
  )
}

/** The HTTP status that a service answered with, if the error comes from an answer. */
export function httpStatusOf(error: unknown): number | undefined {
  const status = fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

/** `AccessDeniedException`, `ECONNREFUSED`: the shortest true word for what went wrong. */
export function nameOf(error: unknown): string {
  const words = [fieldOf(error, 'Code'), fieldOf(error, 'code'), fieldOf(error, 'name')]
  return words.find((word): word is string => typeof word === 'string' && /^\w{1,80}$/.test(word)) ?? 'Error'
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

import { MillraceError } from '../errors.ts'
import { describeServiceError, nameOf } from '../internal/service-error.ts'

const ADVICE: Readonly<Record<string, string>> = {
  AccessDeniedException: 'allow the function the actions that the guide to idempotency lists',
  AccessDenied: 'allow the function the actions that the guide to idempotency lists',
  ResourceNotFoundException: 'create the table (createTableInput()) in this account and region',
  NoSuchBucket: 'create the bucket, or check the region',
  ValidationException: 'compare the key of the table with createTableInput()',
}

/** Create the error of a failed store request: the response of the service or the network, without keys or data. */
export function storeFailure(action: string, cause: unknown): MillraceError {
  const advice = ADVICE[nameOf(cause)]
  return new MillraceError(
    'IDEMPOTENCY_STORE_FAILED',
    `${action} failed: ${describeServiceError(cause)}${advice === undefined ? '' : `; ${advice}`}`,
    { cause },
  )
}

/** Create the error of a record that this library did not write, or that was changed: nothing runs with it. */
export function recordInvalid(rule: string, cause?: unknown): MillraceError {
  return new MillraceError(
    'IDEMPOTENCY_RECORD_INVALID',
    `the stored record ${rule}: nothing was run; remove the record, or keep other data out of the store`,
    { cause },
  )
}

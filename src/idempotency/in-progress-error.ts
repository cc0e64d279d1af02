import { isMillraceError, MillraceError } from '../errors.ts'

/** The call that is in progress elsewhere, and the end of its lease. */
export interface InProgress {
  /** The namespace of the options, if any. */
  readonly namespace?: string | undefined
  /** SHA-256 of the key, which follows the namespace in the store; the key itself may be personal data. */
  readonly recordKey: string
  /** Time from which others may take the key over, in milliseconds since 1970 by the clock of its holder. */
  readonly leaseExpiresAt: number
}

/**
 * `IDEMPOTENCY_IN_PROGRESS`, with the identity of the record in the store, and the time to try again.
 *
 * @example
 * const error = new IdempotencyInProgressError({ namespace: 'charge', recordKey: canonicalHash('o-1'), leaseExpiresAt: 1_767_225_600_000 })
 * error.code // => 'IDEMPOTENCY_IN_PROGRESS'
 * error.leaseExpiresAt // => 1_767_225_600_000
 */
export class IdempotencyInProgressError extends MillraceError implements InProgress {
  readonly namespace: string | undefined
  readonly recordKey: string
  readonly leaseExpiresAt: number

  constructor({ namespace, recordKey, leaseExpiresAt }: InProgress) {
    super(
      'IDEMPOTENCY_IN_PROGRESS',
      'another caller holds this key: try again when it is done, or when its lease has expired (leaseExpiresAt)',
    )
    this.namespace = namespace
    this.recordKey = recordKey
    this.leaseExpiresAt = leaseExpiresAt
  }
}

/**
 * Test whether a value is an {@link IdempotencyInProgressError}. Works across copies of the class.
 *
 * @example
 * isIdempotencyInProgressError(new MillraceError('IDEMPOTENCY_KEY_MISSING', 'no key')) // => false
 */
export function isIdempotencyInProgressError(value: unknown): value is IdempotencyInProgressError {
  return isMillraceError(value, 'IDEMPOTENCY_IN_PROGRESS') && 'recordKey' in value && 'leaseExpiresAt' in value
}

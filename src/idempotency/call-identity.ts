import { isMillraceError, MillraceError } from '../errors.ts'
import { canonicalHash } from './canonical-hash.ts'
import type { IdempotentOptions } from './idempotent-options.ts'

/** What a call is known by, taken before its function can change the input. */
export interface CallIdentity {
  /** Namespace and hash, as the store knows it. */
  readonly key: string
  readonly fingerprint: string | undefined
}

/**
 * Take the key and the fingerprint of a call.
 *
 * @throws MillraceError `IDEMPOTENCY_KEY_MISSING`, `IDEMPOTENCY_KEY_INVALID`.
 */
export function callIdentity<Args extends readonly unknown[]>(
  { key, fingerprint, namespace = '' }: Pick<IdempotentOptions<Args>, 'key' | 'fingerprint' | 'namespace'>,
  args: Args,
): CallIdentity {
  const value = taken('key', () => key(...args))
  if (value === undefined || value === null) {
    throw new MillraceError(
      'IDEMPOTENCY_KEY_MISSING',
      'the key of this call is undefined or null: nothing was run, since a second call could not be told from it',
    )
  }
  return {
    key: `${namespace === '' ? '' : `${namespace}#`}${canonicalHash(value)}`,
    fingerprint:
      fingerprint === undefined ? undefined : canonicalHash(taken('fingerprint', () => fingerprint(...args))),
  }
}

function taken(name: string, read: () => unknown): unknown {
  try {
    return read()
  } catch (cause) {
    if (isMillraceError(cause)) throw cause
    throw new MillraceError('IDEMPOTENCY_KEY_INVALID', `the function ${name} threw: nothing was run`, { cause })
  }
}

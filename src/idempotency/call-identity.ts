import { isMillraceError, MillraceError } from '../errors.ts'
import { canonicalHash } from './canonical-hash.ts'
import type { IdempotentOptions } from './idempotent-options.ts'
import { missingPartOf } from './missing-key.ts'

/** The identity of a call, taken before its function can change the input. */
export interface CallIdentity {
  /** Namespace and hash, as passed to the store. */
  readonly key: string
  /** The hash only. */
  readonly recordKey: string
  readonly fingerprint: string | undefined
}

/**
 * Compute the key and the fingerprint of a call.
 *
 * @throws MillraceError `IDEMPOTENCY_KEY_MISSING`, `IDEMPOTENCY_KEY_INVALID`.
 */
export function callIdentity<Args extends readonly unknown[]>(
  {
    key,
    fingerprint,
    namespace = '',
    allowPartialKey = false,
  }: Pick<IdempotentOptions<Args>, 'key' | 'fingerprint' | 'namespace' | 'allowPartialKey'>,
  args: Args,
): CallIdentity {
  const value = taken('key', () => key(...args))
  const recordKey = canonicalHash(value)
  const missing = typeof value === 'string' ? undefined : taken('key', () => missingPartOf(value, allowPartialKey))
  if (missing !== undefined) throw keyMissing(missing)
  return {
    key: `${namespace === '' ? '' : `${namespace}#`}${recordKey}`,
    recordKey,
    fingerprint:
      fingerprint === undefined ? undefined : canonicalHash(taken('fingerprint', () => fingerprint(...args))),
  }
}

function keyMissing(what: string): MillraceError {
  return new MillraceError(
    'IDEMPOTENCY_KEY_MISSING',
    `the key of this call ${what}: nothing was run, because other calls would have the same key; return a value that identifies the call, or set allowPartialKey if null and undefined members are part of it`,
  )
}

function taken<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (isMillraceError(cause)) throw cause
    throw new MillraceError('IDEMPOTENCY_KEY_INVALID', `the function ${name} threw: nothing was run`, { cause })
  }
}

import { MillraceError } from '../errors.ts'
import { callIdentity } from './call-identity.ts'
import { type ResultPolicy, runOnce } from './idempotent.ts'
import { checkIdempotency, type IdempotentOptions } from './idempotent-options.ts'

/**
 * `idempotent` for the records of one batch: of those with the same key only the first uses the store, and the others
 * share the outcome, so that a duplicate never finds its twin in progress.
 *
 * One for each batch; calls may overlap. A duplicate of a failing call fails with it: the source redelivers both.
 */
export function idempotentBatch<Args extends unknown[], R>(
  fn: (...args: Args) => R,
  options: IdempotentOptions<Args>,
  results: ResultPolicy,
): (...args: Args) => Promise<Awaited<R>> {
  checkIdempotency('idempotency', options)
  const run = runOnce<undefined, Args, R>(fn, options, results)
  const calls = new Map<string, { readonly fingerprint: string | undefined; readonly result: Promise<Awaited<R>> }>()
  return async (...args): Promise<Awaited<R>> => {
    const identity = callIdentity(options, args)
    const known = calls.get(identity.key)
    if (known === undefined) {
      const result = run(identity, undefined, args)
      calls.set(identity.key, { fingerprint: identity.fingerprint, result })
      return result
    }
    if (known.fingerprint === identity.fingerprint) return known.result
    throw new MillraceError(
      'IDEMPOTENCY_PAYLOAD_MISMATCH',
      'the batch has this key with another fingerprint: one key must always mean the same work',
    )
  }
}

import { setTimeout as wait } from 'node:timers/promises'
import { isMillraceError, MillraceError } from '../errors.ts'
import { backoffMs } from '../internal/backoff.ts'
import { channels, type IdempotentMessage } from '../internal/channels.ts'
import { checkArgument } from '../internal/check-arguments.ts'
import { nodeCrypto } from '../internal/node-modules.ts'
import { traceAsync } from '../internal/trace.ts'
import { type CallIdentity, callIdentity } from './call-identity.ts'
import {
  checkIdempotency,
  heartbeatMsOf,
  type IdempotentOptions,
  type RemainingTimeContext,
} from './idempotent-options.ts'
import { IdempotencyInProgressError } from './in-progress-error.ts'
import { RunningLease, withLease } from './lease.ts'
import { persist } from './persist.ts'
import { leaseLost } from './record-store.ts'
import { decodeResult, encodeResult } from './result-text.ts'
import type { Claim, HeldLease, NoResultReason, Outcome } from './store.ts'

/** Lambda's longest run: the assumed duration of a function without a context. */
const LONGEST_RUN_MS = 900_000
const DAY_SECONDS = 86_400
const POLL_BASE_MS = 50
const POLL_MAX_MS = 1000

/**
 * The policy for results:
 *
 * - `best-effort`: kept if the store accepts them; a call whose result is not kept still returns it.
 * - `required`: a call whose result is not kept fails, and so do its replays.
 * - `none`: neither kept nor returned; any completed call is a success.
 */
export type ResultPolicy = 'best-effort' | 'required' | 'none'

/** The defaults of the options. */
interface Tools {
  readonly results: ResultPolicy
  readonly now: () => number
  readonly random: () => number
  readonly newToken: () => string
  readonly sleep: (ms: number) => Promise<unknown>
  readonly ttlMs: number
}

/**
 * Make a function run once for each key, despite crashes: the first call holds the key while it runs, later calls get its result.
 *
 * A call claims its key in the store, runs the function under a lease and completes the record; every write after the
 * claim succeeds only while the record has the claim's token. A crash leaves a lease that expires; the next call then
 * takes over (or rejects, by `onTakeover`). An error of the function frees the key and is thrown unchanged. Key and
 * fingerprint are computed before the function runs.
 *
 * @param fn - any function; a synchronous one becomes asynchronous. Its result is kept as text: a replay returns an equal copy.
 * @param options - see {@link IdempotentOptions}.
 * @returns a function with the same arguments and result. A new call costs two requests to the store, a replay one (see each store).
 * @throws MillraceError from the calls: `IDEMPOTENCY_KEY_MISSING`, `IDEMPOTENCY_KEY_INVALID`; `IDEMPOTENCY_IN_PROGRESS`
 * while another caller holds the key; `IDEMPOTENCY_PAYLOAD_MISMATCH`; `IDEMPOTENCY_OUTCOME_UNKNOWN` if the holder died
 * and `onTakeover` is `fail`; `IDEMPOTENCY_LEASE_LOST` if the function outlived its lease and the key was taken over
 * (its error is the cause, if it threw); `IDEMPOTENCY_RESULT_UNAVAILABLE` from the replay of a call whose result was
 * not kept; `IDEMPOTENCY_RECORD_INVALID`; `IDEMPOTENCY_STORE_FAILED` with the store's error as cause. `OPTION_INVALID`
 * and `TYPE_MISMATCH` at once.
 * @example
 * let charges = 0
 * const charge = idempotent(async (order: { id: string; cents: number }) => ({ receipt: ++charges }), {
 *   store: memoryStore(),
 *   key: (order) => order.id,
 * })
 * await charge({ id: 'o-1', cents: 999 }) // => { receipt: 1 }
 * await charge({ id: 'o-1', cents: 999 }) // => { receipt: 1 }
 */
export function idempotent<This, Args extends unknown[], R>(
  fn: (this: This, ...args: Args) => R,
  options: IdempotentOptions<Args>,
): (this: This, ...args: Args) => Promise<Awaited<R>> {
  checkArgument('idempotent', 'the work', fn, 'function', 'write idempotent(fn, { store, key })')
  checkIdempotency('idempotent', options)
  const run = runOnce(fn, options)
  return async function (this: This, ...args: Args): Promise<Awaited<R>> {
    return run(callIdentity(options, args), this, args)
  }
}

/** Runs a function once for each identity: {@link idempotent} without its checks, and without computing key and fingerprint. */
export function runOnce<This, Args extends unknown[], R>(
  fn: (this: This, ...args: Args) => R,
  options: IdempotentOptions<Args>,
  results: ResultPolicy = 'best-effort',
): (identity: CallIdentity, self: This, args: Args) => Promise<Awaited<R>> {
  const tools: Tools = {
    results,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    newToken: options.newToken ?? (() => nodeCrypto().randomUUID()),
    sleep: options.sleep ?? wait,
    ttlMs: (options.ttlSeconds ?? DAY_SECONDS) * 1000,
  }

  const once = async (
    identity: CallIdentity,
    self: This,
    args: Args,
    message: IdempotentMessage | undefined,
  ): Promise<Awaited<R>> => {
    const { claim, claimedAt } = await claimKey(identity, args, options, tools)
    if (message !== undefined) message.outcome = outcomeOf(claim)
    if (claim.state !== 'claimed') return replay(claim, identity, options, results) as Awaited<R>
    const lengthMs = Math.max(claim.lease.expiresAt - claimedAt, 1)
    const lease = new RunningLease(options.store, claim.lease, {
      now: tools.now,
      lengthMs,
      latest: claimedAt + (options.maxLeaseMs ?? Number.POSITIVE_INFINITY),
      heartbeatMs: heartbeatMsOf(options.heartbeat, lengthMs),
    })
    let result: Awaited<R>
    try {
      result = await withLease(lease, () => fn.apply(self, args))
    } catch (error) {
      await noteLoss(message, release(lease, error, options, tools))
      throw error
    }
    const missing = await noteLoss(message, complete(lease, result, options, tools))
    if (missing !== undefined && results === 'required') throw resultUnavailable('the call is completed', missing)
    return result
  }

  const { namespace } = options
  const describe = (): IdempotentMessage => ({ ...(namespace !== undefined && { namespace }), outcome: 'unknown' })
  return (identity, self, args) =>
    traceAsync(channels.idempotent, describe, (message) => once(identity, self, args, message))
}

function outcomeOf(claim: Claim): IdempotentMessage['outcome'] {
  switch (claim.state) {
    case 'claimed':
      return claim.isTakeover === true ? 'taken-over' : 'ran'
    case 'completed':
      return 'replayed'
    case 'in-progress':
      return 'in-progress'
    case 'mismatched':
      return 'mismatch'
    case 'abandoned':
      return 'unknown'
  }
}

/** Record in the message, if there is one, that the last write of a call found its lease lost. */
function noteLoss<T>(message: IdempotentMessage | undefined, write: Promise<T>): Promise<T> {
  if (message === undefined) return write
  return write.catch((error: unknown) => {
    if (isMillraceError(error, 'IDEMPOTENCY_LEASE_LOST')) message.outcome = 'lease-lost'
    throw error
  })
}

/** Claim a key, and while another caller holds it, retry as long as the options allow. */
async function claimKey<Args extends unknown[]>(
  { key, fingerprint }: CallIdentity,
  args: Args,
  options: IdempotentOptions<Args>,
  { now, random, newToken, sleep, ttlMs, results }: Tools,
): Promise<{ readonly claim: Claim; readonly claimedAt: number }> {
  const { store, onInProgress = 'throw', onTakeover = 'retry' } = options
  const waitMs = onInProgress === 'throw' ? 0 : onInProgress.waitMs
  const token = newToken()
  const start = now()
  for (let polls = 0, slept = 0; ; polls++) {
    const time = now()
    const leaseExpiresAt = time + leaseLengthMs(args, options)
    const claim = await store.claim({
      key,
      token,
      now: time,
      leaseExpiresAt,
      expiresAt: leaseExpiresAt + ttlMs,
      onTakeover,
      ...(fingerprint !== undefined && { fingerprint }),
      ...(results === 'none' && { needsResult: false }),
    })
    if (claim.state !== 'in-progress') return { claim, claimedAt: time }
    // Limited by the timers too, so that an injected clock that does not advance cannot make a caller wait forever.
    const left = waitMs - Math.max(now() - start, slept)
    if (left <= 0) return { claim, claimedAt: time }
    const pause = Math.min(
      left,
      POLL_BASE_MS / 2 + backoffMs(polls, { baseMs: POLL_BASE_MS, maxMs: POLL_MAX_MS, random }),
    )
    await sleep(pause)
    slept += pause
  }
}

/** Exactly `leaseMs`; otherwise the context's remaining time, or Lambda's longest run, with margins for a late end and for clock differences. */
function leaseLengthMs<Args extends unknown[]>(args: Args, options: IdempotentOptions<Args>): number {
  const { leaseMs, maxLeaseMs = Number.POSITIVE_INFINITY, graceMs = 1000, clockSkewMs = 1000 } = options
  if (leaseMs !== undefined) return Math.min(leaseMs, maxLeaseMs)
  const context = options.context === undefined ? contextIn(args[1]) : options.context(...args)
  const remaining = context === undefined ? LONGEST_RUN_MS : Math.max(context.getRemainingTimeInMillis() || 0, 0)
  return Math.min(remaining + graceMs + clockSkewMs, maxLeaseMs)
}

function contextIn(value: unknown): RemainingTimeContext | undefined {
  const isContext =
    typeof value === 'object' &&
    value !== null &&
    'getRemainingTimeInMillis' in value &&
    typeof value.getRemainingTimeInMillis === 'function'
  return isContext ? (value as RemainingTimeContext) : undefined
}

/** The result of an already completed call, or the error if there is none. */
function replay(
  claim: Exclude<Claim, { readonly state: 'claimed' }>,
  { recordKey }: CallIdentity,
  { namespace }: Pick<IdempotentOptions<never>, 'namespace'>,
  results: ResultPolicy,
): unknown {
  switch (claim.state) {
    case 'completed':
      if (results === 'none') return undefined
      if (claim.outcome.kind === 'result') return decodeResult(claim.outcome.text)
      throw resultUnavailable('the call is already completed', claim.outcome.reason)
    case 'in-progress':
      throw new IdempotencyInProgressError({ namespace, recordKey, leaseExpiresAt: claim.leaseExpiresAt })
    case 'mismatched':
      throw new MillraceError(
        'IDEMPOTENCY_PAYLOAD_MISMATCH',
        'this key was already used with another fingerprint: nothing was run; one key must always mean the same work',
      )
    case 'abandoned':
      throw new MillraceError(
        'IDEMPOTENCY_OUTCOME_UNKNOWN',
        'a caller of this key died or ran out of time, and its outcome is unknown: investigate, then delete or complete the record',
      )
  }
}

const REASONS: Readonly<Record<NoResultReason, string>> = {
  'not-serialisable':
    'it contains a value that cannot be stored, such as a function, a cycle or an instance of a class',
  'too-large': 'it is too large for the store; add an overflow store',
  'overflow-failed': 'it was too large for the store, and the overflow store did not keep it',
  'refused-by-store': 'the store rejected it',
  'not-needed':
    'it was completed by a batch of a source without results; use a separate namespace for each use of a store',
}

function resultUnavailable(what: string, reason: NoResultReason): MillraceError {
  return new MillraceError('IDEMPOTENCY_RESULT_UNAVAILABLE', `${what}, but its result was not kept: ${REASONS[reason]}`)
}

/** Free the key after an error. A failure to do so does not hide the error, which is always thrown: the lease expires by itself. */
async function release<Args extends unknown[]>(
  lease: RunningLease,
  error: unknown,
  { store }: IdempotentOptions<Args>,
  tools: Tools,
): Promise<void> {
  try {
    await lease.finish((held) => persist(() => store.release(held), tools))
  } catch (failure) {
    if (isMillraceError(failure, 'IDEMPOTENCY_LEASE_LOST')) throw leaseLost(error)
    process.emitWarning('a key could not be freed after an error: it is held until its lease expires', {
      code: 'MILLRACE_LEASE_LEFT',
      detail: failure instanceof Error ? failure.message : '',
    })
  }
}

/**
 * Complete the record: with the result, or without it if the store does not accept it, but not left in progress if avoidable.
 *
 * @returns the reason why the result was not kept, if it was not.
 */
async function complete<Args extends unknown[]>(
  lease: RunningLease,
  result: unknown,
  { store }: IdempotentOptions<Args>,
  tools: Tools,
): Promise<NoResultReason | undefined> {
  const outcome: Outcome = tools.results === 'none' ? { kind: 'none', reason: 'not-needed' } : encodeResult(result)
  const expiresAt = tools.now() + tools.ttlMs
  const write = async (held: HeldLease): Promise<NoResultReason | undefined> => {
    try {
      const missing = await persist(() => store.complete(held, outcome, expiresAt), tools)
      return outcome.kind === 'none' ? outcome.reason : (missing ?? undefined)
    } catch (error) {
      if (outcome.kind === 'none' || isMillraceError(error, 'IDEMPOTENCY_LEASE_LOST')) throw error
      await store.complete(held, { kind: 'none', reason: 'refused-by-store' }, expiresAt).catch(() => {
        throw error
      })
      return 'refused-by-store'
    }
  }
  return lease.finish(write)
}

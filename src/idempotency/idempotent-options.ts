import { MillraceError } from '../errors.ts'
import type { IdempotencyStore, TakeoverPolicy } from './store.ts'

/** What `idempotent` needs of the context that Lambda hands to a handler. */
export interface RemainingTimeContext {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis(): number
}

export interface IdempotentOptions<Args extends readonly unknown[] = readonly unknown[]> {
  readonly store: IdempotencyStore
  /**
   * What makes two calls the same, such as an order's id. `''` and 0 are keys. `undefined`, `null`, NaN, invalid dates, `[]`, `{}`, and arrays and
   * objects with a member that is one of the first four, are missing keys.
   */
  readonly key: (...args: Args) => unknown
  /** Accept keys with members that are null or undefined: `[tenant, undefined]`. Default false. */
  readonly allowPartialKey?: boolean
  /** Separates functions on one store. At most 512 bytes. Default: none. */
  readonly namespace?: string
  /** What must be the same in every call of a key; another one is `IDEMPOTENCY_PAYLOAD_MISMATCH`. Default: not checked. */
  readonly fingerprint?: (...args: Args) => unknown
  /** How long a completed call is remembered. Default 86,400: a day. */
  readonly ttlSeconds?: number
  /** Length of the lease, exactly. Default: by the context's remaining time, or 900,000 (Lambda's longest) where there is none, and margins. */
  readonly leaseMs?: number
  /** No lease, renewed or not, ends later than this after its claim. Default: no limit. */
  readonly maxLeaseMs?: number
  /** How far apart the clocks of callers may be; added to a lease by the context. Default 1,000. */
  readonly clockSkewMs?: number
  /** How long a function may outlive the context's time; added to a lease by the context. Default 1,000. */
  readonly graceMs?: number
  /** Renew the lease while the function runs: every third of its length, or as given. Default: no. */
  readonly heartbeat?: boolean | { readonly everyMs: number }
  /** A call whose key another caller holds throws at once (default), or waits for its result up to `waitMs`. */
  readonly onInProgress?: 'throw' | { readonly waitMs: number }
  /** A key whose holder let its lease run out is run again (default), or refused with `IDEMPOTENCY_OUTCOME_UNKNOWN`. */
  readonly onTakeover?: TakeoverPolicy
  /** Finds Lambda's context in the arguments. Default: the second argument, if it is one. */
  readonly context?: (...args: Args) => RemainingTimeContext | undefined
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** From 0 to 1, for the jitter of waits. Default `Math.random`. */
  readonly random?: () => number
  /** Makes fencing tokens, never the same twice in any process: they identify a caller. Default: random UUIDs. */
  readonly newToken?: () => string
  /** Waits between polls and retries. Default: a timer. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

const MAX_NAMESPACE_BYTES = 512
const MAX_TIMER_MS = 2 ** 31 - 1

/** Refuse options that could not work, when the function is made rather than when it is called. */
export function checkOptions(options: IdempotentOptions<never>): void {
  const { store, key, namespace = '', onInProgress = 'throw', onTakeover = 'retry', heartbeat = false } = options
  check('store', 'must be a store such as memoryStore()', typeof store?.claim === 'function')
  check('key', 'must be a function of the input', typeof key === 'function')
  check('fingerprint', 'must be a function of the input', isFunctionOrNone(options.fingerprint))
  check('context', 'must be a function of the arguments', isFunctionOrNone(options.context))
  check('allowPartialKey', 'must be true or false', typeof (options.allowPartialKey ?? false) === 'boolean')
  check('now', 'must be a function that gives milliseconds', isFunctionOrNone(options.now))
  check('random', 'must be a function that gives numbers from 0 to 1', isFunctionOrNone(options.random))
  check('newToken', 'must be a function that gives text never given before', isFunctionOrNone(options.newToken))
  check('sleep', 'must be a function that waits', isFunctionOrNone(options.sleep))
  check('namespace', `must be well-formed text of at most ${MAX_NAMESPACE_BYTES} bytes`, isNamespace(namespace))
  check('ttlSeconds', 'must be a number over 0', isOver0(options.ttlSeconds ?? 1))
  check('leaseMs', 'must be a number over 0', isOver0(options.leaseMs ?? 1))
  check('maxLeaseMs', 'must be a number over 0', isOver0(options.maxLeaseMs ?? 1))
  check('clockSkewMs', 'must be a number from 0', isFrom0(options.clockSkewMs ?? 0))
  check('graceMs', 'must be a number from 0', isFrom0(options.graceMs ?? 0))
  check('onTakeover', 'must be retry or fail', onTakeover === 'retry' || onTakeover === 'fail')
  check(
    'onInProgress',
    'must be throw or { waitMs } from 0',
    onInProgress === 'throw' || (typeof onInProgress === 'object' && isFrom0(onInProgress.waitMs)),
  )
  check(
    'heartbeat',
    `must be true, false or { everyMs } over 0 and below ${MAX_TIMER_MS}`,
    typeof heartbeat === 'boolean' || (isOver0(heartbeat.everyMs) && heartbeat.everyMs <= MAX_TIMER_MS),
  )
}

/** Milliseconds between two beats of a lease of some length. */
export function heartbeatMsOf(heartbeat: IdempotentOptions['heartbeat'], lengthMs: number): number | undefined {
  if (heartbeat === undefined || heartbeat === false) return undefined
  return heartbeat === true ? Math.min(Math.max(lengthMs / 3, 1), MAX_TIMER_MS) : heartbeat.everyMs
}

function check(name: string, rule: string, holds: boolean): void {
  if (!holds) throw new MillraceError('OPTION_INVALID', `${name}: ${rule}`)
}

function isFunctionOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}

function isNamespace(value: unknown): boolean {
  return typeof value === 'string' && Buffer.byteLength(value) <= MAX_NAMESPACE_BYTES && !/\p{Surrogate}/u.test(value)
}

function isOver0(value: number): boolean {
  return Number.isFinite(value) && value > 0
}

function isFrom0(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

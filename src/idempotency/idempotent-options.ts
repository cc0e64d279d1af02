import { MillraceError } from '../errors.ts'
import { checkFields, checkOptions, type Kind } from '../internal/check-arguments.ts'
import type { IdempotencyStore, TakeoverPolicy } from './store.ts'

/** The part of Lambda's context that `idempotent` needs. */
export interface RemainingTimeContext {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis(): number
}

export interface IdempotentOptions<Args extends readonly unknown[] = readonly unknown[]> {
  readonly store: IdempotencyStore
  /**
   * The value that identifies a call, such as an order's id. `''` and 0 are keys. `undefined`, `null`, NaN, invalid
   * dates, `[]`, `{}`, and arrays and objects with a member among the first four, are missing keys.
   */
  readonly key: (...args: Args) => unknown
  /** Accept keys with members that are null or undefined: `[tenant, undefined]`. Default false. */
  readonly allowPartialKey?: boolean
  /** Separates functions on one store. At most 512 bytes. Default: none. */
  readonly namespace?: string
  /** The value that must be the same in every call of a key, otherwise `IDEMPOTENCY_PAYLOAD_MISMATCH`. Default: not checked. */
  readonly fingerprint?: (...args: Args) => unknown
  /** Seconds for which a completed call is remembered. Default 86,400, a day. */
  readonly ttlSeconds?: number
  /** Exact length of the lease. Default: the context's remaining time, or 900,000 (Lambda's longest) without a context, plus margins. */
  readonly leaseMs?: number
  /** No lease, renewed or not, ends later than this after its claim. Default: no limit. */
  readonly maxLeaseMs?: number
  /** Most milliseconds by which the clocks of callers differ; added to a lease derived from the context. Default 1,000. */
  readonly clockSkewMs?: number
  /** Milliseconds for which a function may outlive the context's time; added to a lease derived from the context. Default 1,000. */
  readonly graceMs?: number
  /** Renew the lease while the function runs: after every third of its length, or as set. Default: no. */
  readonly heartbeat?: boolean | { readonly everyMs: number }
  /** A call whose key another caller holds throws immediately (default), or waits for its result up to `waitMs`. */
  readonly onInProgress?: 'throw' | { readonly waitMs: number }
  /** A key whose holder's lease expired is run again (default), or rejected with `IDEMPOTENCY_OUTCOME_UNKNOWN`. */
  readonly onTakeover?: TakeoverPolicy
  /** Finds Lambda's context in the arguments. Default: the second argument, if it is one. */
  readonly context?: (...args: Args) => RemainingTimeContext | undefined
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** From 0 to 1, for the jitter of waits. Default `Math.random`. */
  readonly random?: () => number
  /** Creates fencing tokens, unique across all processes: they identify a caller. Default: random UUIDs. */
  readonly newToken?: () => string
  /** Waits between polls and retries. Default: a timer. */
  readonly sleep?: (ms: number) => Promise<unknown>
}

const MAX_NAMESPACE_BYTES = 512
const MAX_TIMER_MS = 2 ** 31 - 1

const KINDS = {
  store: 'object',
  key: 'function',
  fingerprint: 'function',
  allowPartialKey: 'boolean',
  namespace: 'string',
  ttlSeconds: 'number',
  leaseMs: 'number',
  maxLeaseMs: 'number',
  clockSkewMs: 'number',
  graceMs: 'number',
  heartbeat: 'any',
  onInProgress: 'any',
  onTakeover: 'string',
  context: 'function',
  now: 'function',
  random: 'function',
  newToken: 'function',
  sleep: 'function',
} as const satisfies Record<keyof IdempotentOptions, Kind>

/** Reject invalid options when the function is created rather than when it is called. */
export function checkIdempotency(entry: string, options: IdempotentOptions<never>): void {
  checkFields(
    entry,
    'options',
    options,
    { 'store!': 'object', 'key!': 'function' },
    `write ${entry}(fn, { store, key })`,
  )
  checkOptions(entry, options, KINDS)
  const { store, namespace = '', onInProgress = 'throw', onTakeover = 'retry', heartbeat = false } = options
  const check = (name: string, rule: string, holds: boolean): void => {
    if (!holds) throw new MillraceError('OPTION_INVALID', `${entry}: ${name} must be ${rule}`)
  }
  check('store', 'a store such as memoryStore()', typeof store.claim === 'function')
  check('namespace', `well-formed text of at most ${MAX_NAMESPACE_BYTES} bytes`, isNamespace(namespace))
  check('ttlSeconds', 'a number over 0', isOver0(options.ttlSeconds ?? 1))
  check('leaseMs', 'a number over 0', isOver0(options.leaseMs ?? 1))
  check('maxLeaseMs', 'a number over 0', isOver0(options.maxLeaseMs ?? 1))
  check('clockSkewMs', 'a number from 0', isFrom0(options.clockSkewMs ?? 0))
  check('graceMs', 'a number from 0', isFrom0(options.graceMs ?? 0))
  check('onTakeover', 'retry or fail', onTakeover === 'retry' || onTakeover === 'fail')
  if (onInProgress !== 'throw') {
    const { waitMs } = Object(onInProgress)
    check('onInProgress', 'throw or { waitMs } from 0', isFrom0(waitMs))
    checkOptions(`${entry}: onInProgress`, onInProgress, { waitMs: 'number' })
  }
  if (typeof heartbeat !== 'boolean') {
    const { everyMs } = Object(heartbeat)
    const rule = `true, false or { everyMs } over 0 and below ${MAX_TIMER_MS}`
    check('heartbeat', rule, isOver0(everyMs) && everyMs <= MAX_TIMER_MS)
    checkOptions(`${entry}: heartbeat`, heartbeat, { everyMs: 'number' })
  }
}

/** Milliseconds between two heartbeats of a lease of a given length. */
export function heartbeatMsOf(heartbeat: IdempotentOptions['heartbeat'], lengthMs: number): number | undefined {
  if (heartbeat === undefined || heartbeat === false) return undefined
  return heartbeat === true ? Math.min(Math.max(lengthMs / 3, 1), MAX_TIMER_MS) : heartbeat.everyMs
}

function isNamespace(value: string): boolean {
  return Buffer.byteLength(value) <= MAX_NAMESPACE_BYTES && !/\p{Surrogate}/u.test(value)
}

function isOver0(value: number): boolean {
  return Number.isFinite(value) && value > 0
}

function isFrom0(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

import { setTimeout as wait } from 'node:timers/promises'
import { MillraceError } from '../errors.ts'
import { checkOptions, type Kind } from '../internal/check-arguments.ts'
import type { SendOutcome } from './send-report.ts'

export interface SendOptions<Entry> {
  /** Requests at the same time. Default 4. */
  readonly concurrency?: number
  /** Entries in a request. Default: the most that the service takes. */
  readonly maxEntries?: number
  /** Bytes of a request, as the service counts them. */
  readonly maxBytes?: number
  /** Bytes of an entry, as the service counts them; a larger one is refused alone. */
  readonly maxEntryBytes?: number
  /** Entries taken from the source and not yet reported; then the source is not read. Default 4 x `concurrency` x `maxEntries`. */
  readonly maxPending?: number
  /** Requests that may carry an entry, the first one included. Default 5. */
  readonly attempts?: number
  /** Longest first wait in milliseconds; doubles with every further one. Default 100. */
  readonly baseMs?: number
  /** Longest wait in milliseconds. Default 10,000. */
  readonly maxMs?: number
  /** How long a request that is not full waits for a source that yields nothing. Default 200 milliseconds. */
  readonly lingerMs?: number
  /** Never send an entry again after a lost answer, unless the service stores it once. Default false. */
  readonly atMostOnce?: boolean
  /** For the jitter, from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
  /** Waits between two attempts. Default: a timer. An abort does not wait for it. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => PromiseLike<unknown>
  /**
   * Called with the outcome of every entry, in the order of the input; the call of the sender then resolves although entries failed. Anything it
   * throws ends the call with that error. Where it returns a promise, the next outcome waits for it, and no more than `maxPending` entries are
   * taken meanwhile.
   */
  readonly onOutcome?: (outcome: SendOutcome<Entry>) => void | PromiseLike<void>
}

export interface OrderedSendOptions<Entry> extends SendOptions<Entry> {
  /**
   * `'key'`: of the entries of a key at most one is in flight, and none overtakes another. `'none'`: requests are filled freely, and a partial
   * failure may reorder. Default `'key'`.
   */
  readonly order?: 'key' | 'none'
}

/** Limits of a service. */
export interface ServiceLimits {
  /** Most entries that a request can have. */
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxEntryBytes: number
  readonly hasOrder: boolean
}

/** Options with their defaults filled in. */
export interface SendSettings<Entry> {
  readonly concurrency: number
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxEntryBytes: number
  readonly maxPending: number
  readonly attempts: number
  readonly baseMs: number
  readonly maxMs: number
  readonly lingerMs: number
  readonly atMostOnce: boolean
  readonly keepsOrder: boolean
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => PromiseLike<unknown>
  readonly onOutcome: ((outcome: SendOutcome<Entry>) => unknown) | undefined
}

const KINDS: Readonly<Record<keyof SendOptions<unknown>, Kind>> = {
  concurrency: 'number',
  maxEntries: 'number',
  maxBytes: 'number',
  maxEntryBytes: 'number',
  maxPending: 'number',
  attempts: 'number',
  baseMs: 'number',
  maxMs: 'number',
  lingerMs: 'number',
  atMostOnce: 'boolean',
  random: 'function',
  sleep: 'function',
  onOutcome: 'function',
}

/**
 * Check the options of a sender and fill in the defaults.
 *
 * @param sender - the function's name, for messages.
 * @param extra - options that this sender has and others have not.
 * @throws MillraceError `OPTION_INVALID`.
 */
export function settingsOf<Entry>(
  sender: string,
  options: OrderedSendOptions<Entry>,
  limits: ServiceLimits,
  extra: Readonly<Record<string, Kind>> = {},
): SendSettings<Entry> {
  checkOptions(sender, options, { ...KINDS, ...(limits.hasOrder && { order: 'string' }), ...extra })
  const { concurrency = 4, maxEntries = limits.maxEntries, maxBytes = limits.maxBytes, attempts = 5 } = options
  const { maxEntryBytes = Math.min(limits.maxEntryBytes, maxBytes), maxPending = 4 * concurrency * maxEntries } =
    options
  const { baseMs = 100, maxMs = 10_000, lingerMs = 200, order = 'key' } = options
  checkCounts(sender, { concurrency, maxBytes, maxEntryBytes, maxPending })
  checkCounts(sender, { maxEntries }, limits.maxEntries)
  if (attempts !== Number.POSITIVE_INFINITY) checkCounts(sender, { attempts })
  for (const [name, ms] of Object.entries({ baseMs, maxMs, lingerMs })) {
    if (!(ms >= 0)) throw invalid(sender, `${name} must be a number of milliseconds, 0 or more`)
  }
  if (order !== 'key' && order !== 'none') throw invalid(sender, `order must be 'key' or 'none'`)
  return {
    concurrency,
    maxEntries,
    maxBytes,
    maxEntryBytes: Math.min(maxEntryBytes, maxBytes),
    maxPending,
    attempts,
    baseMs,
    maxMs,
    lingerMs,
    atMostOnce: options.atMostOnce ?? false,
    keepsOrder: limits.hasOrder && order === 'key',
    random: options.random ?? Math.random,
    sleep: options.sleep ?? defaultSleep,
    onOutcome: options.onOutcome,
  }
}

/** The longest that a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

function defaultSleep(ms: number, signal: AbortSignal): Promise<void> {
  return wait(Math.min(ms, MAX_TIMER_MS), undefined, { signal })
}

function checkCounts(sender: string, counts: Readonly<Record<string, number>>, most = Number.MAX_SAFE_INTEGER): void {
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isInteger(count) && count >= 1 && count <= most) continue
    const range = most === Number.MAX_SAFE_INTEGER ? '1 or more' : `from 1 to ${most}`
    throw invalid(sender, `${name} must be a whole number, ${range}`)
  }
}

function invalid(sender: string, rule: string): MillraceError {
  return new MillraceError('OPTION_INVALID', `${sender}: ${rule}`)
}

import { setTimeout as wait } from 'node:timers/promises'
import { MillraceError } from '../errors.ts'
import { checkOptions, type Kind } from '../internal/check-arguments.ts'
import type { SendOutcome } from './send-report.ts'

export interface SendOptions<Entry> {
  /** Concurrent requests. Default 4. */
  readonly concurrency?: number
  /** Entries in a request. Default: the maximum of the service. */
  readonly maxEntries?: number
  /** Bytes of a request, as the service counts them. */
  readonly maxBytes?: number
  /** Bytes of an entry, as the service counts them; a larger one is rejected individually. */
  readonly maxEntryBytes?: number
  /** Entries read from the source and not yet reported; at this number reading pauses. Default 4 x `concurrency` x `maxEntries`. */
  readonly maxPending?: number
  /** Attempts per entry, the first one included. Default 5. */
  readonly attempts?: number
  /** Longest first wait in milliseconds; doubles with every further wait. Default 100. */
  readonly baseMs?: number
  /** Longest wait in milliseconds. Default 10,000. */
  readonly maxMs?: number
  /** Longest wait of a partly filled request for a source that yields nothing. Default 200 milliseconds. */
  readonly lingerMs?: number
  /** Never retry an entry after a lost response, unless the service deduplicates it. Default false. */
  readonly atMostOnce?: boolean
  /** For the jitter, from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
  /** Waits between two attempts. Default: a timer. An abort does not wait for it. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => PromiseLike<unknown>
  /**
   * Called with the outcome of every entry, in the order of the input; the call of the sender then resolves although
   * entries failed. An error that it throws ends the call. If it returns a promise, the next outcome waits for it, and
   * at most `maxPending` entries are read meanwhile.
   */
  readonly onOutcome?: (outcome: SendOutcome<Entry>) => void | PromiseLike<void>
}

export interface OrderedSendOptions<Entry> extends SendOptions<Entry> {
  /**
   * `'key'`: at most one entry of a key is in flight, and none overtakes another. `'none'`: requests are filled freely,
   * and a partial failure may reorder. Default `'key'`.
   */
  readonly order?: 'key' | 'none'
}

/** Limits of a service, and defaults of options that only some senders have. */
export interface ServiceDefaults {
  /** Most entries of a request. */
  readonly maxEntries: number
  readonly maxBytes: number
  readonly maxEntryBytes: number
  /** Absent if the service has no order. */
  readonly order?: 'key'
  readonly raw?: false
}

/** Options with their defaults filled in. */
export type SendSettings<Entry> = Required<Omit<OrderedSendOptions<Entry>, 'onOutcome' | 'order' | 'sleep'>> & {
  readonly order?: 'key' | 'none'
  readonly sleep: (ms: number, signal: AbortSignal) => PromiseLike<unknown>
  readonly onOutcome: ((outcome: SendOutcome<Entry>) => unknown) | undefined
}

/** Longest wait of a timer of Node. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Check the options of a sender and fill in the defaults.
 *
 * @param sender - the function's name, for messages.
 * @throws MillraceError `OPTION_INVALID`.
 */
export function settingsOf<Entry>(
  sender: string,
  options: OrderedSendOptions<Entry>,
  defaults: ServiceDefaults,
): SendSettings<Entry> {
  const settings = {
    concurrency: 4,
    // Filled in below, since they depend on others.
    maxPending: Number.NaN,
    attempts: 5,
    baseMs: 100,
    maxMs: 10_000,
    lingerMs: 200,
    atMostOnce: false,
    random: Math.random,
    sleep: (ms: number, signal: AbortSignal) => wait(Math.min(ms, MAX_TIMER_MS), undefined, { signal }),
    onOutcome: undefined,
    ...defaults,
  }
  const kinds = Object.entries(settings).map(([name, value]) => [name, value === undefined ? 'function' : typeof value])
  checkOptions(sender, options, Object.fromEntries(kinds) as Record<string, Kind>)
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    checkRange(sender, name, value, defaults.maxEntries)
    Object.assign(settings, { [name]: value })
  }
  settings.maxPending ||= 4 * settings.concurrency * settings.maxEntries
  settings.maxEntryBytes = Math.min(settings.maxEntryBytes, settings.maxBytes)
  return settings
}

function checkRange(sender: string, name: string, value: unknown, maxEntries: number): void {
  let rule = ''
  if (name === 'order' && value !== 'key' && value !== 'none') rule = "'key' or 'none'"
  if (typeof value === 'number') {
    const isCount = Number.isSafeInteger(value) && value > 0
    if (name.endsWith('Ms')) rule = value >= 0 ? '' : 'a number of milliseconds, 0 or more'
    else if (name === 'maxEntries' && !(isCount && value <= maxEntries))
      rule = `a whole number, from 1 to ${maxEntries}`
    else if (!isCount && !(name === 'attempts' && value === Number.POSITIVE_INFINITY))
      rule = 'a whole number, 1 or more'
  }
  if (rule !== '') throw new MillraceError('OPTION_INVALID', `${sender}: ${name} must be ${rule}`)
}

import { setTimeout as wait } from 'node:timers/promises'
import { MillraceError } from '../errors.ts'
import { backoffMs } from '../internal/backoff.ts'
import { channels, type RetryMessage } from '../internal/channels.ts'
import { checkArgument, checkOptions } from '../internal/check-arguments.ts'
import { traceAsync } from '../internal/trace.ts'
import { isTransientError, retryAfterMs } from '../internal/transient-error.ts'
import {
  DEFAULT_RESERVE_MS,
  type DeadlineOptions,
  deadlineExceeded,
  MAX_TIMER_MS,
  millisecondsLeft,
  type RemainingTime,
} from './remaining-time.ts'
import { settledOrAborted } from './settled-or-aborted.ts'

/** Context passed to a function that is retried. */
export interface RetryAttempt {
  /** 1 for the first call. */
  readonly attempt: number
  /** The signal of the options, to pass on. */
  readonly signal: AbortSignal | undefined
}

export interface RetryOptions extends DeadlineOptions {
  /** Calls in all, the first one included. Default 5. */
  readonly attempts?: number
  /** Longest first wait in milliseconds; doubles with every further one. Default 100. */
  readonly baseMs?: number
  /** Longest wait in milliseconds, whatever a server asks for. Default 10,000. */
  readonly maxMs?: number
  /** Decides whether another call may help. Default {@link isTransientError}. */
  readonly isRetryable?: (error: unknown) => boolean
  /** Ends waits and calls at once, with its reason: `deadline(context)`, for one. */
  readonly signal?: AbortSignal
  /** Lambda's context: no wait begins that would not end before the deadline. */
  readonly context?: RemainingTime | undefined
  /** For the jitter, from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
  /** Waits between two calls. Default: a timer. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>
  /** Milliseconds since 1970, for a `Retry-After` that is a date. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Call a function again while it fails in a way that may pass, with full jitter: before call n + 2 it waits anything from 0 to
 * `baseMs * 2^n`, so that callers who failed together do not come back together. A server that asks for more (`Retry-After`) gets it, up
 * to `maxMs`.
 *
 * A client of the AWS SDK retries each of its requests three times by itself: give it `maxAttempts: 1` where this does the work.
 *
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param fn - the work; called with the number of the attempt and the signal.
 * @returns what the first call that succeeds gives.
 * @throws MillraceError `RETRY_EXHAUSTED` when the last attempt fails too, `DEADLINE_EXCEEDED` when the next would come too late for
 * `context`, both with the last error as cause; `OPTION_INVALID`. An error that is not retryable is thrown as it is, and so is the reason
 * of the signal.
 * @example
 * let calls = 0
 * const flaky = async () => {
 *   if (++calls < 3) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' })
 *   return calls
 * }
 * await retry(flaky, { baseMs: 1 }) // => 3
 */
export async function retry<T>(
  fn: (attempt: RetryAttempt) => PromiseLike<T> | T,
  options: RetryOptions = {},
): Promise<T> {
  return traceAsync(
    channels.retry,
    () => ({ attempts: 0, waitedMs: 0, exhausted: false }),
    (message) => attemptAll(fn, options, message),
  )
}

async function attemptAll<T>(
  fn: (attempt: RetryAttempt) => PromiseLike<T> | T,
  options: RetryOptions,
  message: RetryMessage | undefined,
): Promise<T> {
  checkArgument('retry', 'the work', fn, 'function', 'write retry(() => client.send(command))')
  checkOptions('retry', options, OPTIONS)
  const { attempts = 5, isRetryable = isTransientError, signal, sleep = defaultSleep } = options
  const { context, reserveMs = DEFAULT_RESERVE_MS } = options
  const waitMs = waits(options)
  check(attempts >= 1 && (Number.isInteger(attempts) || attempts === Number.POSITIVE_INFINITY), ATTEMPTS_RULE)
  if (millisecondsLeft(context, reserveMs) <= 0) throw deadlineExceeded()
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    if (message !== undefined) message.attempts = attempt
    let failure: unknown
    try {
      return await settledOrAborted(fn({ attempt, signal }), signal)
    } catch (error) {
      failure = error
    }
    signal?.throwIfAborted()
    if (!isRetryable(failure)) throw failure
    if (attempt >= attempts) {
      if (message !== undefined) message.exhausted = true
      throw exhausted(attempts, failure)
    }
    const ms = waitMs(attempt, failure)
    if (millisecondsLeft(context, reserveMs) <= ms) throw deadlineExceeded(failure)
    await settledOrAborted(sleep(ms, signal), signal)
    if (message !== undefined) message.waitedMs += ms
  }
}

const OPTIONS = {
  attempts: 'number',
  baseMs: 'number',
  maxMs: 'number',
  isRetryable: 'function',
  signal: 'signal',
  context: 'object',
  reserveMs: 'number',
  random: 'function',
  sleep: 'function',
  now: 'function',
} as const

const ATTEMPTS_RULE = 'attempts must be a whole number, 1 or more'

/** Beyond this any base is longer than any wait, and a power of two soon is infinite. */
const MAX_DOUBLINGS = 52

/** The wait after an attempt: full jitter, or what the server asks for where that is longer. */
function waits({ baseMs = 100, maxMs = 10_000, random = Math.random, now = Date.now }: RetryOptions) {
  check(baseMs >= 0 && maxMs >= 0, 'baseMs and maxMs must be numbers of milliseconds, 0 or more')
  return (attempt: number, failure: unknown): number => {
    const jitter = backoffMs(Math.min(attempt - 1, MAX_DOUBLINGS), { baseMs, maxMs, random })
    return Math.max(jitter, Math.min(retryAfterMs(failure, now()) ?? 0, maxMs))
  }
}

/** An aborted wait leaves no timer behind. */
function defaultSleep(ms: number, signal?: AbortSignal): Promise<unknown> {
  return wait(Math.min(ms, MAX_TIMER_MS), undefined, { signal })
}

function exhausted(attempts: number, cause: unknown): MillraceError {
  return new MillraceError('RETRY_EXHAUSTED', `gave up after ${attempts} attempts; the cause is the last one's error`, {
    cause,
  })
}

function check(holds: boolean, rule: string): void {
  if (!holds) throw new MillraceError('OPTION_INVALID', rule)
}

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
  /** The signal of the options, to pass to the work. */
  readonly signal: AbortSignal | undefined
}

export interface RetryOptions extends DeadlineOptions {
  /** Total calls, the first one included. Default 5. */
  readonly attempts?: number
  /** Longest first wait in milliseconds; doubles with every further wait. Default 100. */
  readonly baseMs?: number
  /** Longest wait in milliseconds, even if a server requests more. Default 10,000. */
  readonly maxMs?: number
  /** Decides whether to call again. Default {@link isTransientError}. */
  readonly isRetryable?: (error: unknown) => boolean
  /** Ends waits and calls immediately, with its reason: for example `deadline(context)`. */
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
 * Retry a function while it fails with transient errors, with full jitter: before call n + 2 it waits a random time
 * from 0 to `baseMs * 2^n`, so that callers that failed together do not retry together. A longer wait that a server
 * requests (`Retry-After`) is respected, up to `maxMs`.
 *
 * A client of the AWS SDK retries each request itself, three attempts by default: set its `maxAttempts: 1` if `retry` does the work.
 *
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param fn - the work; called with the number of the attempt and the signal.
 * @returns the result of the first successful call.
 * @throws MillraceError `RETRY_EXHAUSTED` if the last attempt fails too, `DEADLINE_EXCEEDED` if the next would be too
 * late for `context`, both with the last error as cause; `OPTION_INVALID`. An error that is not retryable is thrown
 * unchanged, and so is the reason of the signal.
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

/** Beyond this exponent any wait exceeds the maximum, and the power of two soon becomes infinite. */
const MAX_DOUBLINGS = 52

/** The wait after an attempt: full jitter, or the server's request if longer. */
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
  return new MillraceError('RETRY_EXHAUSTED', `failed after ${attempts} attempts; the cause is the last error`, {
    cause,
  })
}

function check(holds: boolean, rule: string): void {
  if (!holds) throw new MillraceError('OPTION_INVALID', rule)
}

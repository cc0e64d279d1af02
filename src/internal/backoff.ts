export interface BackoffOptions {
  /** Longest first wait in milliseconds; doubles with every further wait. Default 100. */
  readonly baseMs?: number
  /** Longest wait in milliseconds. Default 10,000. */
  readonly maxMs?: number
  /** From 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * Compute the wait after a failure, with full jitter: a random time from 0 to `baseMs * 2^failures`, so that callers
 * that failed together do not retry together.
 *
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(
  failures: number,
  { baseMs = 100, maxMs = 10_000, random = Math.random }: BackoffOptions = {},
): number {
  return random() * Math.min(maxMs, baseMs * 2 ** failures)
}

import { backoffMs } from '../internal/backoff.ts'
import { isTransientError } from '../internal/transient-error.ts'

const ATTEMPTS = 8
const BASE_MS = 50
const MAX_MS = 2000

/**
 * Retry a write that must succeed, since its side effect has already happened: throttling and network failures are
 * retried, in addition to the store's client, for about 7 seconds at most. Fenced writes can be repeated without harm.
 */
export async function persist<T>(
  write: () => Promise<T>,
  { random, sleep }: { readonly random: () => number; readonly sleep: (ms: number) => Promise<unknown> },
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await write()
    } catch (error) {
      if (failures === ATTEMPTS - 1 || !isTransientError(error)) throw error
    }
    await sleep(backoffMs(failures, { baseMs: BASE_MS, maxMs: MAX_MS, random }))
  }
}

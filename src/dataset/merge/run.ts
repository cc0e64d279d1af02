/** One merge in progress: counts of its reads, and its signal. */
export interface MergeRun {
  readonly signal: AbortSignal
  /** Bytes read into the process. */
  readBytes: number
  /** Bytes of sources that stay in memory. */
  keptBytes: number
  /** Wait for a result, or for the signal's reason once it aborts, whichever is first. */
  unlessAborted<T>(asked: Promise<T>): Promise<T>
}

export function mergeRun(signal: AbortSignal): MergeRun {
  return {
    signal,
    readBytes: 0,
    keptBytes: 0,
    unlessAborted: (asked) =>
      new Promise((resolve, reject) => {
        const onAbort = (): void => reject(signal.reason)
        if (signal.aborted) onAbort()
        signal.addEventListener('abort', onAbort, { once: true })
        asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
      }),
  }
}

/**
 * Do `work` for every item, at most `concurrency` at a time; results in the items' order. The first failure is thrown,
 * and nothing is started after it.
 */
export async function mapConcurrently<Item, Out>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results = new Array<Out>(items.length)
  let next = 0
  let hasFailed = false
  const worker = async (): Promise<void> => {
    while (next < items.length && !hasFailed) {
      const index = next++
      try {
        results[index] = await work(items[index] as Item, index)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  return results
}

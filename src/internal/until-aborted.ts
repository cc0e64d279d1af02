/**
 * Yield the items of a source until a signal aborts, then throw the signal's reason: immediately, even if the source
 * never yields another item. If the source is busy with an item, its iterator is closed without waiting.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  let refuse: (reason: unknown) => void = () => {}
  const onAbort = (): void => refuse(signal.reason)
  signal.addEventListener('abort', onAbort)
  let state: 'idle' | 'working' | 'ended' = 'idle'
  try {
    for (;;) {
      signal.throwIfAborted()
      state = 'working'
      // One promise per item: racing with a promise that outlives the loop would hold memory for every item.
      const step = await new Promise<IteratorResult<T>>((resolve, reject) => {
        refuse = reject
        iterator.next().then(resolve, (error: unknown) => {
          state = 'ended'
          reject(error)
        })
      })
      state = step.done ? 'ended' : 'idle'
      if (step.done) return
      yield step.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    const left = state === 'ended' ? undefined : iterator.return?.()
    if (state === 'idle') await left
    else left?.catch(() => {})
  }
}

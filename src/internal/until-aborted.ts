/**
 * The items of a source until a signal aborts, then the signal's reason as an error: at once, even where the source never yields another
 * item. The iterator of a source that is left while it works on an item is closed without waiting.
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
      // One promise for each item: racing with a promise that outlives the loop would hold memory for every item.
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

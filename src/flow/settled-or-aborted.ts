/** Wait for a promise, or until the signal aborts, whose reason is then thrown. A later outcome of the promise is ignored. */
export function settledOrAborted<T>(promise: PromiseLike<T> | T, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return Promise.resolve(promise)
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    const settle =
      <Value>(pass: (value: Value) => void) =>
      (value: Value): void => {
        signal.removeEventListener('abort', onAbort)
        pass(value)
      }
    Promise.resolve(promise).then(settle(resolve), settle(reject))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
}

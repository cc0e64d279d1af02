/**
 * Wait for the response of S3, or throw after `stallMs`. The wait ends then in any case: a client that ignores the signal may never settle. A response
 * that arrives too late is closed.
 */
export function unlessStalled<T>(asked: Promise<T>, stallMs: number, connection: AbortController): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(new StallError(`nothing came for ${stallMs} ms`))
      connection.abort()
    }, stallMs)
    asked.then(
      (value) => {
        clearTimeout(timer)
        if (isLate) closeBody(Object(value).Body)
        else resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

/** Called `TimeoutError`, as the SDK calls its own: such an error may pass. */
class StallError extends Error {
  override readonly name = 'TimeoutError'
}

/** Empty chunks in a row after which a body counts as stalled: they may come without a pause in which a timer could run. */
const MAX_EMPTY_CHUNKS = 1000

/** The chunks of a body that hold bytes, each waited for in the same way: an empty one is no progress. Nothing is waited for when it is left. */
export async function* whileFlowing(body: AsyncIterable<Uint8Array>, stallMs: number, connection: AbortController) {
  const iterator = body[Symbol.asyncIterator]()
  let isComplete = false
  const nextBytes = async (): Promise<IteratorResult<Uint8Array, unknown>> => {
    for (let empty = 0; empty < MAX_EMPTY_CHUNKS; empty++) {
      const step = await iterator.next()
      if (step.done || step.value.length > 0 || connection.signal.aborted) return step
    }
    throw new StallError('only empty chunks came')
  }
  try {
    for (;;) {
      const step = await unlessStalled(nextBytes(), stallMs, connection)
      isComplete = step.done === true
      if (step.done) return
      yield step.value
    }
  } finally {
    if (!isComplete) {
      // Bodies of older clients neither end nor fail when their connection does, and then never answer this.
      void (async () => iterator.return?.())().catch(() => {})
      closeBody(body)
    }
  }
}

/** Close a body that nobody reads any more. Its errors have nobody to go to. */
function closeBody(body: unknown): void {
  const { on, destroy, cancel } = Object(body)
  if (typeof on === 'function') on.call(body, 'error', () => {})
  if (typeof destroy === 'function') destroy.call(body)
  else if (typeof cancel === 'function') Promise.resolve(cancel.call(body)).catch(() => {})
}

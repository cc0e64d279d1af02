/**
 * Wait for the response of S3, or throw after `stallMs`. The wait always ends then: a client that ignores the signal
 * may never settle. A response that arrives too late is closed.
 */
export function unlessStalled<T>(asked: Promise<T>, stallMs: number, connection: AbortController): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(new StallError(`nothing arrived for ${stallMs} ms`))
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

/** Named `TimeoutError`, like the SDK's own: such an error is transient. */
class StallError extends Error {
  override readonly name = 'TimeoutError'
}

/** Consecutive empty chunks after which a body counts as stalled: they may arrive without a pause for a timer. */
const MAX_EMPTY_CHUNKS = 1000

/** Yield the non-empty chunks of a body, waiting for each in the same way: an empty one is no progress. Ending early does not wait. */
export async function* whileFlowing(body: AsyncIterable<Uint8Array>, stallMs: number, connection: AbortController) {
  const iterator = body[Symbol.asyncIterator]()
  let isComplete = false
  const nextBytes = async (): Promise<IteratorResult<Uint8Array, unknown>> => {
    for (let empty = 0; empty < MAX_EMPTY_CHUNKS; empty++) {
      const step = await iterator.next()
      if (step.done || step.value.length > 0 || connection.signal.aborted) return step
    }
    throw new StallError('only empty chunks arrived')
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
      // Bodies of older clients neither end nor fail when their connection does, and then never settle this.
      void (async () => iterator.return?.())().catch(() => {})
      closeBody(body)
    }
  }
}

/** Close a body that is no longer read, ignoring its errors. */
function closeBody(body: unknown): void {
  const { on, destroy, cancel } = Object(body)
  if (typeof on === 'function') on.call(body, 'error', () => {})
  if (typeof destroy === 'function') destroy.call(body)
  else if (typeof cancel === 'function') Promise.resolve(cancel.call(body)).catch(() => {})
}

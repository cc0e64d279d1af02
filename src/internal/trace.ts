import { type Operation, type OperationChannel, type OperationEnd, startOperation } from './channels.ts'

/** Does the work of an operation, and fills in the message, if there is a subscriber. */
type Work<Message, T> = (message: Message | undefined) => T

/** Run a function as an operation. */
export function traceSync<Message extends OperationEnd, T>(
  channel: OperationChannel<Message>,
  describe: () => NoInfer<Message>,
  work: Work<NoInfer<Message>, T>,
): T {
  const operation = startOperation(channel, describe)
  if (operation === undefined) return work(undefined)
  try {
    const result = operation.start(() => work(operation.message))
    operation.end()
    return result
  } catch (error) {
    operation.end({ error })
    throw error
  }
}

/** Run an asynchronous function as an operation, which ends before its caller gets the result. Without subscribers, its own promise is returned. */
export function traceAsync<Message extends OperationEnd, T>(
  channel: OperationChannel<Message>,
  describe: () => NoInfer<Message>,
  work: Work<NoInfer<Message>, Promise<T>>,
): Promise<T> {
  const operation = startOperation(channel, describe)
  return operation === undefined ? work(undefined) : settled(operation, work)
}

async function settled<Message, T>(operation: Operation<Message>, work: Work<Message, Promise<T>>): Promise<T> {
  try {
    const result = await operation.start(() => work(operation.message))
    operation.end()
    return result
  } catch (error) {
    operation.end({ error })
    throw error
  }
}

/**
 * Iterate as an operation: it begins with the first `next` and ends once, when the items end or fail or the consumer
 * leaves. Without iteration, nothing is published. Without subscribers, the items' own promises are returned.
 */
export function traceIterator<Message extends OperationEnd, T>(
  channel: OperationChannel<Message>,
  describe: () => NoInfer<Message>,
  work: Work<NoInfer<Message>, AsyncIterable<T>>,
): AsyncGenerator<T, void> {
  let items: AsyncIterator<T, void> | undefined
  const begin = async (): Promise<IteratorResult<T, void>> => {
    // A failed start is also the end.
    items = nothing()
    const operation = startOperation(channel, describe)
    const iterator = operation === undefined ? work(undefined)[Symbol.asyncIterator]() : watched(operation, work)
    items = iterator
    return operation === undefined ? iterator.next() : operation.start(() => iterator.next())
  }
  const leave = (): AsyncIterator<T, void> => {
    items ??= nothing()
    return items
  }
  return {
    next: () => (items === undefined ? begin() : items.next()),
    return: async (value) => (await leave().return?.(value)) ?? { done: true, value: undefined },
    throw: (error) => leave().throw?.(error) ?? Promise.reject(error),
    [Symbol.asyncIterator]() {
      return this
    },
  } as AsyncGenerator<T, void>
}

async function* watched<Message, T>(
  operation: Operation<Message>,
  work: Work<NoInfer<Message>, AsyncIterable<T>>,
): AsyncGenerator<T, void> {
  let failure: { readonly error: unknown } | undefined
  try {
    yield* work(operation.message)
  } catch (error) {
    failure = { error }
    throw error
  } finally {
    operation.end(failure)
  }
}

async function* nothing(): AsyncGenerator<never, void> {}

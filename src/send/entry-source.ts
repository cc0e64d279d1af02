import { notA } from '../internal/check-arguments.ts'

/** Entries, one by one, from any kind of iterable. */
export interface EntrySource<Entry> {
  /** The next result; undefined where it is not there yet: `onReady` is called when it is. Throws what the source throws. */
  next(): IteratorResult<Entry, unknown> | undefined
  /**
   * Leave the source. Does not wait for it: `return()` of a generator that hangs never settles.
   *
   * @returns a result that had come and that `next` did not return yet.
   */
  close(): IteratorResult<Entry, unknown> | undefined
}

/**
 * @param onReady - called after `next` returned undefined, once there is a result or an error, which the next `next` returns or throws.
 * @throws MillraceError `TYPE_MISMATCH` for what cannot be iterated; what the source's own method throws.
 */
export function entrySource<Entry>(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  onReady: () => void,
): EntrySource<Entry> {
  const source = Object(entries)
  const isAsync = !Array.isArray(source) && typeof source[Symbol.asyncIterator] === 'function'
  if (typeof entries === 'string' || (!isAsync && typeof source[Symbol.iterator] !== 'function')) {
    throw notA('a sender', 'the entries', 'an array, an iterable or an async iterable', entries)
  }
  const iterator = source[isAsync ? Symbol.asyncIterator : Symbol.iterator]()
  let isWaiting = false
  let arrived: IteratorResult<Entry, unknown> | undefined
  let failure: { readonly error: unknown } | undefined
  const wait = async (): Promise<void> => {
    isWaiting = true
    try {
      arrived = await iterator.next()
    } catch (error) {
      failure = { error }
    }
    isWaiting = false
    onReady()
  }
  return {
    next() {
      if (!isAsync) return iterator.next()
      if (failure !== undefined) throw failure.error
      const result = arrived
      arrived = undefined
      if (result === undefined && !isWaiting) wait()
      return result
    },
    close() {
      new Promise((resolve) => resolve(iterator.return?.())).catch(() => {})
      return arrived
    },
  }
}

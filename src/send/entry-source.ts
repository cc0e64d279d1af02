import { notA } from '../internal/check-arguments.ts'

/** Entries from any kind of iterable, one at a time. */
export interface EntrySource<Entry> {
  /** Get the next result; undefined if it is not available yet: `onReady` is called when it is. Throws the source's error. */
  next(): IteratorResult<Entry, unknown> | undefined
  /**
   * Close the source, without waiting: `return()` of a hanging generator never settles.
   *
   * @returns a result that was available and not returned by `next` yet.
   */
  close(): IteratorResult<Entry, unknown> | undefined
}

/**
 * @param onReady - called after `next` returned undefined, once there is a result or an error, which the next call returns or throws.
 * @throws MillraceError `TYPE_MISMATCH` for a value that is not iterable; errors of the source's own method.
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

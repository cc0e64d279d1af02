import { notA } from '../internal/check-arguments.ts'

/** Entries, one by one, from any kind of iterable. */
export interface EntrySource<Entry> {
  /** Whether all entries are there already, so that each can have an outcome even after an abort. */
  readonly isArray: boolean
  /** The next result, which the next call may change; undefined where it is not there yet: `onReady` is called when it is. */
  next(): IteratorResult<Entry, unknown> | undefined
  /**
   * Leave the source. Does not wait for it: `return()` of a generator that hangs never settles.
   *
   * @returns a result that had come and that `next` did not give yet.
   */
  close(): IteratorResult<Entry, unknown> | undefined
}

/**
 * @param onReady - called after `next` gave undefined, once there is a result or an error, which the next `next` gives or throws.
 * @throws MillraceError `TYPE_MISMATCH` for what cannot be iterated; what the source's own method throws.
 */
export function entrySource<Entry>(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  onReady: () => void,
): EntrySource<Entry> {
  if (Array.isArray(entries)) return arraySource(entries)
  const source = Object(entries)
  if (typeof source[Symbol.asyncIterator] === 'function') return asyncSource(source[Symbol.asyncIterator](), onReady)
  if (typeof source[Symbol.iterator] === 'function') return syncSource(source[Symbol.iterator]())
  throw notA('a sender', 'the entries', 'an array, an iterable or an async iterable', entries)
}

function arraySource<Entry>(entries: readonly Entry[]): EntrySource<Entry> {
  const result: { done: boolean; value: unknown } = { done: false, value: undefined }
  let index = 0
  return {
    isArray: true,
    next() {
      result.done = index >= entries.length
      result.value = entries[index++]
      return result as IteratorResult<Entry, unknown>
    },
    close() {
      index = entries.length
      return undefined
    },
  }
}

function syncSource<Entry>(iterator: Iterator<Entry, unknown>): EntrySource<Entry> {
  return {
    isArray: false,
    next: () => iterator.next(),
    close() {
      try {
        iterator.return?.()
      } catch {
        // The call has its result already.
      }
      return undefined
    },
  }
}

function asyncSource<Entry>(iterator: AsyncIterator<Entry, unknown>, onReady: () => void): EntrySource<Entry> {
  let isWaiting = false
  let arrived: IteratorResult<Entry, unknown> | undefined
  let failure: { readonly error: unknown } | undefined
  const onResult = (result: IteratorResult<Entry, unknown>): void => {
    arrived = result
    isWaiting = false
    onReady()
  }
  const onError = (error: unknown): void => {
    failure = { error }
    isWaiting = false
    onReady()
  }
  return {
    isArray: false,
    next() {
      if (failure !== undefined) throw failure.error
      if (arrived !== undefined) {
        const result = arrived
        arrived = undefined
        return result
      }
      if (!isWaiting) {
        isWaiting = true
        Promise.resolve(iterator.next()).then(onResult, onError)
      }
      return undefined
    },
    close() {
      new Promise((resolve) => resolve(iterator.return?.())).catch(() => {})
      return arrived
    },
  }
}

import { MillraceError } from '../../errors.ts'
import { describeServiceError } from '../../internal/service-error.ts'

/** One run of a fan-out, as a store sees it. */
export interface GatherRun {
  /** Name of the run, of letters, digits and `-_.!~*'()%` alone: safe within keys. */
  readonly run: string
  /** Number of parts of the run. */
  readonly parts: number
  /** The present, in seconds since 1970. */
  readonly now: number
  /** When what is stored may be deleted, in seconds since 1970. */
  readonly expiresAt: number
}

/** A part and its result, as JSON text. */
export interface StoredResult {
  readonly part: number
  readonly text: string
}

/** Keeps the results of runs, the first one of each part. Each method is safe to repeat, and to call from many processes at once. */
export interface GatherStore {
  /**
   * Keep a part's result unless one is kept already, and count.
   *
   * @returns how many parts of the run have arrived, this one included.
   * @throws MillraceError `SPLIT_MISMATCH` where the run has another number of parts, and nothing of this call stays stored; `LIMIT_EXCEEDED` for a result
   * that is too large to keep; `WRITE_FAILED` with the service's error as cause.
   */
  arrive(run: GatherRun, part: number, text: string): Promise<number>
  /** Results of the parts that have arrived, by part. */
  results(run: GatherRun): AsyncIterable<StoredResult>
}

/** An error for a call that names another number of parts than the run has. */
export function partsMismatch(parts: number, stored: number): MillraceError {
  return new MillraceError(
    'SPLIT_MISMATCH',
    `gather: the run has ${stored} parts, and this call says ${parts}; nothing was stored. Give each plan a run name of its own, such as the plan's id`,
  )
}

/** An error for a part that is counted while its result is gone. */
export function resultGone(part: number): MillraceError {
  return new MillraceError(
    'SOURCE_UNAVAILABLE',
    `gather: part ${part} has arrived, but its result is no longer stored; results expire after ttlSeconds, or by a lifecycle rule`,
  )
}

/** An error for a stored value that no gather wrote. */
export function storedInvalid(what: string): MillraceError {
  return new MillraceError(
    'PAYLOAD_INVALID',
    `gather: ${what} is not as gather writes it; keep other data out of its keys`,
  )
}

/** An error for a service that refuses a write or has no answer. Says what the service said, nothing of keys or data. */
export function arriveFailed(cause: unknown): MillraceError {
  return new MillraceError('WRITE_FAILED', `gather: storing the result failed: ${describeServiceError(cause)}`, {
    cause,
  })
}

/** An error for a service that refuses a read or has no answer. */
export function resultsFailed(cause: unknown): MillraceError {
  return new MillraceError('SOURCE_UNAVAILABLE', `gather: reading the results failed: ${describeServiceError(cause)}`, {
    cause,
  })
}

import { MillraceError } from '../../errors.ts'
import { describeServiceError } from '../../internal/service-error.ts'

/** One run of a fan-out, as passed to a store. */
export interface GatherRun {
  /** Name of the run, with only letters, digits and `-_.!~*'()%`: safe within keys. */
  readonly run: string
  /** Number of parts of the run. */
  readonly parts: number
  /** The current time, in seconds since 1970. */
  readonly now: number
  /** Time from which the results may be deleted, in seconds since 1970. */
  readonly expiresAt: number
}

/** A part and its result, as JSON text. */
export interface StoredResult {
  readonly part: number
  readonly text: string
}

/** Keeps the results of runs, the first one of each part. Each method is safe to repeat, and to call concurrently from many processes. */
export interface GatherStore {
  /**
   * Store a part's result unless one is already stored, and count.
   *
   * @returns the number of parts of the run that have arrived, this one included.
   * @throws MillraceError `SPLIT_MISMATCH` if the run has another number of parts, and nothing of this call stays
   * stored; `LIMIT_EXCEEDED` for a result that is too large to store; `WRITE_FAILED` with the service's error as cause.
   */
  arrive(run: GatherRun, part: number, text: string): Promise<number>
  /** Results of the parts that have arrived, by part. */
  results(run: GatherRun): AsyncIterable<StoredResult>
}

/** Create the error for a call with another number of parts than the run. */
export function partsMismatch(parts: number, stored: number): MillraceError {
  return new MillraceError(
    'SPLIT_MISMATCH',
    `gather: the run has ${stored} parts, not ${parts} as in this call; nothing was stored. Use a separate run name for each plan, such as the plan's id`,
  )
}

/** Create the error for a counted part whose result no longer exists. */
export function resultGone(part: number): MillraceError {
  return new MillraceError(
    'SOURCE_UNAVAILABLE',
    `gather: part ${part} has arrived, but its result is no longer stored; results expire after ttlSeconds, or by a lifecycle rule`,
  )
}

/** Create the error for a stored value that no gather wrote. */
export function storedInvalid(what: string): MillraceError {
  return new MillraceError(
    'PAYLOAD_INVALID',
    `gather: ${what} was not written by gather; keep other data out of its keys`,
  )
}

/** Create the error for a service that rejects a write or does not respond. It has the service's error, without keys or data. */
export function arriveFailed(cause: unknown): MillraceError {
  return new MillraceError('WRITE_FAILED', `gather: storing the result failed: ${describeServiceError(cause)}`, {
    cause,
  })
}

/** Create the error for a service that rejects a read or does not respond. */
export function resultsFailed(cause: unknown): MillraceError {
  return new MillraceError('SOURCE_UNAVAILABLE', `gather: reading the results failed: ${describeServiceError(cause)}`, {
    cause,
  })
}

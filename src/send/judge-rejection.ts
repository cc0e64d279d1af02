import { fieldOf } from '../internal/field-of.ts'
import { isNamed, isThrottlingError, isTransientError, statusOf } from '../internal/transient-error.ts'

/**
 * Classes of rejected requests, by their meaning for the entries.
 *
 * - `throttled`: certainly not stored; a retry may help.
 * - `lost`: no response, so they may be stored; a retry may help.
 * - `unreadable`: the client could not parse the response; they may be stored, and another attempt would end the same way.
 * - `content`: certainly not stored; the request was rejected because of its content.
 * - `refused`: certainly not stored, and no retry will help.
 */
export type Rejection = 'throttled' | 'lost' | 'unreadable' | 'content' | 'refused'

/**
 * Names of errors about the content of a request, also with prefixes, as in `com.amazonaws.sqs#BatchRequestTooLong` or
 * `AWS.SimpleQueueService.BatchRequestTooLong`. The client throws `TypeError` before it sends, for a field of the wrong
 * type.
 */
const CONTENT =
  /(?:^|[.#])(?:Batch(?:EntryIdsNotDistinct|RequestTooLong)|EmptyBatchRequest|Invalid(?:Argument|BatchEntryId|MessageContents|Parameter(?:Value)?)|ItemCollectionSizeLimitExceeded|ParameterValueInvalid|Request(?:Entity)?TooLarge|Serialization|TooManyEntriesInBatchRequest|TypeError|Validation(?:Error)?)(?:Exception)?$/

/** Message of the SDK's SQS client for a body with a wrong checksum; the messages are stored then. */
const BAD_CHECKSUM = /Invalid MD5 checksum/

/** Classify an error that `client.send` threw. Do not call it for an abort of the caller. */
export function judgeRejection(error: unknown): Rejection {
  // One of the client's own attempts before the last may have been stored.
  if (isThrottlingError(error))
    return Number(fieldOf(fieldOf(error, '$metadata'), 'attempts')) > 1 ? 'lost' : 'throttled'
  if (isTransientError(error) || fieldOf(error, 'name') === 'AbortError') return 'lost'
  const status = statusOf(error) ?? 400
  if (status < 300 || BAD_CHECKSUM.test(String(fieldOf(error, 'message')))) return 'unreadable'
  return status === 413 || isNamed(error, CONTENT) ? 'content' : 'refused'
}

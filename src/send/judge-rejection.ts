import { fieldOf } from '../internal/field-of.ts'
import { isNamed, isThrottlingError, isTransientError, statusOf } from '../internal/transient-error.ts'

/**
 * Classes of rejected requests, by what they mean for the entries.
 *
 * - `throttled`: surely not stored; sending again may help.
 * - `lost`: no answer, so they may be stored; sending again may help.
 * - `unreadable`: an answer that the client could not read; they may be stored, and another attempt would end the same way.
 * - `content`: surely not stored; the request was refused for what is in it.
 * - `refused`: surely not stored, and no request will do better.
 */
export type Rejection = 'throttled' | 'lost' | 'unreadable' | 'content' | 'refused'

/**
 * Errors about what is in a request, as the services of the senders name them: also as `com.amazonaws.sqs#BatchRequestTooLong` or
 * `AWS.SimpleQueueService.BatchRequestTooLong`. `TypeError` is what the client throws before it sends, for a field of another type than the service has.
 */
const CONTENT =
  /(?:^|[.#])(?:Batch(?:EntryIdsNotDistinct|RequestTooLong)|EmptyBatchRequest|Invalid(?:Argument|BatchEntryId|MessageContents|Parameter(?:Value)?)|ItemCollectionSizeLimitExceeded|ParameterValueInvalid|Request(?:Entity)?TooLarge|Serialization|TooManyEntriesInBatchRequest|TypeError|Validation(?:Error)?)(?:Exception)?$/

/** Message of the SDK's SQS client when the checksum of a body differs; the messages are stored then. */
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

import { httpStatusOf } from '../internal/service-error.ts'
import { isThrottlingError, isTransientError } from '../internal/transient-error.ts'

/**
 * What a rejected request means for its entries.
 *
 * - `throttled`: surely not stored; sending again may help.
 * - `lost`: no answer, so they may be stored; sending again may help.
 * - `unreadable`: an answer that the client could not read; they may be stored, and sending again gives the same.
 * - `content`: surely not stored; the request was refused for what is in it.
 * - `refused`: surely not stored, and no request will do better.
 */
export type Rejection = 'throttled' | 'lost' | 'unreadable' | 'content' | 'refused'

/** Errors about what is in a request, as the services of the senders name them, without the suffix `Exception`. */
const CONTENT_ERRORS: ReadonlySet<string> = new Set([
  'BatchEntryIdsNotDistinct',
  'BatchRequestTooLong',
  'EmptyBatchRequest',
  'InvalidArgument',
  'InvalidBatchEntryId',
  'InvalidMessageContents',
  'InvalidParameter',
  'InvalidParameterValue',
  'ItemCollectionSizeLimitExceeded',
  'ParameterValueInvalid',
  'RequestEntityTooLarge',
  'RequestTooLarge',
  'Serialization',
  'TooManyEntriesInBatchRequest',
  // What the client throws before it sends, for a field of another type than the service has.
  'TypeError',
  'Validation',
  'ValidationError',
])

/** What the SDK's client for SQS says when a body arrived changed; the messages are stored then. */
const BAD_CHECKSUM = /Invalid MD5 checksum/

/** Judge what `client.send` threw. Never call it for an abort of one's own. */
export function judgeRejection(error: unknown): Rejection {
  // One of the client's own attempts before the last may have been stored.
  if (isThrottlingError(error)) return fieldOf(fieldOf(error, '$metadata'), 'attempts') > 1 ? 'lost' : 'throttled'
  if (isTransientError(error) || fieldOf(error, 'name') === 'AbortError') return 'lost'
  const status = httpStatusOf(error) ?? fieldOf(fieldOf(error, '$response'), 'statusCode')
  if (typeof status === 'number' && status < 300) return 'unreadable'
  if (BAD_CHECKSUM.test(String(fieldOf(error, 'message')))) return 'unreadable'
  return status === 413 || isContentError(error) ? 'content' : 'refused'
}

function isContentError(error: unknown): boolean {
  return ['name', 'Code', 'code'].some((name) => {
    const word = fieldOf(error, name)
    // `com.amazonaws.sqs#BatchRequestTooLong`, `AWS.SimpleQueueService.BatchRequestTooLong`
    return typeof word === 'string' && CONTENT_ERRORS.has(word.replace(/^.*[.#]/, '').replace(/Exception$/, ''))
  })
}

// biome-ignore lint/suspicious/noExplicitAny: a field of what was thrown can be anything
function fieldOf(value: unknown, name: string): any {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

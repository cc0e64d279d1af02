import { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'

/** The property by which copies of this module find each other's marks: the ES and CommonJS builds may both be loaded. */
const RECORD = Symbol.for('millrace.fail-from')

/**
 * The error by which a handler of `processBatches` says that its group is done up to a record, and failed from that record on.
 *
 * @param record - one that the handler was given, itself and no copy; for any other, the whole group has failed.
 * @param cause - what `onFailure` is called with; by default the error itself.
 * @returns an error to throw, `BATCH_FAILED`. O(1).
 * @example
 * const event = { Records: ['1', '2', '3'].map((body) => ({ eventSource: 'aws:sqs', messageId: body, body })) }
 * const save = async (records: readonly EventRecord<string>[]) => {
 *   for (const record of records) if (record.payload.ok && record.payload.value === '2') throw failFrom(record)
 * }
 * await processBatches(event, save, { payload: textPayload() }) // => { batchItemFailures: [{ itemIdentifier: '2' }, { itemIdentifier: '3' }] }
 */
export function failFrom(record: EventRecord<unknown>, cause?: unknown): MillraceError {
  const error = new MillraceError('BATCH_FAILED', 'the group failed from one of its records on', { cause })
  // Not enumerable: whoever prints the error prints no data.
  return Object.defineProperty(error, RECORD, { value: record })
}

/** The record that a thrown value of {@link failFrom} names. */
export function failedRecordOf(error: unknown): unknown {
  return error instanceof Error && RECORD in error ? error[RECORD] : undefined
}

/** The error to report for a thrown value. */
export function reasonOf(error: unknown): unknown {
  return failedRecordOf(error) !== undefined && error instanceof Error && error.cause !== undefined
    ? error.cause
    : error
}

/** Fail for results by which a handler says that its group failed, though it did not throw: otherwise the records would be acknowledged. */
export function checkNotFailed(result: unknown): void {
  if (typeof result !== 'object' || result === null) return
  if (RECORD in result) throw result
  const { batchItemFailures } = result as { readonly batchItemFailures?: unknown }
  if (!Array.isArray(batchItemFailures) || batchItemFailures.length === 0) return
  throw new MillraceError(
    'TYPE_MISMATCH',
    'the handler resolved with batchItemFailures, which processBatches makes itself: throw failFrom(record), or an error for the whole group',
  )
}

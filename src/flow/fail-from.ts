import { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'

/** The property by which copies of this module recognize each other's errors: the ES and CommonJS builds may both be loaded. */
const RECORD = Symbol.for('millrace.fail-from')

/**
 * Create the error by which a handler of `processBatches` reports that its group succeeded up to a record, and failed from that record on.
 *
 * @param record - one of the handler's records, by identity; any other value, also a copy, fails the whole group.
 * @param cause - the error passed to `onFailure`; by default the returned error.
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
  // Not enumerable: printing the error prints no data.
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

/** Throw for results by which a handler reports a failure without throwing: otherwise the records would be acknowledged. */
export function checkNotFailed(result: unknown): void {
  if (typeof result !== 'object' || result === null) return
  if (RECORD in result) throw result
  const { batchItemFailures } = result as { readonly batchItemFailures?: unknown }
  if (!Array.isArray(batchItemFailures) || batchItemFailures.length === 0) return
  throw new MillraceError(
    'TYPE_MISMATCH',
    'the handler resolved with batchItemFailures, which processBatches creates itself: throw failFrom(record), or an error for the whole group',
  )
}

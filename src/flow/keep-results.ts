import { MillraceError } from '../errors.ts'
import type { EventSource } from '../events/event-source.ts'
import { idempotentBatch } from '../idempotency/idempotent-batch.ts'
import { firehoseOutcome, notAnOutcome } from './firehose-outcome.ts'
import type { ProcessBatchOptions, RecordHandler } from './process-batch-options.ts'
import { isS3BatchOutcome } from './respond-to-s3-batch.ts'

/** Marks a result of the wrong kind, also in the store: every replay fails in the same way. */
const INVALID = null

/** Test whether the response to a source consists of the handlers' results. */
export function takesResults(source: EventSource | undefined): boolean {
  return source === 'firehose' || source === 's3-batch'
}

/**
 * Wrap the handler for the batch: it runs once for each key with `idempotency`, and its result is checked if the source
 * uses it. Otherwise no result is kept, so that none can hinder a replay.
 */
export function batchHandler<T>(
  source: EventSource | undefined,
  handler: RecordHandler<T>,
  { idempotency, context }: ProcessBatchOptions<T>,
): RecordHandler<T> {
  const once = (each: RecordHandler<T>): RecordHandler<T> =>
    idempotency === undefined
      ? each
      : idempotentBatch(each, { context: () => context, ...idempotency }, takesResults(source) ? 'required' : 'none')
  if (source === 'firehose') return firehoseHandler(handler, once)
  return source === 's3-batch' ? s3BatchHandler(handler, once) : once(handler)
}

type Once<T> = (handler: RecordHandler<T>) => RecordHandler<T>

/** The stored form names no record, so that it can be replayed for a record with another id; a stored result may come from an older version. */
function firehoseHandler<T>(handler: RecordHandler<T>, once: Once<T>): RecordHandler<T> {
  const run = once(async (value, record, batch) => {
    const { id } = record
    return firehoseOutcome(await handler(value, record, batch), id) ?? INVALID
  })
  return async (value, record, batch) => {
    const { id } = record
    const outcome = firehoseOutcome(await run(value, record, batch), id)
    if (outcome === undefined) throw notAnOutcome()
    return outcome
  }
}

function s3BatchHandler<T>(handler: RecordHandler<T>, once: Once<T>): RecordHandler<T> {
  const run = once(handler)
  return async (value, record, batch) => {
    const result = await run(value, record, batch)
    if (isS3BatchOutcome(result)) return result
    throw new MillraceError('TYPE_MISMATCH', 'a handler of S3 Batch resolved with an unknown resultCode')
  }
}

import { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import { detectSource, type EventSource } from '../events/event-source.ts'
import { readRecords } from '../events/records.ts'
import { type BatchPlan, planBatch } from './batch-plan.ts'
import type { Respond } from './outcome.ts'
import { DEFAULT_CONCURRENCY, DEFAULT_RESPONSE_BYTES, type ProcessBatchOptions } from './process-batch-options.ts'
import { rejectFailures } from './reject-failures.ts'
import { reportCheckpoints, reportUnfinished } from './report-items.ts'
import { respondToFirehose } from './respond-to-firehose.ts'
import { respondToS3Batch } from './respond-to-s3-batch.ts'

export interface Batch<T> {
  readonly source: EventSource | undefined
  readonly records: readonly EventRecord<T>[]
  readonly plan: BatchPlan
  readonly respond: Respond
}

/** Read everything from the event before the first handler runs, which may change its record. */
export function readBatch<T>(event: unknown, options: ProcessBatchOptions<T>): Batch<T> {
  const { payload, order = 'auto', concurrency = DEFAULT_CONCURRENCY } = options
  const { maxResponseBytes = DEFAULT_RESPONSE_BYTES } = options
  const source = detectSource(event)
  const records = readRecords(event, payload)
  try {
    const plan = planBatch(source, records, { order, concurrency })
    return { source, records, plan, respond: responder(source, event, records, plan, maxResponseBytes) }
  } catch (cause) {
    throw new MillraceError('EVENT_INVALID', 'event cannot be read', { cause })
  }
}

function responder(
  source: EventSource | undefined,
  event: unknown,
  records: readonly EventRecord<unknown>[],
  { shards }: BatchPlan,
  maxResponseBytes: number,
): Respond {
  if (shards !== undefined) return reportCheckpoints(records, shards)
  switch (source) {
    case 'sqs':
      return reportUnfinished(records)
    case 'firehose':
      return respondToFirehose(records, maxResponseBytes)
    case 's3-batch':
      return respondToS3Batch(event, records)
    default:
      return rejectFailures
  }
}

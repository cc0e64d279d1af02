export { isTransientError } from '../internal/transient-error.ts'
export type { BatchOrder } from './batch-plan.ts'
export type {
  BatchResponse,
  FirehoseHandlerResult,
  FirehoseMskResult,
  FirehoseOutcome,
  FirehoseResponse,
  FirehoseResult,
  FirehoseRoute,
  HandlerResult,
  ResponseTo,
  S3BatchOutcome,
  S3BatchResponse,
  S3BatchResult,
} from './batch-response.ts'
export { deadline } from './deadline.ts'
export { failFrom } from './fail-from.ts'
export { processBatch } from './process-batch.ts'
export type {
  BatchIdempotency,
  FailureOptions,
  GroupHandler,
  HandlerGroup,
  HandlerRun,
  ProcessBatchesOptions,
  ProcessBatchOptions,
  RecordHandler,
} from './process-batch-options.ts'
export { processBatches } from './process-batches.ts'
export type { DeadlineOptions, RemainingTime } from './remaining-time.ts'
export { type RetryAttempt, type RetryOptions, retry } from './retry.ts'

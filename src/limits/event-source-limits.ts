import { AWS_DOCS, SDK_MODEL, type Source, UNCHECKED } from './source.ts'

/** Whole numbers that a setting may be. */
export interface SettingRange {
  readonly min: number
  readonly max: number
  /** What the service takes where the setting is absent; undefined where it has no default. */
  readonly absent?: number
  /** A value outside of the range that is allowed too: -1 is "no limit". */
  readonly also?: number
  readonly unit: string
  readonly source: Source
}

/** The event sources that {@link checkEventSource} knows, with FIFO queues apart. */
export type EventSourceKind = 'sqs' | 'sqs-fifo' | 'kinesis' | 'dynamodb-stream' | 'kafka'

const range = (unit: string, min: number, max: number, absent?: number, source = SDK_MODEL): SettingRange => ({
  min,
  max,
  ...(absent !== undefined && { absent }),
  unit,
  source,
})

const windowRange = range('s', 0, 300, 0)
const timeout = range('s', 1, 900, 3, AWS_DOCS)
const recordBytes = range('bytes', 0, Number.MAX_SAFE_INTEGER, undefined, AWS_DOCS)

const queue = {
  MaximumBatchingWindowInSeconds: windowRange,
  'ScalingConfig.MaximumConcurrency': range('invocations at once', 2, 1000),
  'ProvisionedPollerConfig.MinimumPollers': range('pollers', 2, 200, undefined, AWS_DOCS),
  'ProvisionedPollerConfig.MaximumPollers': range('pollers', 2, 10_000, undefined, AWS_DOCS),
  VisibilityTimeout: range('s', 0, 43_200, 30, AWS_DOCS),
  'RedrivePolicy.maxReceiveCount': range('receives', 1, 1000, undefined, AWS_DOCS),
  Timeout: timeout,
  RecordBytes: recordBytes,
}

const stream = {
  BatchSize: range('records', 1, 10_000, 100),
  MaximumBatchingWindowInSeconds: windowRange,
  ParallelizationFactor: range('batches of a shard at once', 1, 10, 1),
  MaximumRetryAttempts: range('attempts', -1, 10_000, -1),
  MaximumRecordAgeInSeconds: { ...range('s', 60, 604_800, -1, AWS_DOCS), also: -1 },
  TumblingWindowInSeconds: range('s', 0, 900, 0),
  Timeout: timeout,
  RecordBytes: recordBytes,
}

/**
 * Ranges and defaults of an event source mapping's settings, and of the queue's and the function's beside it, by the names that
 * CloudFormation has. Each has its unit, its source and the date of it.
 *
 * @example
 * EVENT_SOURCE_LIMITS.kinesis.BatchSize?.absent // => 100
 * EVENT_SOURCE_LIMITS['sqs-fifo'].BatchSize?.max // => 10
 */
export const EVENT_SOURCE_LIMITS: Readonly<Record<EventSourceKind, Readonly<Record<string, SettingRange>>>> = {
  sqs: { BatchSize: range('records', 1, 10_000, 10), ...queue },
  'sqs-fifo': {
    BatchSize: range('records', 1, 10, 10),
    ...queue,
    MaximumBatchingWindowInSeconds: range('s', 0, 0, 0, UNCHECKED),
  },
  kinesis: stream,
  'dynamodb-stream': stream,
  kafka: {
    BatchSize: range('records', 1, 10_000, 100),
    MaximumBatchingWindowInSeconds: windowRange,
    MaximumRetryAttempts: range('attempts', -1, 10_000, -1),
    MaximumRecordAgeInSeconds: { ...range('s', 60, 604_800, -1, AWS_DOCS), also: -1 },
    'ProvisionedPollerConfig.MinimumPollers': range('pollers', 1, 200, undefined, AWS_DOCS),
    'ProvisionedPollerConfig.MaximumPollers': range('pollers', 1, 2000, undefined, AWS_DOCS),
    Timeout: timeout,
    RecordBytes: recordBytes,
  },
}

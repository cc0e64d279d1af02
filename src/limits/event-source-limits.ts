/** Whole numbers that a setting may be. */
export interface SettingRange {
  readonly min: number
  readonly max: number
  /** The value that the service uses where the setting is absent; undefined where it has no default. */
  readonly absent?: number | undefined
  /** A value outside of the range that is allowed too: -1, without limit. */
  readonly also?: number
}

/** The event sources that `checkEventSource` knows, with FIFO queues apart. */
export type EventSourceKind = 'sqs' | 'sqs-fifo' | 'kinesis' | 'dynamodb-stream' | 'kafka'

const range = (min: number, max: number, absent?: number): SettingRange => ({ min, max, absent })

const common = {
  MaximumBatchingWindowInSeconds: range(0, 300, 0),
  /** Seconds, of the function. */
  Timeout: range(1, 900, 3),
  RecordBytes: range(0, Number.MAX_SAFE_INTEGER),
}

const queue = {
  ...common,
  BatchSize: range(1, 10_000, 10),
  'ScalingConfig.MaximumConcurrency': range(2, 1000),
  'ProvisionedPollerConfig.MinimumPollers': range(2, 200),
  'ProvisionedPollerConfig.MaximumPollers': range(2, 10_000),
  /** Seconds, of the queue. */
  VisibilityTimeout: range(0, 43_200, 30),
  'RedrivePolicy.maxReceiveCount': range(1, 1000),
}

const log = {
  ...common,
  BatchSize: range(1, 10_000, 100),
  MaximumRetryAttempts: range(-1, 10_000, -1),
  MaximumRecordAgeInSeconds: { ...range(60, 604_800, -1), also: -1 },
}

const stream = { ...log, ParallelizationFactor: range(1, 10, 1), TumblingWindowInSeconds: range(0, 900, 0) }

/**
 * Ranges and defaults of an event source mapping's settings, and of the queue's and the function's that belong to it, by the names that
 * CloudFormation has.
 *
 * From the API model of the AWS SDK (2026-11) and AWS's documentation (2026); that FIFO queues have no batching window:
 * docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html.
 *
 * @example
 * EVENT_SOURCE_LIMITS.kinesis['BatchSize'] // => { min: 1, max: 10000, absent: 100 }
 */
export const EVENT_SOURCE_LIMITS: Readonly<Record<EventSourceKind, Readonly<Record<string, SettingRange>>>> = {
  sqs: queue,
  'sqs-fifo': { ...queue, BatchSize: range(1, 10, 10), MaximumBatchingWindowInSeconds: range(0, 0, 0) },
  kinesis: stream,
  'dynamodb-stream': stream,
  kafka: {
    ...log,
    'ProvisionedPollerConfig.MinimumPollers': range(1, 200),
    'ProvisionedPollerConfig.MaximumPollers': range(1, 2000),
  },
}

import * as setting from './setting-names.ts'

/** The whole numbers that a setting allows. */
export interface SettingRange {
  readonly min: number
  readonly max: number
  /** The service's default; undefined if there is none. */
  readonly absent?: number | undefined
  /** An allowed value outside the range: -1, for no limit. */
  readonly also?: number
}

/** The event sources that `checkEventSource` supports, with FIFO queues separate. */
export type EventSourceKind = 'sqs' | 'sqs-fifo' | 'kinesis' | 'dynamodb-stream' | 'kafka'

type Ranges = Readonly<Record<string, SettingRange>>

/**
 * Ranges and defaults of an event source mapping's settings, and of the settings of its queue and function, by their
 * names in CloudFormation.
 *
 * From the API model of the AWS SDK (2026-11) and AWS's documentation (2026); that FIFO queues have no batching window:
 * docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html.
 *
 * @example
 * EVENT_SOURCE_LIMITS.kinesis['BatchSize'] // => { min: 1, max: 10000, absent: 100 }
 */
export const EVENT_SOURCE_LIMITS: Readonly<Record<EventSourceKind, Ranges>> = /* @__PURE__ */ rangesOfKinds()

function rangesOfKinds(): Readonly<Record<EventSourceKind, Ranges>> {
  const range = (min: number, max: number, absent?: number): SettingRange => ({ min, max, absent })
  const pollers = (least: number, most: number): Ranges => ({
    'ProvisionedPollerConfig.MinimumPollers': range(least, 200),
    'ProvisionedPollerConfig.MaximumPollers': range(least, most),
  })
  const common = {
    [setting.WINDOW]: range(0, 300, 0),
    [setting.TIMEOUT]: range(1, 900, 3),
    [setting.RECORD_BYTES]: range(0, Number.MAX_SAFE_INTEGER),
  }
  const sqs = {
    ...common,
    ...pollers(2, 10_000),
    [setting.BATCH]: range(1, 10_000, 10),
    'ScalingConfig.MaximumConcurrency': range(2, 1000),
    [setting.VISIBILITY]: range(0, 43_200, 30),
    [setting.RECEIVE_COUNT]: range(1, 1000),
  }
  const log = {
    ...common,
    [setting.BATCH]: range(1, 10_000, 100),
    [setting.ATTEMPTS]: range(-1, 10_000, -1),
    [setting.AGE]: { ...range(60, 604_800, -1), also: -1 },
  }
  const stream = { ...log, [setting.FACTOR]: range(1, 10, 1), [setting.TUMBLING]: range(0, 900, 0) }
  return {
    sqs,
    'sqs-fifo': { ...sqs, [setting.BATCH]: range(1, 10, 10), [setting.WINDOW]: range(0, 0, 0) },
    kinesis: stream,
    'dynamodb-stream': stream,
    kafka: { ...log, ...pollers(1, 2000) },
  }
}

import type { EventSourceKind } from './event-source-limits.ts'
import { LAMBDA_LIMITS } from './lambda-limits.ts'
import { flagOf, readList, UNKNOWN, UNREADABLE } from './setting.ts'

/** A setting that loses or repeats records, or that the service refuses. */
export interface Finding {
  /** `error`: the service refuses it, or records are lost as soon as one keeps failing. `warning`: records wait, repeat or may be lost. */
  readonly severity: 'error' | 'warning'
  /** A stable name, to filter by: `no-dead-letter-queue`. */
  readonly rule: string
  /** The property, as CloudFormation names it. */
  readonly setting: string
  /** The consequence, with the number that decides, and the setting to change. Quotes only numbers. */
  readonly message: string
}

/** The settings of one mapping, and the list of findings. */
export interface Mapping {
  readonly kind: EventSourceKind
  readonly read: (path: string) => unknown
  /** The number, or the default where it is absent; undefined where it is not known or out of range. */
  readonly numberAt: (path: string) => number | undefined
  readonly error: (rule: string, setting: string, message: string) => unknown
  readonly warning: (rule: string, setting: string, message: string) => unknown
}

/** AWS documentation, 2026: visibility timeout of a queue over the function's timeout, and receives before the dead-letter queue. */
const VISIBILITY_TIMEOUTS = 6
const RECEIVES = 5
/** AWS documentation, 2026: a standard queue takes larger batches only with a batching window. */
const BATCH_WITHOUT_WINDOW = 10

const PARTIAL = 'ReportBatchItemFailures'
const STREAM_ONLY = ['ParallelizationFactor', 'TumblingWindowInSeconds']
const ATTEMPTS = 'MaximumRetryAttempts'
const AGE = 'MaximumRecordAgeInSeconds'
const BISECT = 'BisectBatchOnFunctionError'
const DESTINATION = 'DestinationConfig'

export const isQueue = ({ kind }: Mapping): boolean => kind.startsWith('sqs')

/** Settings that Lambda refuses for this source. */
export function checkForeign(mapping: Mapping): void {
  const notForQueues = [...STREAM_ONLY, BISECT, AGE, ATTEMPTS, DESTINATION, 'StartingPosition']
  const notForStreams = mapping.kind === 'kafka' ? [...STREAM_ONLY, 'ScalingConfig'] : ['ScalingConfig']
  for (const setting of isQueue(mapping) ? notForQueues : notForStreams) {
    if (mapping.read(setting) !== undefined)
      mapping.error('other-source', setting, 'Lambda refuses it for this source; remove it')
  }
}

export function checkResponse({ read, error, warning }: Mapping): void {
  const setting = 'FunctionResponseTypes'
  const value = read(setting)
  if (value === UNKNOWN) return
  const types = value === undefined ? [] : readList(value)
  if (!types?.every((type) => type === PARTIAL || type === UNKNOWN || type === undefined)) {
    error('out-of-range', setting, `it must be a list with ${PARTIAL} alone`)
  } else if (types.every((type) => type === undefined)) {
    warning(
      'no-partial-response',
      setting,
      `Lambda ignores which records failed: 1 that throws repeats its batch, 1 that is only reported is lost; set ${PARTIAL}`,
    )
  }
}

/** Kinesis and Kafka carry bytes as base64, three in four characters. */
export function checkPayload({ kind, numberAt, error, warning }: Mapping): void {
  const most = LAMBDA_LIMITS.payloadBytes
  const bytes = Math.ceil((numberAt('RecordBytes') ?? 0) * (kind === 'kinesis' || kind === 'kafka' ? 4 / 3 : 1))
  const batch = numberAt('BatchSize') ?? 1
  if (bytes > most) {
    error(
      'record-over-payload',
      'RecordBytes',
      `a record is ${bytes} bytes of an event of ${most}: it never arrives; put it in S3 and send its key`,
    )
  } else if (batch * bytes > most) {
    const records = Math.floor(most / bytes)
    warning(
      'batch-over-payload',
      'BatchSize',
      `${batch} records of ${bytes} bytes are over the ${most} of an event: batches end at ${records}; set that or less`,
    )
  }
}

export function checkQueue({ kind, read, numberAt, error, warning }: Mapping): void {
  const window = numberAt('MaximumBatchingWindowInSeconds')
  if (kind === 'sqs' && (numberAt('BatchSize') ?? 0) > BATCH_WITHOUT_WINDOW && window === 0) {
    error(
      'batch-needs-window',
      'MaximumBatchingWindowInSeconds',
      `a batch over ${BATCH_WITHOUT_WINDOW} needs a window of 1 s or more`,
    )
  }
  const visible = numberAt('VisibilityTimeout')
  const timeout = numberAt('Timeout')
  if (visible !== undefined && timeout !== undefined && visible < timeout * VISIBILITY_TIMEOUTS) {
    const advice = `set ${timeout * VISIBILITY_TIMEOUTS + (window ?? 0)} s or more`
    const numbers = `${visible} s against the function's Timeout of ${timeout} s`
    if (visible < timeout)
      error(
        'visibility-under-timeout',
        'VisibilityTimeout',
        `${numbers}: messages come again while they are at work, and Lambda refuses it; ${advice}`,
      )
    else
      warning(
        'visibility-under-six-timeouts',
        'VisibilityTimeout',
        `${numbers}: a throttled batch is delivered twice; ${advice}`,
      )
  }
  if (read('RedrivePolicy.deadLetterTargetArn') === undefined) {
    warning(
      'no-dead-letter-queue',
      'RedrivePolicy',
      `a message that keeps failing repeats until it expires, and is lost; set deadLetterTargetArn, and maxReceiveCount to ${RECEIVES} or more`,
    )
  } else if ((numberAt(COUNT) ?? RECEIVES) < RECEIVES) {
    warning(
      'few-receives',
      COUNT,
      `${numberAt(COUNT)} is under ${RECEIVES}: throttling counts as a receive, so good messages are put aside unread; set ${RECEIVES} or more`,
    )
  } else if (read(COUNT) === undefined) {
    error('out-of-range', COUNT, `SQS refuses the policy without it; set ${RECEIVES} or more`)
  }
}
const COUNT = 'RedrivePolicy.maxReceiveCount'

export function checkStream({ read, numberAt, warning }: Mapping): void {
  const attempts = numberAt(ATTEMPTS)
  if (attempts === -1)
    warning(
      'no-attempts-limit',
      ATTEMPTS,
      '-1 is without limit: a record that keeps failing blocks its shard until it expires; set 10, say',
    )
  if (attempts === 0)
    warning('no-retries', ATTEMPTS, '0: the first error, a throttled call even, gives the batch up; set 1 or more')
  if (numberAt(AGE) === -1)
    warning(
      'no-age-limit',
      AGE,
      '-1 is without limit: records behind a blocked one expire unread; set less than the retention',
    )
  const bisect = read(BISECT)
  if (bisect === undefined || flagOf(bisect) === false) {
    warning('no-bisect', BISECT, 'a crash or a timeout gives up the whole batch for 1 record; set true')
  }
}

export function checkDestination({ read, numberAt, error, warning }: Mapping): void {
  const destination = read(`${DESTINATION}.OnFailure.Destination`)
  if (destination === UNREADABLE) error('unreadable', DESTINATION, 'it must be { OnFailure: { Destination } }')
  if (destination !== undefined) return
  const rule = 'no-failure-destination'
  if ([ATTEMPTS, AGE].every((setting) => (numberAt(setting) ?? -1) === -1)) {
    warning(rule, DESTINATION, 'nothing keeps the records that expire, or names them; set OnFailure.Destination')
  } else {
    error(
      rule,
      DESTINATION,
      'records that are given up are lost, as attempts or age are limited; set OnFailure.Destination',
    )
  }
}

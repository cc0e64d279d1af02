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
    if (mapping.read(setting) !== undefined) mapping.error('other-source', setting, 'Lambda refuses it for this source')
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
    const loss = '1 record that throws repeats its batch, 1 that is only reported is lost'
    warning('no-partial-response', setting, `${loss}; set ${PARTIAL}`)
  }
}

/** Kinesis and Kafka carry bytes as base64, three in four characters. */
export function checkPayload({ kind, numberAt, error, warning }: Mapping): void {
  const most = LAMBDA_LIMITS.payloadBytes
  const bytes = Math.ceil((numberAt('RecordBytes') ?? 0) * (kind === 'kinesis' || kind === 'kafka' ? 4 / 3 : 1))
  const batch = numberAt('BatchSize') ?? 1
  const over = `of ${bytes} bytes in an event of ${most}`
  if (bytes > most) {
    error('record-over-payload', 'RecordBytes', `a record ${over} never arrives; send its key in S3`)
  } else if (batch * bytes > most) {
    const records = Math.floor(most / bytes)
    warning('batch-over-payload', 'BatchSize', `${batch} records ${over}: batches end at ${records}; set that or less`)
  }
}

export function checkQueue({ kind, read, numberAt, error, warning }: Mapping): void {
  const window = numberAt(WINDOW)
  if (kind === 'sqs' && (numberAt('BatchSize') ?? 0) > BATCH_WITHOUT_WINDOW && window === 0) {
    error('batch-needs-window', WINDOW, `a batch over ${BATCH_WITHOUT_WINDOW} needs a window of 1 s or more`)
  }
  const visible = numberAt(VISIBILITY)
  const timeout = numberAt('Timeout')
  if (visible !== undefined && timeout !== undefined && visible < timeout * VISIBILITY_TIMEOUTS) {
    const advice = `set ${timeout * VISIBILITY_TIMEOUTS + (window ?? 0)} s or more`
    const numbers = `${visible} s against the function's Timeout of ${timeout} s`
    if (visible < timeout)
      error('visibility-under-timeout', VISIBILITY, `${numbers}: messages come again while at work; ${advice}`)
    else
      warning(
        'visibility-under-six-timeouts',
        VISIBILITY,
        `${numbers}: a throttled batch is delivered twice; ${advice}`,
      )
  }
  const receives = numberAt(COUNT)
  const enough = `set ${RECEIVES} or more`
  if (read('RedrivePolicy.deadLetterTargetArn') === undefined) {
    warning(
      'no-dead-letter-queue',
      'RedrivePolicy',
      `${FAILING} repeats until it expires, and is lost; set deadLetterTargetArn`,
    )
  } else if ((receives ?? RECEIVES) < RECEIVES) {
    const harm = 'throttling counts as a receive, so good messages are put aside unread'
    warning('few-receives', COUNT, `${receives} is under ${RECEIVES}: ${harm}; ${enough}`)
  } else if (read(COUNT) === undefined) {
    error('out-of-range', COUNT, `SQS refuses the policy without it; ${enough}`)
  }
}

const WINDOW = 'MaximumBatchingWindowInSeconds'
const VISIBILITY = 'VisibilityTimeout'
const COUNT = 'RedrivePolicy.maxReceiveCount'
const FAILING = 'a record that keeps failing'
const UNLIMITED = '-1 is without limit'

export function checkStream({ read, numberAt, warning }: Mapping): void {
  const attempts = numberAt(ATTEMPTS)
  if (attempts === -1)
    warning('no-attempts-limit', ATTEMPTS, `${UNLIMITED}: ${FAILING} blocks its shard until it expires; set 10, say`)
  if (attempts === 0) warning('no-retries', ATTEMPTS, '0: a throttled call even gives the batch up; set 1 or more')
  if (numberAt(AGE) === -1)
    warning(
      'no-age-limit',
      AGE,
      `${UNLIMITED}: records behind a blocked one expire unread; set less than the retention`,
    )
  const bisect = read(BISECT)
  if (bisect === undefined || flagOf(bisect) === false) {
    warning('no-bisect', BISECT, 'a crash or timeout gives up the whole batch for 1 record; set true')
  }
}

export function checkDestination({ read, numberAt, error, warning }: Mapping): void {
  const setting = 'OnFailure.Destination'
  const destination = read(`${DESTINATION}.${setting}`)
  if (destination === UNREADABLE) error('unreadable', DESTINATION, 'it must be { OnFailure: { Destination } }')
  if (destination !== undefined) return
  const isUnlimited = [ATTEMPTS, AGE].every((name) => (numberAt(name) ?? -1) === -1)
  const tell = isUnlimited ? warning : error
  tell(
    'no-failure-destination',
    DESTINATION,
    `records that ${isUnlimited ? 'expire' : 'are given up'} are lost; set ${setting}`,
  )
}

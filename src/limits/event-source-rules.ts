import type { EventSourceKind } from './event-source-limits.ts'
import { LAMBDA_LIMITS } from './lambda-limits.ts'
import { UNKNOWN, UNREADABLE } from './setting.ts'
import {
  AGE,
  ATTEMPTS,
  BATCH,
  BISECT,
  DEAD_LETTERS,
  DESTINATION,
  FACTOR,
  RECEIVE_COUNT,
  RECORD_BYTES,
  REDRIVE,
  RESPONSE_TYPES,
  SCALING,
  TIMEOUT,
  TUMBLING,
  VISIBILITY,
  WINDOW,
} from './setting-names.ts'

/** A setting that loses or repeats records, or that the service rejects. */
export interface Finding {
  /** `error`: the service rejects it, or records are lost as soon as one keeps failing. `warning`: records wait, repeat or may be lost. */
  readonly severity: 'error' | 'warning'
  /** A stable name, to filter by: `no-dead-letter-queue`. */
  readonly rule: string
  /** The property, by its name in CloudFormation. */
  readonly setting: string
  /** The consequence, with the deciding number, and the setting to change. Quotes only numbers. */
  readonly message: string
}

/** The settings of one mapping. */
export interface Mapping {
  readonly kind: EventSourceKind
  readonly read: (path: string) => unknown
  /** The number, or the default if absent; NaN, for which every comparison is false, if unknown or out of range. */
  readonly numberAt: (path: string) => number
}

/** A rule, its setting, and the description of a fault; false if there is none. */
export type Verdict = readonly [severity: Finding['severity'], rule: string, setting: string, message: string | false]

/** AWS documentation, 2026: visibility timeout of a queue over the function's timeout, and receives before the dead-letter queue. */
const VISIBILITY_TIMEOUTS = 6
const RECEIVES = 5
/** AWS documentation, 2026: a standard queue allows larger batches only with a batching window. */
const BATCH_WITHOUT_WINDOW = 10

const ERROR = 'error'
const WARNING = 'warning'
export const OUT_OF_RANGE = 'out-of-range'
const PARTIAL = 'ReportBatchItemFailures'
const FAILING = 'a record that keeps failing'
const UNLIMITED = '-1 means no limit'

export const isQueue = ({ kind }: Mapping): boolean => kind.startsWith('sqs')
/** Settings that Lambda rejects for a source. */
export function foreignTo(mapping: Mapping): readonly string[] {
  if (isQueue(mapping)) return [FACTOR, TUMBLING, BISECT, AGE, ATTEMPTS, DESTINATION, 'StartingPosition']
  return mapping.kind === 'kafka' ? [FACTOR, TUMBLING, SCALING] : [SCALING]
}

export function judgeResponse({ read }: Mapping): readonly Verdict[] {
  const types = read(RESPONSE_TYPES) ?? []
  const hasOnly = (...allowed: unknown[]) => Array.isArray(types) && types.every((type) => allowed.includes(type))
  if (types === UNKNOWN) return []
  const loss = `1 record that throws repeats its batch, 1 that is only reported is lost; set ${PARTIAL}`
  const isList = hasOnly(PARTIAL, UNKNOWN, undefined)
  return [
    [ERROR, OUT_OF_RANGE, RESPONSE_TYPES, !isList && `it must be a list with only ${PARTIAL}`],
    [WARNING, 'no-partial-response', RESPONSE_TYPES, hasOnly(undefined) && loss],
  ]
}

/** Kinesis and Kafka encode bytes as base64, three in four characters. */
export function judgePayload({ kind, numberAt }: Mapping): readonly Verdict[] {
  const most = LAMBDA_LIMITS.payloadBytes
  const bytes = Math.ceil(numberAt(RECORD_BYTES) * (kind.startsWith('k') ? 4 / 3 : 1))
  const batch = numberAt(BATCH)
  const records = Math.floor(most / bytes)
  const over = `of ${bytes} bytes in an event of ${most}`
  const isLess = records > 0 && records < batch
  return [
    [ERROR, 'record-over-payload', RECORD_BYTES, bytes > most && `a record ${over} never arrives; send its key in S3`],
    [
      WARNING,
      'batch-over-payload',
      BATCH,
      isLess && `${batch} records ${over}: batches end at ${records}; set that or less`,
    ],
  ]
}

export function judgeQueue({ kind, read, numberAt }: Mapping): readonly Verdict[] {
  const window = numberAt(WINDOW)
  const visible = numberAt(VISIBILITY)
  const timeout = numberAt(TIMEOUT)
  const receives = numberAt(RECEIVE_COUNT)
  const hasDeadLetters = read(DEAD_LETTERS) !== undefined
  const needsWindow = kind === 'sqs' && window === 0 && numberAt(BATCH) > BATCH_WITHOUT_WINDOW
  const numbers = `${visible} s against the function's Timeout of ${timeout} s`
  const advice = `set ${timeout * VISIBILITY_TIMEOUTS + (window || 0)} s or more`
  const isThrottled = visible >= timeout && visible < timeout * VISIBILITY_TIMEOUTS
  const enough = `set ${RECEIVES} or more`
  const harm = 'throttling counts as a receive, so good messages are moved to the dead-letter queue unread'
  return [
    [
      ERROR,
      'batch-needs-window',
      WINDOW,
      needsWindow && `a batch over ${BATCH_WITHOUT_WINDOW} needs a window of 1 s or more`,
    ],
    [
      ERROR,
      'visibility-under-timeout',
      VISIBILITY,
      visible < timeout && `${numbers}: messages are redelivered while still running; ${advice}`,
    ],
    [
      WARNING,
      'visibility-under-six-timeouts',
      VISIBILITY,
      isThrottled && `${numbers}: a throttled batch is delivered twice; ${advice}`,
    ],
    [
      WARNING,
      'no-dead-letter-queue',
      REDRIVE,
      !hasDeadLetters && `${FAILING} repeats until it expires, and is lost; set deadLetterTargetArn`,
    ],
    [
      WARNING,
      'few-receives',
      RECEIVE_COUNT,
      hasDeadLetters && receives < RECEIVES && `${receives} is under ${RECEIVES}: ${harm}; ${enough}`,
    ],
    [
      ERROR,
      OUT_OF_RANGE,
      RECEIVE_COUNT,
      hasDeadLetters && read(RECEIVE_COUNT) === undefined && `SQS rejects the policy without it; ${enough}`,
    ],
  ]
}

export function judgeStream({ read, numberAt }: Mapping): readonly Verdict[] {
  const attempts = numberAt(ATTEMPTS)
  const isWhole = (read(BISECT) ?? false) === false
  return [
    [
      WARNING,
      'no-attempts-limit',
      ATTEMPTS,
      attempts < 0 && `${UNLIMITED}: ${FAILING} blocks its shard until it expires; set for example 10`,
    ],
    [WARNING, 'no-retries', ATTEMPTS, attempts === 0 && '0: even a throttled call drops the batch; set 1 or more'],
    [
      WARNING,
      'no-age-limit',
      AGE,
      numberAt(AGE) < 0 && `${UNLIMITED}: records after a blocked one expire unread; set less than the retention`,
    ],
    [WARNING, 'no-bisect', BISECT, isWhole && 'a crash or timeout drops the whole batch for 1 record; set true'],
  ]
}

export function judgeDestination({ read, numberAt }: Mapping): readonly Verdict[] {
  const setting = 'OnFailure.Destination'
  const destination = read(`${DESTINATION}.${setting}`)
  const isLimited = numberAt(ATTEMPTS) >= 0 || numberAt(AGE) >= 0
  const loss = `records that ${isLimited ? 'are dropped' : 'expire'} are lost; set ${setting}`
  return [
    [ERROR, 'unreadable', DESTINATION, destination === UNREADABLE && 'it must be { OnFailure: { Destination } }'],
    [isLimited ? ERROR : WARNING, 'no-failure-destination', DESTINATION, destination === undefined && loss],
  ]
}

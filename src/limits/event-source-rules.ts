import { error, type Finding, warning } from './finding.ts'
import { LAMBDA_LIMITS } from './lambda-limits.ts'
import type { MappingSettings } from './mapping-settings.ts'
import { readList } from './setting.ts'

type Rule = (settings: MappingSettings) => readonly Finding[]

/** AWS documentation, 2026: a queue's visibility timeout over the function's timeout. */
const VISIBILITY_TIMEOUTS = 6
/** AWS documentation, 2026: receives before a message goes to the dead-letter queue. */
const MIN_RECEIVES = 5
/** AWS documentation, 2026: a standard queue takes batches over this size only with a batching window. */
const BATCH_WITHOUT_WINDOW = 10
/** Kinesis and Kafka hand bytes over as base64, three bytes in four characters. */
const BASE64_RATIO = 4 / 3

const QUEUE_ONLY = ['ScalingConfig']
const STREAM_ONLY = ['ParallelizationFactor', 'TumblingWindowInSeconds']
const NOT_FOR_QUEUES = [
  ...STREAM_ONLY,
  'BisectBatchOnFunctionError',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'DestinationConfig',
  'StartingPosition',
]

const foreignSettings: Rule = ({ kind, has }) => {
  const isQueue = kind === 'sqs' || kind === 'sqs-fifo'
  const foreign = isQueue ? NOT_FOR_QUEUES : kind === 'kafka' ? [...QUEUE_ONLY, ...STREAM_ONLY] : QUEUE_ONLY
  return foreign
    .filter((setting) => has(setting))
    .map((setting) => error('other-source', setting, `Lambda refuses ${setting} for this source; remove it`))
}

const partialResponse: Rule = ({ read }) => {
  const name = 'FunctionResponseTypes'
  const setting = read(name)
  if (setting.kind === 'unknown') return []
  const list = setting.kind === 'known' ? readList(setting.value) : undefined
  if (setting.kind === 'unreadable' || (setting.kind === 'known' && list === undefined)) {
    return [error('unreadable', name, `${name} must be a list with ReportBatchItemFailures`)]
  }
  const members = list ?? []
  const isOther = members.some((one) => one.kind === 'unreadable' || (one.kind === 'known' && one.value !== PARTIAL))
  if (isOther) return [error('out-of-range', name, `${name} may hold ${PARTIAL} alone`)]
  if (members.some(({ kind }) => kind !== 'absent')) return []
  const message = `without ${PARTIAL} Lambda ignores which records failed: a failure of 1 repeats the whole batch, and a function that reports failures without throwing loses them`
  return [warning('no-partial-response', name, message)]
}
const PARTIAL = 'ReportBatchItemFailures'

const payload: Rule = ({ kind, numberAt }) => {
  const bytes = numberAt('RecordBytes')
  if (bytes === undefined || bytes === 0) return []
  const limit = LAMBDA_LIMITS.payloadMaxBytes
  const onWire = Math.ceil(bytes * (kind === 'kinesis' || kind === 'kafka' ? BASE64_RATIO : 1))
  if (onWire > limit) {
    const message = `a record takes ${onWire} bytes of the event, which holds ${limit}: it never reaches the function; store the data in S3 and send its key`
    return [error('record-over-payload', 'RecordBytes', message)]
  }
  const batchSize = numberAt('BatchSize')
  if (batchSize === undefined || batchSize * onWire <= limit) return []
  const most = Math.floor(limit / onWire)
  const message = `${batchSize} records of ${onWire} bytes are over the ${limit} that an event holds: batches end after about ${most} records; set ${most} or less`
  return [warning('batch-over-payload', 'BatchSize', message)]
}

const queueWindow: Rule = ({ kind, numberAt }) => {
  const size = numberAt('BatchSize')
  if (kind !== 'sqs' || size === undefined || size <= BATCH_WITHOUT_WINDOW) return []
  if (numberAt('MaximumBatchingWindowInSeconds') !== 0) return []
  const message = `a batch of more than ${BATCH_WITHOUT_WINDOW} messages needs a batching window of 1 s or more`
  return [error('batch-needs-window', 'MaximumBatchingWindowInSeconds', message)]
}

const visibility: Rule = ({ numberAt }) => {
  const visible = numberAt('VisibilityTimeout')
  const timeout = numberAt('Timeout')
  if (visible === undefined || timeout === undefined) return []
  const given = `VisibilityTimeout is ${visible} s and the function's Timeout ${timeout} s`
  if (visible < timeout) {
    const message = `${given}: messages are delivered again while they are being worked on, and Lambda refuses the mapping; set ${VISIBILITY_TIMEOUTS * timeout} or more`
    return [error('visibility-under-timeout', 'VisibilityTimeout', message)]
  }
  const least = VISIBILITY_TIMEOUTS * timeout + (numberAt('MaximumBatchingWindowInSeconds') ?? 0)
  if (visible >= VISIBILITY_TIMEOUTS * timeout) return []
  const message = `${given}: a throttled batch has no time to be tried again before its messages are delivered twice; set ${least} or more`
  return [warning('visibility-under-six-timeouts', 'VisibilityTimeout', message)]
}

const deadLetters: Rule = ({ has, read, numberAt }) => {
  const policy = read('RedrivePolicy').kind
  if (policy === 'unknown' || policy === 'unreadable') return []
  if (!has('RedrivePolicy.deadLetterTargetArn')) {
    const message =
      'without a dead-letter queue a message that keeps failing runs again until it expires, and is then deleted unseen; set deadLetterTargetArn and maxReceiveCount'
    return [warning('no-dead-letter-queue', 'RedrivePolicy', message)]
  }
  if (!has('RedrivePolicy.maxReceiveCount')) {
    return [error('out-of-range', 'RedrivePolicy.maxReceiveCount', 'a RedrivePolicy needs maxReceiveCount, 5 or more')]
  }
  const receives = numberAt('RedrivePolicy.maxReceiveCount')
  if (receives === undefined || receives >= MIN_RECEIVES) return []
  const message = `${receives} receives are under ${MIN_RECEIVES}: throttling counts as a receive, so good messages end in the dead-letter queue without having run`
  return [warning('few-receives', 'RedrivePolicy.maxReceiveCount', message)]
}

const retries: Rule = ({ numberAt }) => {
  const findings: Finding[] = []
  const attempts = numberAt('MaximumRetryAttempts')
  if (attempts === -1) {
    const message =
      'attempts are -1, without limit: a record that keeps failing blocks its shard until it expires; set a number, such as 10'
    findings.push(warning('no-attempts-limit', 'MaximumRetryAttempts', message))
  }
  if (attempts === 0) {
    const message =
      'with 0 attempts the first error, throttling of a dependency included, gives the batch up; set 1 or more'
    findings.push(warning('no-retries', 'MaximumRetryAttempts', message))
  }
  if (numberAt('MaximumRecordAgeInSeconds') === -1) {
    const message =
      'the age is -1, without limit: while a shard is behind, records expire unread instead of going to the on-failure destination; set seconds under its retention'
    findings.push(warning('no-age-limit', 'MaximumRecordAgeInSeconds', message))
  }
  return findings
}

const bisect: Rule = ({ flagAt }) => {
  const setting = 'BisectBatchOnFunctionError'
  if (flagAt(setting) !== false) return []
  const message =
    'without bisecting a crash or a timeout gives the whole batch up for the sake of 1 record; set it to true'
  return [warning('no-bisect', setting, message)]
}

const failureDestination: Rule = ({ kind, has, read, numberAt }) => {
  const above = ['DestinationConfig', 'DestinationConfig.OnFailure'].map((path) => read(path).kind)
  if (above.includes('unreadable') || has('DestinationConfig.OnFailure.Destination')) return []
  const bounds = [numberAt('MaximumRetryAttempts'), numberAt('MaximumRecordAgeInSeconds')]
  if (!bounds.some((bound) => bound !== undefined && bound !== -1)) {
    const where = kind === 'kafka' ? 'partition' : 'shard'
    const message = `without an on-failure destination nothing tells which records of a ${where} expired; set OnFailure.Destination`
    return [warning('no-failure-destination', 'DestinationConfig', message)]
  }
  const message =
    'attempts or age are limited and there is no on-failure destination: records that are given up are lost; set OnFailure.Destination'
  return [error('no-failure-destination', 'DestinationConfig', message)]
}

const EVERY = [foreignSettings, partialResponse, payload]

/** The rules of a source, in the order in which their findings come. */
export function rulesOf({ kind }: MappingSettings): readonly Rule[] {
  if (kind === 'sqs' || kind === 'sqs-fifo') return [...EVERY, queueWindow, visibility, deadLetters]
  return kind === 'kafka' ? [...EVERY, failureDestination] : [...EVERY, retries, bisect, failureDestination]
}

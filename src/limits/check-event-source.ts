import { checkChoice } from '../internal/check-choice.ts'
import { EVENT_SOURCE_LIMITS, type EventSourceKind, type SettingRange } from './event-source-limits.ts'
import {
  type Finding,
  foreignTo,
  isQueue,
  judgeDestination,
  judgePayload,
  judgeQueue,
  judgeResponse,
  judgeStream,
  type Mapping,
  OUT_OF_RANGE,
  type Verdict,
} from './event-source-rules.ts'
import { readSetting, UNKNOWN, UNREADABLE } from './setting.ts'
import { BISECT, FIFO } from './setting-names.ts'

export type CheckedEventSource = Exclude<EventSourceKind, 'sqs-fifo'>

/**
 * Find the settings of an event source mapping that lose or repeat records, and those that the service rejects.
 *
 * An absent setting counts as its default. Functions of CloudFormation (`Ref`, `Fn::*`) and dynamic references count as
 * present with an unknown value; `{ Ref: 'AWS::NoValue' }` as absent. Text of digits is a number, as in CloudFormation.
 * The result is a list of findings for any configuration, hostile objects included.
 *
 * @param source - the kind of the event source; a queue is FIFO by `FifoQueue`, or by an `EventSourceArn` that ends in `.fifo`.
 * @param config - the properties of `AWS::Lambda::EventSourceMapping` and, on the same level, the queue's
 * `VisibilityTimeout`, `RedrivePolicy` (an object or its JSON) and `FifoQueue`, the function's `Timeout`, and
 * `RecordBytes`, the size of a record. Others are ignored.
 * @returns findings, values out of range first; an empty list if nothing is wrong. O(settings).
 * @throws MillraceError `OPTION_INVALID` for an unknown source; nothing else.
 * @example
 * const queue = { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 } }
 * const mapping = { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] }
 * checkEventSource('sqs', { ...mapping, ...queue, Timeout: 10 }) // => []
 * checkEventSource('sqs', { ...mapping, ...queue, Timeout: 90 }).map(({ rule }) => rule) // => ['visibility-under-timeout']
 */
export function checkEventSource(source: CheckedEventSource, config: unknown): readonly Finding[] {
  checkChoice('source', source, ['sqs', 'kinesis', 'dynamodb-stream', 'kafka'])
  const read = (path: string): unknown => readSetting(config, path)
  if (!config || read('') === UNREADABLE) return findingsOf([UNREADABLE_MAPPING])
  const kind = source === 'sqs' && isFifo(read) ? 'sqs-fifo' : source
  const ranges = EVENT_SOURCE_LIMITS[kind]
  const numberAt = (path: string): number => {
    const range = ranges[path]
    const value = read(path) ?? range?.absent
    return range && isIn(value, range) ? value : Number.NaN
  }
  const mapping: Mapping = { kind, read, numberAt }
  const own = isQueue(mapping)
    ? judgeQueue(mapping)
    : [...(kind === 'kafka' ? [] : judgeStream(mapping)), ...judgeDestination(mapping)]
  return findingsOf([...judgeValues(mapping, ranges), ...judgeResponse(mapping), ...judgePayload(mapping), ...own])
}

const UNREADABLE_MAPPING: Verdict = [
  'error',
  'unreadable',
  'EventSourceMapping',
  'it must be an object with the properties of the mapping',
]

function findingsOf(verdicts: readonly Verdict[]): readonly Finding[] {
  return verdicts.flatMap(([severity, rule, setting, message]) =>
    message === false ? [] : { severity, rule, setting, message },
  )
}

/** Numbers out of range, flags that are neither true nor false, and settings of other sources. */
function judgeValues(mapping: Mapping, ranges: Readonly<Record<string, SettingRange>>): readonly Verdict[] {
  const verdict = (rule: string, setting: string, message: string, holds: (value: unknown) => boolean): Verdict => {
    const value = mapping.read(setting)
    return ['error', rule, setting, value !== undefined && value !== UNKNOWN && !holds(value) && message]
  }
  return [
    ...Object.entries(ranges).map(([path, range]) => {
      const { min, max, also } = range
      const rule = `it must be a whole number from ${min} to ${max}${also ? `, or ${also}` : ''}`
      return verdict(OUT_OF_RANGE, path, rule, (value) => isIn(value, range))
    }),
    ...[BISECT, FIFO].map((path) =>
      verdict(OUT_OF_RANGE, path, 'it must be true or false', (value) => typeof value === 'boolean'),
    ),
    ...foreignTo(mapping).map(
      (path): Verdict => [
        'error',
        'other-source',
        path,
        mapping.read(path) !== undefined && 'Lambda rejects it for this source',
      ],
    ),
  ]
}

function isIn(value: unknown, { min, max, also }: SettingRange): value is number {
  return Number.isInteger(value) && (((value as number) >= min && (value as number) <= max) || value === also)
}

/** Check for a FIFO queue; if unknown, the wider limits of a standard queue apply. */
function isFifo(read: (path: string) => unknown): boolean {
  const arn = read('EventSourceArn')
  return read(FIFO) === true || (typeof arn === 'string' && arn.endsWith('.fifo'))
}

import { checkChoice } from '../internal/check-choice.ts'
import { EVENT_SOURCE_LIMITS, type EventSourceKind, type SettingRange } from './event-source-limits.ts'
import {
  checkDestination,
  checkForeign,
  checkPayload,
  checkQueue,
  checkResponse,
  checkStream,
  type Finding,
  isQueue,
  type Mapping,
} from './event-source-rules.ts'
import { flagOf, readSetting, UNKNOWN } from './setting.ts'

export type CheckedEventSource = Exclude<EventSourceKind, 'sqs-fifo'>

/**
 * Find the settings of an event source mapping that lose or repeat records, and those that the service refuses.
 *
 * An absent setting counts as its default. Functions of CloudFormation (`Ref`, `Fn::*`) and dynamic references count as present with a value
 * that is not known; `{ Ref: 'AWS::NoValue' }` as absent. Text of digits is a number, as in CloudFormation. Whatever the configuration is,
 * hostile objects included, the answer is a list of findings.
 *
 * @param source - the kind of the event source; a queue is FIFO by `FifoQueue`, or by an `EventSourceArn` that ends in `.fifo`.
 * @param config - the properties of `AWS::Lambda::EventSourceMapping` and, flat beside them, the queue's `VisibilityTimeout`, `RedrivePolicy` (an
 * object or its JSON) and `FifoQueue`, the function's `Timeout`, and `RecordBytes`, the size of a record. Others are ignored.
 * @returns findings, values out of range first; none where nothing is wrong. O(settings).
 * @throws MillraceError `OPTION_INVALID` for a source that it does not know; nothing else.
 * @example
 * const queue = { VisibilityTimeout: 60, RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 } }
 * const mapping = { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] }
 * checkEventSource('sqs', { ...mapping, ...queue, Timeout: 10 }) // => []
 * checkEventSource('sqs', { ...mapping, ...queue, Timeout: 90 }).map(({ rule }) => rule) // => ['visibility-under-timeout']
 */
export function checkEventSource(source: CheckedEventSource, config: unknown): readonly Finding[] {
  checkChoice('source', source, ['sqs', 'kinesis', 'dynamodb-stream', 'kafka'])
  const findings: Finding[] = []
  const add = (severity: Finding['severity']) => (rule: string, setting: string, message: string) =>
    findings.push({ severity, rule, setting, message })
  const read = (path: string): unknown => readSetting(config, path)
  const kind = source === 'sqs' && isFifo(read) ? 'sqs-fifo' : source
  const ranges = EVENT_SOURCE_LIMITS[kind]
  const numberAt = (path: string): number | undefined => {
    const range = ranges[path]
    const value = read(path)
    return value === undefined ? range?.absent : range && numberIn(value, range)
  }
  const mapping: Mapping = { kind, read, numberAt, error: add('error'), warning: add('warning') }
  if (!isBag(config)) {
    mapping.error('unreadable', 'EventSourceMapping', 'it must be an object with the properties of the mapping')
    return findings
  }
  checkValues(mapping, ranges)
  const own = isQueue(mapping) ? [checkQueue] : kind === 'kafka' ? [checkDestination] : [checkStream, checkDestination]
  for (const check of [checkForeign, checkResponse, checkPayload, ...own]) check(mapping)
  return findings
}

/** Numbers out of range, and flags that are neither true nor false. */
function checkValues({ read, error }: Mapping, ranges: Readonly<Record<string, SettingRange>>): void {
  for (const [path, range] of Object.entries(ranges)) {
    const value = read(path)
    if (value === undefined || value === UNKNOWN || numberIn(value, range) !== undefined) continue
    const { min, max, also } = range
    error('out-of-range', path, `it must be a whole number from ${min} to ${max}${also ? `, or ${also}` : ''}`)
  }
  for (const path of ['BisectBatchOnFunctionError', 'FifoQueue']) {
    const value = read(path)
    const isFlag = value === undefined || value === UNKNOWN || flagOf(value) !== undefined
    if (!isFlag) error('out-of-range', path, 'it must be true or false')
  }
}

/** The number, or the digits, where they are in range. */
function numberIn(value: unknown, { min, max, also }: SettingRange): number | undefined {
  const number = /^-?\d{1,15}$/.test(textOf(value)) ? Number(value) : value
  const isIn = Number.isInteger(number) && (((number as number) >= min && (number as number) <= max) || number === also)
  return isIn ? (number as number) : undefined
}

/** Check for a FIFO queue; where that is not known, the limits of a standard queue hold, which are the wider ones. */
function isFifo(read: (path: string) => unknown): boolean {
  return flagOf(read('FifoQueue')) === true || textOf(read('EventSourceArn')).endsWith('.fifo')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** An object that is no list; a proxy may refuse even to say so. */
function isBag(config: unknown): boolean {
  try {
    return typeof config === 'object' && config !== null && !Array.isArray(config) && Object.keys(config).length >= 0
  } catch {
    return false
  }
}

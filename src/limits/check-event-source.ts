import { checkChoice } from '../internal/check-choice.ts'
import type { EventSourceKind } from './event-source-limits.ts'
import { rulesOf } from './event-source-rules.ts'
import { error, type Finding } from './finding.ts'
import { mappingSettings, valueFindings } from './mapping-settings.ts'
import { booleanOf, readSetting } from './setting.ts'

export type CheckedEventSource = 'sqs' | 'kinesis' | 'dynamodb-stream' | 'kafka'

const SOURCES: readonly CheckedEventSource[] = ['sqs', 'kinesis', 'dynamodb-stream', 'kafka']

/**
 * Find the settings of an event source mapping that lose or repeat records, and those that the service refuses.
 *
 * An absent setting counts as its default. Functions of CloudFormation (`Ref`, `Fn::*`) count as present with a value that is not known;
 * `{ Ref: 'AWS::NoValue' }` as absent. Text of digits is a number, as in CloudFormation. Whatever the configuration is, hostile objects
 * included, the answer is a list of findings.
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
  checkChoice('source', source, SOURCES)
  if (!isReadable(config)) {
    const message = 'the configuration must be an object with the properties of the mapping'
    return [error('unreadable', 'EventSourceMapping', message)]
  }
  const settings = mappingSettings(kindOf(source, config), config)
  return [...valueFindings(settings), ...rulesOf(settings).flatMap((rule) => rule(settings))]
}

/** Where `FifoQueue` is a function of CloudFormation, the limits of a standard queue hold, which are the wider ones. */
function kindOf(source: CheckedEventSource, config: unknown): EventSourceKind {
  if (source !== 'sqs') return source
  const fifo = readSetting(config, 'FifoQueue')
  if (fifo.kind === 'known' && booleanOf(fifo.value) === true) return 'sqs-fifo'
  const arn = readSetting(config, 'EventSourceArn')
  return arn.kind === 'known' && typeof arn.value === 'string' && arn.value.endsWith('.fifo') ? 'sqs-fifo' : 'sqs'
}

/** An object that is no list; a proxy may refuse even to say so. */
function isReadable(config: unknown): boolean {
  try {
    return typeof config === 'object' && config !== null && !Array.isArray(config) && Object.keys(config).length >= 0
  } catch {
    return false
  }
}

import { isMillraceError, MillraceError } from '../errors.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import type { Result } from '../result.ts'
import { type Fields, isFields, textOrNone } from './event-record.ts'
import { detectSource } from './event-source.ts'
import { parseExactJson } from './exact-json.ts'
import { parseEvent } from './parse-event.ts'
import { type Place, pathOf, placeAt, ROOT } from './place.ts'
import { S3RecordSchema } from './s3.ts'
import { S3BatchTaskSchema } from './s3-batch.ts'
import { S3EventBridgeEventSchema } from './s3-eventbridge.ts'
import { refOfBusEvent, refOfRecord, refOfTask, type S3ObjectRef } from './s3-object-ref.ts'
import { SnsRecordSchema } from './sns.ts'
import { SqsRecordSchema } from './sqs.ts'

export interface S3ObjectsOptions {
  /** Called with each record that is not an S3 notification; the others are read. Without it the first one is thrown. */
  readonly onInvalid?: (error: MillraceError, recordId: string | undefined) => void
}

/** An object that a notification names, or the error of a part that names none, with its queue message. */
interface Found {
  readonly result: Result<S3ObjectRef>
  readonly recordId: string | undefined
}

/** The depth of a value inside an event. */
interface Depth {
  /** The outermost queue message around it. */
  readonly recordId: string | undefined
  /** The messages around it. */
  readonly messages: number
}

/** S3 to a bus to a topic to a queue makes three. */
const MAX_MESSAGES = 8
const MAX_DEPTH = 64

/**
 * Find the objects that an event names, in the event's order, for every route of S3's notification: directly to Lambda,
 * through EventBridge, an SNS topic, an SQS queue, a topic or a bus to a queue, or as tasks of an S3 Batch Operations
 * job.
 *
 * Keys arrive form-encoded: `+` becomes a space and `%XX` a byte of UTF-8; an incorrectly encoded key is left
 * unchanged. Keys from EventBridge are not encoded and stay unchanged. The test event that S3 sends when a notification
 * is configured, and an event without records, result in `[]`.
 *
 * @param event - the event that Lambda delivered, or an array of queue messages from EventBridge Pipes.
 * @param options.onInvalid - called for each message or record that is not an S3 notification, with its queue message.
 * @returns one reference per object. O(bytes).
 * @throws MillraceError `EVENT_INVALID`, with the path into the event, if the event contains no S3 notification, or if
 * one of its messages or records is none and `onInvalid` is absent. `OPTION_INVALID`.
 * @example
 * const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: 'a+b%2Bc.csv' } } }
 * const message = { eventSource: 'aws:sqs', messageId: 'm', body: JSON.stringify({ Records: [record] }) }
 * s3Objects({ Records: [message] }).map(({ key, recordId }) => [key, recordId]) // => [['a b+c.csv', 'm']]
 */
export function s3Objects(event: unknown, options: S3ObjectsOptions = {}): S3ObjectRef[] {
  checkOptions('s3Objects', options, { onInvalid: 'function' }, 'write s3Objects(event, { onInvalid: (error) => {} })')
  const { onInvalid } = options
  const refs: S3ObjectRef[] = []
  for (const { result, recordId } of findRefs(event, ROOT, { recordId: undefined, messages: 0 })) {
    if (result.ok) refs.push(recordId === undefined ? result.value : { ...result.value, recordId })
    else if (onInvalid === undefined) throw result.error
    else onInvalid(result.error, recordId)
  }
  return refs
}

/** The objects that a text names, as a notification or as a message around one. Throws at the first invalid part. */
export function refsInText(text: string, place: Place, recordId: string | undefined): S3ObjectRef[] {
  return refsOf(findInText(text, place, { recordId, messages: 0 }))
}

/** The objects that a value names; a single record of a notification, or a single task of a job, is one too. */
export function refsInValue(value: unknown, place: Place, recordId: string | undefined): S3ObjectRef[] {
  const depth: Depth = { recordId, messages: 0 }
  if (isFields(value) && value['eventSource'] === 'aws:s3') return refsOf([findInRecord(value, place, depth)])
  if (isFields(value) && 'taskId' in value) return refsOf([findInTask(value, place, depth)])
  return refsOf(findRefs(value, place, depth))
}

function refsOf(list: readonly Found[]): S3ObjectRef[] {
  return list.map(({ result, recordId }) => {
    if (!result.ok) throw result.error
    return recordId === undefined ? result.value : { ...result.value, recordId }
  })
}

/** The objects in a notification, or in a message around one. Throws if a value is neither. */
function findRefs(value: unknown, place: Place, depth: Depth): Found[] {
  switch (detectSource(value)) {
    case 'sqs':
      return listIn(value, 'Records', place).flatMap(([record, at]) => findInQueueMessage(record, at, depth))
    case 'sns':
      return listIn(value, 'Records', place).flatMap(([record, at]) => findInTopicMessage(record, at, depth))
    case 's3-batch':
      return listIn(value, 'tasks', place).map(([task, at]) => findInTask(task, at, depth))
    case 's3-eventbridge':
      return [
        found(
          parseEvent(S3EventBridgeEventSchema, value, { name: 'an event of S3', path: pathOf(place) }),
          refOfBusEvent,
          depth,
        ),
      ]
    default:
      return findInOther(value, place, depth)
  }
}

/** A notification of S3, its test event, or the message that a topic puts into a queue. */
function findInOther(value: unknown, place: Place, depth: Depth): Found[] {
  const { Event, Type, Message } = fieldsOf(value, place)
  if (Event === 's3:TestEvent') return []
  if (Type === 'Notification' && typeof Message === 'string') {
    return findInText(Message, placeAt(place, 'Message'), depth)
  }
  return listIn(value, 'Records', place).map(([record, at]) => findInRecord(record, at, depth))
}

function findInRecord(record: unknown, place: Place, depth: Depth): Found {
  const parsed = parseEvent(S3RecordSchema, record, { name: 'a record of an S3 notification', path: pathOf(place) })
  return found(parsed, refOfRecord, depth)
}

/** The sample event of AWS's tools has no bucket: without one there is no object. */
function findInTask(task: unknown, place: Place, depth: Depth): Found {
  const name = 'a task of S3 Batch Operations'
  const parsed = parseEvent(S3BatchTaskSchema, task, { name, path: pathOf(place) })
  if (!parsed.ok || parsed.value.s3Bucket || parsed.value.s3BucketArn) return found(parsed, refOfTask, depth)
  const error = new MillraceError('EVENT_INVALID', `not ${name}: must have s3Bucket or s3BucketArn`, {
    path: pathOf(place),
  })
  return { result: { ok: false, error }, recordId: depth.recordId }
}

function findInQueueMessage(record: unknown, place: Place, depth: Depth): Found[] {
  const parsed = parseEvent(SqsRecordSchema, record, { name: 'a message of a queue', path: pathOf(place) })
  if (!parsed.ok) return [{ result: parsed, recordId: depth.recordId ?? messageIdOf(record) }]
  const { messageId, body } = parsed.value
  return findInText(body, placeAt(place, 'body'), { ...depth, recordId: depth.recordId ?? messageId })
}

function findInTopicMessage(record: unknown, place: Place, depth: Depth): Found[] {
  const parsed = parseEvent(SnsRecordSchema, record, { name: 'a message of a topic', path: pathOf(place) })
  if (!parsed.ok) return [{ result: parsed, recordId: depth.recordId }]
  return findInText(parsed.value.Sns.Message, placeAt(place, ['Sns', 'Message']), depth)
}

/** Find the objects in a message. One without a notification is one error, and the other messages are read. */
function findInText(text: string, place: Place, { recordId, messages }: Depth): Found[] {
  try {
    if (messages === MAX_MESSAGES) throw invalid(`is nested in more than ${MAX_MESSAGES} messages`, place)
    const value = parseExactJson(text, place, { maxDepth: MAX_DEPTH })
    return findRefs(value, place, { recordId, messages: messages + 1 })
  } catch (cause) {
    const error = isMillraceError(cause, 'EVENT_INVALID') ? cause : invalid('does not contain valid JSON', place, cause)
    return [{ result: { ok: false, error }, recordId }]
  }
}

function found<T>(parsed: Result<T>, refOf: (value: T) => S3ObjectRef, { recordId }: Depth): Found {
  return { result: parsed.ok ? { ok: true, value: refOf(parsed.value) } : parsed, recordId }
}

/** Check that an event is an object. Throwing getters and proxies are caught here, at the first access. */
function fieldsOf(value: unknown, place: Place): Fields {
  try {
    if (isFields(value)) return { Event: value['Event'], Type: value['Type'], Message: value['Message'] }
  } catch (cause) {
    throw invalid('cannot be read', place, cause)
  }
  throw invalid('must be of type object', place)
}

function listIn(value: unknown, name: string, place: Place): (readonly [element: unknown, at: Place])[] {
  const at = placeAt(place, name)
  try {
    // An array from EventBridge Pipes is the list itself.
    const list = Array.isArray(value) ? value : (value as Fields)[name]
    if (Array.isArray(list)) {
      return Array.from<unknown, [unknown, Place]>(list, (element, index) => [
        element,
        placeAt(list === value ? place : at, index),
      ])
    }
  } catch (cause) {
    throw invalid('cannot be read', at, cause)
  }
  throw invalid('must be of type array', at)
}

function messageIdOf(record: unknown): string | undefined {
  try {
    return isFields(record) ? textOrNone(record['messageId']) : undefined
  } catch {
    return undefined
  }
}

function invalid(rule: string, place: Place, cause?: unknown): MillraceError {
  return new MillraceError('EVENT_INVALID', `not an S3 notification: ${rule}`, { path: pathOf(place), cause })
}

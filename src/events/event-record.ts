import { MillraceError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { EventSource } from './event-source.ts'
import type { Payload } from './payload.ts'
import { type Place, pathOf, placeAt } from './place.ts'

/** The identifier of a Kafka record in `batchItemFailures`. */
export interface KafkaIdentifier {
  /** Topic and partition, such as `orders-0`. */
  readonly partition: string
  readonly offset: number
}

/** One record of an event. */
export interface EventRecord<T> {
  readonly source: EventSource
  /**
   * The identifier in `batchItemFailures`, or the record's own if Lambda expects none; `''` if the record has none. For
   * a Kafka record it is in `kafka`, and here as `orders-0:12`.
   */
  readonly id: string
  /** The index of a user record inside its aggregated Kinesis record. */
  readonly subSequence?: number
  /** The key of the record's ordering group: partition key, item key, message group, Kafka key (or partition, without a key). */
  readonly orderingKey?: string
  readonly time?: Date
  readonly kafka?: KafkaIdentifier
  /** The key of a Kafka record: zero bytes for an empty one, absent if there is none. */
  readonly key?: Uint8Array
  /** The headers of a Kafka record, in order; a name may occur more than once. */
  readonly headers?: readonly (readonly [name: string, value: Uint8Array])[]
  /** The cluster of a Kafka record: its ARN or, outside MSK, a hash of its bootstrap servers. */
  readonly cluster?: string
  readonly payload: Result<T>
  /** The record as it is in the event. */
  readonly raw: unknown
}

/** The identity of a record, set before its payload is read, so that it is known even if that fails. */
export interface RecordDraft {
  id: string
  orderingKey: string | undefined
  time: Date | undefined
  kafka: KafkaIdentity | undefined
}

/** The fields that only Kafka records have. */
export interface KafkaIdentity {
  readonly kafka: KafkaIdentifier
  key?: Uint8Array
  headers?: readonly (readonly [name: string, value: Uint8Array])[]
  readonly cluster?: string
}

/**
 * Reads one record: sets its identity in the draft, and returns its content.
 *
 * @throws MillraceError `EVENT_INVALID` if a needed field is missing.
 */
export type RecordReader = (record: unknown, place: Place, draft: RecordDraft) => Payload

export type Fields = Readonly<Record<string, unknown>>

const NO_STEPS: readonly string[] = []

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function eventError(
  rule: string,
  place: Place | undefined,
  steps: readonly string[],
  cause?: unknown,
): MillraceError {
  return new MillraceError('EVENT_INVALID', `event ${rule}`, { path: pathOf(place, ...steps), cause })
}

export function fieldsOf(value: unknown, place: Place, steps: readonly string[] = NO_STEPS): Fields {
  if (!isFields(value)) throw eventError('must be an object', place, steps)
  return value
}

export function textOrNone(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function textIn(fields: Fields, name: string, place: Place, steps: readonly string[] = NO_STEPS): string {
  const value = fields[name]
  if (typeof value !== 'string') throw eventError('must be a string', place, [...steps, name])
  return value
}

export function nonEmptyTextIn(
  fields: Fields,
  name: string,
  place: Place,
  steps: readonly string[] = NO_STEPS,
): string {
  const value = textIn(fields, name, place, steps)
  if (value === '') throw eventError('must be a non-empty string', place, [...steps, name])
  return value
}

/** Set the key of the record's ordering group, if there is one. */
export function noteOrder(draft: RecordDraft, orderingKey: unknown): void {
  if (typeof orderingKey === 'string') draft.orderingKey = orderingKey
}

/** Set the time of a record, from milliseconds since 1970 or ISO 8601; an invalid time is ignored. */
export function noteTime(draft: RecordDraft, time: unknown): void {
  if (typeof time !== 'number' && typeof time !== 'string') return
  const date = new Date(time)
  if (!Number.isNaN(date.getTime())) draft.time = date
}

/** Set the time of a record from seconds since 1970. */
export function noteSeconds(draft: RecordDraft, seconds: unknown): void {
  if (typeof seconds === 'number') noteTime(draft, Math.round(seconds * 1000))
}

/** The body of a request: a missing one is empty text. */
export function bodyOf(event: Fields, place: Place): Payload {
  const at = placeAt(place, 'body')
  if (event['body'] === undefined || event['body'] === null) return { kind: 'text', data: '', place: at }
  return { kind: event['isBase64Encoded'] === true ? 'base64' : 'text', data: textIn(event, 'body', place), place: at }
}

import { isMillraceError, MillraceError } from '../errors.ts'
import type { Result } from '../result.ts'
import { parseEvent } from './parse-event.ts'
import { type S3Record, S3RecordSchema } from './s3.ts'

/** An object that an event names. Fields that the event does not carry are absent. */
export interface S3ObjectRef {
  readonly bucket: string
  /** The key as S3 stores it, decoded. */
  readonly key: string
  /** The key as the event carries it. */
  readonly rawKey: string
  /** Bytes of the object. */
  readonly size?: number
  readonly eTag?: string
  readonly versionId?: string
  /** Orders the events of one key: compare as hexadecimal numbers, the shorter one padded with zeros on its right. */
  readonly sequencer?: string
  /** Such as `ObjectCreated:Put`. */
  readonly eventName?: string
  readonly eventTime?: Date
  readonly region?: string
  /** The message that carried the notification, as Lambda wants it in `batchItemFailures`. */
  readonly recordId?: string
}

export interface S3ObjectsOptions {
  /** Takes each record that is no S3 notification, so that the others go on; without it the first one is thrown. */
  readonly onInvalid?: (error: MillraceError, recordId: string | undefined) => void
}

/**
 * The objects that an event names, in the event's order.
 *
 * Keys arrive form-encoded: `+` becomes a space and `%XX` a byte of UTF-8; a key that is not well encoded is left as it is. The test event
 * that S3 sends when a notification is configured, and an event without records, give `[]`.
 *
 * @param event - an S3 notification as Lambda hands it over.
 * @returns one reference per record. O(records).
 * @throws MillraceError `EVENT_INVALID`, with the path into the event, when the event is no S3 notification at all, or when one of its
 * records is not and `onInvalid` is absent.
 * @example
 * const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: 'a+b%2Bc.csv' } } }
 * s3Objects({ Records: [record] }).map(({ key }) => key) // => ['a b+c.csv']
 */
export function s3Objects(event: unknown, { onInvalid }: S3ObjectsOptions = {}): S3ObjectRef[] {
  const refs: S3ObjectRef[] = []
  for (const result of notificationRefs(event, [])) {
    if (result.ok) refs.push(result.value)
    else if (onInvalid === undefined) throw result.error
    else onInvalid(result.error, undefined)
  }
  return refs
}

/** The references of one S3 notification, which stands at `path` of the event. Throws when it is no notification. */
function notificationRefs(value: unknown, path: readonly (string | number)[]): Result<S3ObjectRef>[] {
  return recordsOf(value, path).map((record, index) => {
    const parsed = parseEvent(S3RecordSchema, record, {
      name: 'a record of an S3 notification',
      path: [...path, 'Records', index],
    })
    return parsed.ok ? { ok: true, value: refOf(parsed.value) } : parsed
  })
}

/** The records of a notification, none of a test event. An event may be anything: getters and proxies that throw are caught here. */
function recordsOf(value: unknown, path: readonly (string | number)[]): readonly unknown[] {
  const invalid = (rule: string, at: readonly (string | number)[], cause?: unknown): MillraceError =>
    new MillraceError('EVENT_INVALID', `not an S3 notification: ${rule}`, { path: at, cause })
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalid('must be of type object', path)
    if ('Event' in value && value.Event === 's3:TestEvent') return []
    const records = 'Records' in value ? value.Records : undefined
    if (Array.isArray(records)) return Array.from<unknown>(records)
  } catch (cause) {
    throw isMillraceError(cause) ? cause : invalid('cannot be read', path, cause)
  }
  throw invalid('must be of type array', [...path, 'Records'])
}

function refOf({ eventName, eventTime, awsRegion, s3: { bucket, object } }: S3Record): S3ObjectRef {
  const { key, size, eTag, versionId, sequencer } = object
  return {
    bucket: bucket.name,
    key: decodeKey(key),
    rawKey: key,
    ...(size !== undefined && { size }),
    ...(eTag !== undefined && { eTag }),
    ...(versionId !== undefined && { versionId }),
    ...(sequencer !== undefined && { sequencer }),
    eventName,
    ...(eventTime !== undefined && { eventTime: new Date(eventTime) }),
    ...(awsRegion !== undefined && { region: awsRegion }),
  }
}

/** A key as notifications carry it, decoded: form encoding, in which `+` is a space. */
function decodeKey(rawKey: string): string {
  try {
    return decodeURIComponent(rawKey.replaceAll('+', ' '))
  } catch {
    return rawKey
  }
}

import type { S3Record } from './s3.ts'
import type { S3BatchTask } from './s3-batch.ts'
import type { S3EventBridgeEvent } from './s3-eventbridge.ts'

/** An object named in an event. Fields that the event lacks are absent. */
export interface S3ObjectRef {
  readonly bucket: string
  /** The decoded key, as S3 stores it. */
  readonly key: string
  /** The key as it is in the event. */
  readonly rawKey: string
  /** Bytes of the object. */
  readonly size?: number
  readonly eTag?: string
  readonly versionId?: string
  /** Order of the events of one key: compare as hexadecimal numbers, padding the shorter one with zeros on the right. */
  readonly sequencer?: string
  /** Name of the event, such as `ObjectCreated:Put` or, from EventBridge, `Object Created`. */
  readonly eventName?: string
  readonly eventTime?: Date
  readonly region?: string
  /** Id of the outermost queue message around the notification, for `batchItemFailures`. */
  readonly recordId?: string
}

/** A reference whose fields may be undefined. */
type Parts = { [Key in keyof S3ObjectRef]: S3ObjectRef[Key] | null | undefined } & {
  bucket: string
  key: string
  rawKey: string
}

export function refOfRecord({ eventName, eventTime, awsRegion, s3: { bucket, object } }: S3Record): S3ObjectRef {
  const { key, size, eTag, versionId, sequencer } = object
  return refOf({
    bucket: bucket.name,
    key: decodeKey(key),
    rawKey: key,
    size,
    eTag,
    versionId,
    sequencer,
    eventName,
    eventTime: dateOf(eventTime),
    region: awsRegion,
  })
}

/** Keys in an event of EventBridge are not encoded. */
export function refOfBusEvent({ detail: { bucket, object }, ...event }: S3EventBridgeEvent): S3ObjectRef {
  return refOf({
    bucket: bucket.name,
    key: object.key,
    rawKey: object.key,
    size: object.size,
    eTag: object.etag,
    versionId: object['version-id'],
    sequencer: object.sequencer,
    eventName: event['detail-type'],
    eventTime: dateOf(event.time),
    region: event.region,
  })
}

export function refOfTask({ s3Key, s3VersionId, s3Bucket, s3BucketArn }: S3BatchTask): S3ObjectRef {
  return refOf({
    bucket: s3Bucket || bucketOfArn(s3BucketArn ?? ''),
    key: decodeKey(s3Key),
    rawKey: s3Key,
    versionId: s3VersionId,
  })
}

function refOf(parts: Parts): S3ObjectRef {
  return Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as S3ObjectRef
}

/** Decode the form-encoded key of a notification, in which `+` is a space. */
function decodeKey(rawKey: string): string {
  try {
    return decodeURIComponent(rawKey.replaceAll('+', ' '))
  } catch {
    return rawKey
  }
}

/** `arn:aws:s3:::name`; an access point is named by its whole ARN, which S3 accepts as a bucket. */
function bucketOfArn(arn: string): string {
  const name = arn.slice(arn.lastIndexOf(':') + 1)
  return name.includes('/') ? arn : name
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text)
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date
}

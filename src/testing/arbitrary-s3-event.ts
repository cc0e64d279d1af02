import fc from 'fast-check'
import type { S3Event } from '../events/index.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import {
  ACCOUNT,
  anyText,
  hexId,
  isoTime,
  plainRecord,
  type RecordCount,
  region,
  resourceName,
  withOptional,
} from './event-parts.ts'

/** An object that an event of S3 names. */
export interface S3EventOptions extends RecordCount {
  /** Keys as S3 stores them; they are encoded in the event. Any text when absent. */
  readonly key?: fc.Arbitrary<string>
}

/**
 * Events that S3 sends directly to Lambda: objects created, removed, restored, expired, moved between tiers, replicated, tagged.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @returns an arbitrary of events of `S3EventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryS3Event(), (event) => s3Objects(event).length === event.Records.length))
 */
export function arbitraryS3Event(options: S3EventOptions = {}): fc.Arbitrary<S3Event> {
  checkArbitrary('arbitraryS3Event', options, ['key', 'minRecords', 'maxRecords'])
  const { key = objectKey, minRecords = 1, maxRecords = Math.max(minRecords, 5) } = options
  const object = withOptional(
    { key: key.map(encodeKey) },
    { size: fc.maxSafeNat(), eTag: hexId, versionId: hexId, sequencer: fc.stringMatching(/^[0-9A-F]{16,18}$/) },
  )
  const record = withOptional(
    {
      eventVersion: fc.constantFrom('2.0', '2.1', '2.2', '2.3'),
      eventSource: fc.constant('aws:s3' as const),
      awsRegion: region,
      eventTime: isoTime,
      eventName: fc.constantFrom(...EVENT_NAMES),
      userIdentity: plainRecord({ principalId: fc.constant('AWS:AIDAEXAMPLE') }),
      requestParameters: plainRecord({
        sourceIPAddress: fc.constantFrom('192.0.2.1', '2001:db8::1', 's3.amazonaws.com'),
      }),
      responseElements: plainRecord({ 'x-amz-request-id': hexId, 'x-amz-id-2': hexId }),
      s3: fc.tuple(resourceName, object).map(([name, changed]) => ({
        s3SchemaVersion: '1.0',
        configurationId: 'landing',
        bucket: { name, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${name}` },
        object: changed,
      })),
    },
    {
      glacierEventData: isoTime.map((time) => ({
        restoreEventData: { lifecycleRestorationExpiryTime: time, lifecycleRestoreStorageClass: 'GLACIER' },
      })),
      replicationEventData: fc.constant({ replicationRuleId: 'rule', destinationBucket: `arn:aws:s3:::${ACCOUNT}` }),
      intelligentTieringEventData: fc.constant({ destinationAccessTier: 'ARCHIVE_ACCESS' }),
    },
  )
  return plainRecord({ Records: fc.array(record, { minLength: minRecords, maxLength: maxRecords }) })
}

const EVENT_NAMES = [
  'ObjectCreated:Put',
  'ObjectCreated:Copy',
  'ObjectCreated:CompleteMultipartUpload',
  'ObjectRemoved:Delete',
  'ObjectRemoved:DeleteMarkerCreated',
  'ObjectRestore:Completed',
  'ObjectTagging:Put',
  'LifecycleExpiration:Delete',
  'LifecycleTransition',
  'IntelligentTiering',
  'Replication:OperationFailedReplication',
] as const

/** Typical keys, and any others. */
export const objectKey = fc
  .oneof(fc.stringMatching(/^landing\/[a-z +%&=._-]{1,20}\.(csv|json|parquet)$/), anyText(30))
  .map((key) => key || 'a')

/** As S3 encodes a key: `application/x-www-form-urlencoded`, slashes kept. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/')
}

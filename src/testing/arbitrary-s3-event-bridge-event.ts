import fc from 'fast-check'
import type { S3EventBridgeEvent } from '../events/index.ts'
import { busEnvelope } from './arbitrary-event-bridge-event.ts'
import { objectKey, type S3EventOptions } from './arbitrary-s3-event.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, hexId, resourceName, withOptional } from './event-parts.ts'

/**
 * Events that S3 sends to EventBridge about one object; its key is not encoded.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 *
 * @returns an arbitrary of events of `S3EventBridgeEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryS3EventBridgeEvent(), (event) => s3Objects(event)[0]?.key === event.detail.object.key))
 */
export function arbitraryS3EventBridgeEvent(
  options: Pick<S3EventOptions, 'key'> = {},
): fc.Arbitrary<S3EventBridgeEvent> {
  checkArbitrary('arbitraryS3EventBridgeEvent', options, ['key'])
  const { key = objectKey } = options
  const object = withOptional(
    { key },
    { size: fc.maxSafeNat(), etag: hexId, 'version-id': hexId, sequencer: fc.stringMatching(/^[0-9A-F]{16,18}$/) },
  )
  const detail = withOptional(
    {
      version: fc.constant('0'),
      bucket: resourceName.map((name) => ({ name })),
      object,
      'request-id': hexId,
      requester: fc.constantFrom(ACCOUNT, 's3.amazonaws.com'),
    },
    {
      'source-ip-address': fc.constantFrom('192.0.2.1', '2001:db8::1'),
      reason: fc.constantFrom(
        'PutObject',
        'CopyObject',
        'CompleteMultipartUpload',
        'DeleteObject',
        'Lifecycle Expiration',
      ),
      'deletion-type': fc.constantFrom('Permanently Deleted', 'Delete Marker Created'),
    },
  )
  return fc
    .record({
      ...busEnvelope(),
      source: fc.constant('aws.s3' as const),
      'detail-type': fc.constantFrom(
        'Object Created',
        'Object Deleted',
        'Object Restore Completed',
        'Object Tags Added',
      ),
      detail,
    })
    .map((event) => ({ ...event, resources: [`arn:aws:s3:::${event.detail.bucket.name}`] }))
}

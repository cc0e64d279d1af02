import fc from 'fast-check'
import type { S3BatchEvent } from '../events/index.ts'
import { encodeKey, objectKey, type S3EventOptions } from './arbitrary-s3-event.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { hexId, plainRecord, resourceName } from './event-parts.ts'

/**
 * Events that S3 Batch Operations sends to the function that a job invokes: one task, in invocation schema 1.0 or 2.0.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
 *
 * @param options.key - keys as S3 stores them; they are encoded in the event.
 * @returns an arbitrary of events of `S3BatchEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryS3BatchEvent(), (event) => s3Objects(event).length === 1))
 */
export function arbitraryS3BatchEvent(options: Pick<S3EventOptions, 'key'> = {}): fc.Arbitrary<S3BatchEvent> {
  checkArbitrary('arbitraryS3BatchEvent', options, ['key'])
  const { key = objectKey } = options
  const parts = plainRecord({
    invocationId: hexId,
    jobId: fc.uuid(),
    taskId: hexId,
    s3Key: key.map(encodeKey),
    s3VersionId: fc.option(hexId),
    bucket: resourceName,
    isSecond: fc.boolean(),
  })
  return parts.map(({ invocationId, jobId, taskId, s3Key, s3VersionId, bucket, isSecond }) => ({
    invocationSchemaVersion: isSecond ? '2.0' : '1.0',
    invocationId,
    job: { id: jobId, ...(isSecond && { userArguments: { reason: 'backfill' } }) },
    tasks: [
      { taskId, s3Key, s3VersionId, ...(isSecond ? { s3Bucket: bucket } : { s3BucketArn: `arn:aws:s3:::${bucket}` }) },
    ],
  }))
}

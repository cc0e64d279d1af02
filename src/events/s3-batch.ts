import * as z from 'zod/mini'
import { fieldsOf, nonEmptyTextIn, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, nonEmptyText, nullableText, type ObjectWith, optionalText } from './fields.ts'

/** One object of an S3 Batch Operations job. The key is form-encoded, as in a notification. */
export const S3BatchTaskSchema = z.looseObject({
  taskId: nonEmptyText,
  s3Key: nonEmptyText,
  s3VersionId: nullableText,
  /** Bucket in invocation schema 1.0. */
  s3BucketArn: nullableText,
  /** Bucket in invocation schema 2.0. */
  s3Bucket: nullableText,
})

/**
 * The event that S3 Batch Operations sends to the function that a job invokes, in invocation schema 1.0 or 2.0.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
 *
 * @example
 * const task = { taskId: 't', s3Key: 'a+b.csv', s3VersionId: null, s3Bucket: 'lake' }
 * S3BatchEventSchema.safeParse({ invocationId: 'i', job: { id: 'j' }, tasks: [task] }).success // => true
 */
export const S3BatchEventSchema = z.looseObject({
  invocationSchemaVersion: optionalText,
  invocationId: z.string(),
  job: anyObject as ObjectWith<{ readonly id?: string | undefined }>,
  tasks: z.array(S3BatchTaskSchema),
})

export type S3BatchTask = TypeOf<z.infer<typeof S3BatchTaskSchema>>
export type S3BatchEvent = TypeOf<z.infer<typeof S3BatchEventSchema>>

export const readS3BatchTask: RecordReader = (record, place, draft) => {
  const task = fieldsOf(record, place)
  draft.id = textOrNone(task['taskId']) ?? ''
  nonEmptyTextIn(task, 'taskId', place)
  nonEmptyTextIn(task, 's3Key', place)
  return { kind: 'json', data: record, place }
}

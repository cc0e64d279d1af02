import * as z from 'zod/mini'
import { eventError, fieldsOf, nonEmptyTextIn, noteTime, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { dateTimeText, nonEmptyText, nullableByteCount, nullableText } from './fields.ts'

/** One record of an S3 notification: an event of one object. */
export const S3RecordSchema = z.looseObject({
  eventSource: z.literal('aws:s3'),
  eventName: nonEmptyText,
  eventTime: z.optional(dateTimeText),
  awsRegion: z.optional(z.string()),
  s3: z.looseObject({
    bucket: z.looseObject({ name: nonEmptyText }),
    object: z.looseObject({
      key: nonEmptyText,
      size: nullableByteCount,
      eTag: nullableText,
      /** Null or absent in a bucket without versions. */
      versionId: nullableText,
      sequencer: nullableText,
    }),
  }),
})

/**
 * The event that S3 sends directly to Lambda when objects are created, removed, restored, moved between tiers or replicated.
 *
 * Strict for the fields that `s3Objects` reads, loose elsewhere: every key that AWS sends or adds is kept. The message
 * that S3 sends when a notification is configured (`s3:TestEvent`) has no records and another shape; `s3Objects`
 * accepts both.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @example
 * S3EventSchema.safeParse({ Records: [] }).success // => true
 */
export const S3EventSchema = z.looseObject({ Records: z.array(S3RecordSchema) })

export type S3Record = TypeOf<z.infer<typeof S3RecordSchema>>
export type S3Event = TypeOf<z.infer<typeof S3EventSchema>>

/** Lambda expects no identifier of these: bucket, key, version and sequencer identify one. */
export const readS3Record: RecordReader = (record, place, draft) => {
  const outer = fieldsOf(record, place)
  if (outer['eventSource'] !== 'aws:s3') throw eventError('must be "aws:s3"', place, ['eventSource'])
  const s3 = fieldsOf(outer['s3'], place, ['s3'])
  const object = fieldsOf(s3['object'], place, ['s3', 'object'])
  const bucket = nonEmptyTextIn(fieldsOf(s3['bucket'], place, ['s3', 'bucket']), 'name', place, ['s3', 'bucket'])
  draft.orderingKey = `${bucket}/${nonEmptyTextIn(object, 'key', place, ['s3', 'object'])}`
  const version = [object['versionId'], object['sequencer']].map(textOrNone).filter((text) => text !== undefined)
  draft.id = [draft.orderingKey, ...version].join('/')
  noteTime(draft, textOrNone(outer['eventTime']))
  return { kind: 'json', data: record, place }
}

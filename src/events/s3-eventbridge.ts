import * as z from 'zod/mini'
import type { TypeOf } from './event-type.ts'
import { eventBridgeEnvelope } from './eventbridge.ts'
import { nonEmptyText, nullableByteCount, nullableText, optionalText } from './fields.ts'

/**
 * The event that S3 sends to EventBridge about one object. Unlike in a notification to Lambda, a queue or a topic, the
 * key is not encoded.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 *
 * @example
 * const detail = { bucket: { name: 'lake' }, object: { key: 'landing/a b.csv', size: 3 } }
 * S3EventBridgeEventSchema.safeParse({ id: '1', source: 'aws.s3', 'detail-type': 'Object Created', detail }).success // => true
 */
export const S3EventBridgeEventSchema = z.looseObject({
  ...eventBridgeEnvelope,
  source: z.literal('aws.s3'),
  detail: z.looseObject({
    bucket: z.looseObject({ name: nonEmptyText }),
    object: z.looseObject({
      key: nonEmptyText,
      size: nullableByteCount,
      etag: nullableText,
      'version-id': nullableText,
      sequencer: nullableText,
    }),
    reason: optionalText,
  }),
})

export type S3EventBridgeEvent = TypeOf<z.infer<typeof S3EventBridgeEventSchema>>

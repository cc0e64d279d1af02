import * as z from 'zod/mini'
import { nonEmptyText, optionalText } from './fields.ts'

/** One message of a queue. */
export const SqsRecordSchema = z.looseObject({
  eventSource: z.literal('aws:sqs'),
  messageId: nonEmptyText,
  body: z.string(),
  receiptHandle: optionalText,
  awsRegion: optionalText,
  /** Ends in `.fifo` where the queue keeps the order of each message group. */
  eventSourceARN: optionalText,
  attributes: z.optional(
    z.looseObject({
      ApproximateReceiveCount: optionalText,
      /** Milliseconds since 1970, as text. */
      SentTimestamp: optionalText,
      MessageGroupId: optionalText,
      MessageDeduplicationId: optionalText,
      SequenceNumber: optionalText,
    }),
  ),
})

/**
 * What Lambda hands over from an SQS queue, standard or FIFO.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 *
 * @example
 * SqsEventSchema.safeParse({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: 'text' }] }).success // => true
 */
export const SqsEventSchema = z.looseObject({ Records: z.array(SqsRecordSchema) })

export type SqsRecord = z.infer<typeof SqsRecordSchema>
export type SqsEvent = z.infer<typeof SqsEventSchema>

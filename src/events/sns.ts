import * as z from 'zod/mini'
import { nonEmptyText, nullableText, optionalText } from './fields.ts'

/** One notification of a topic. */
export const SnsRecordSchema = z.looseObject({
  EventSource: z.literal('aws:sns'),
  EventSubscriptionArn: optionalText,
  Sns: z.looseObject({
    MessageId: nonEmptyText,
    Message: z.string(),
    TopicArn: optionalText,
    Subject: nullableText,
    /** ISO 8601. */
    Timestamp: optionalText,
  }),
})

/**
 * What Lambda hands over from an SNS topic.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 *
 * @example
 * SnsEventSchema.safeParse({ Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'm', Message: 'text' } }] }).success // => true
 */
export const SnsEventSchema = z.looseObject({ Records: z.array(SnsRecordSchema) })

export type SnsRecord = z.infer<typeof SnsRecordSchema>
export type SnsEvent = z.infer<typeof SnsEventSchema>

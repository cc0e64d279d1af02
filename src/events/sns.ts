import * as z from 'zod/mini'
import {
  eventError,
  fieldsOf,
  nonEmptyTextIn,
  noteTime,
  type RecordReader,
  textIn,
  textOrNone,
} from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { nonEmptyText, nullableText, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

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
 * What Lambda delivers from an SNS topic.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 *
 * @example
 * SnsEventSchema.safeParse({ Records: [{ EventSource: 'aws:sns', Sns: { MessageId: 'm', Message: 'text' } }] }).success // => true
 */
export const SnsEventSchema = z.looseObject({ Records: z.array(SnsRecordSchema) })

export type SnsRecord = TypeOf<z.infer<typeof SnsRecordSchema>>
export type SnsEvent = TypeOf<z.infer<typeof SnsEventSchema>>

export const readSnsRecord: RecordReader = (record, place, draft) => {
  const outer = fieldsOf(record, place)
  const notification = fieldsOf(outer['Sns'], place, ['Sns'])
  draft.id = textOrNone(notification['MessageId']) ?? ''
  noteTime(draft, textOrNone(notification['Timestamp']))
  if (outer['EventSource'] !== 'aws:sns') throw eventError('must be "aws:sns"', place, ['EventSource'])
  const inner = placeAt(place, 'Sns')
  nonEmptyTextIn(notification, 'MessageId', inner)
  return { kind: 'text', data: textIn(notification, 'Message', inner), place: placeAt(inner, 'Message') }
}

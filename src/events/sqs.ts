import * as z from 'zod/mini'
import {
  eventError,
  fieldsOf,
  isFields,
  nonEmptyTextIn,
  noteOrder,
  noteTime,
  type RecordReader,
  textIn,
  textOrNone,
} from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { nonEmptyText, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

/** One message of a queue. */
export const SqsRecordSchema = z.looseObject({
  eventSource: z.literal('aws:sqs'),
  messageId: nonEmptyText,
  body: z.string(),
  receiptHandle: optionalText,
  awsRegion: optionalText,
  /** Ends in `.fifo` if the queue keeps the order of each message group. */
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
 * The event that Lambda delivers from an SQS queue, standard or FIFO.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 *
 * @example
 * SqsEventSchema.safeParse({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: 'text' }] }).success // => true
 */
export const SqsEventSchema = z.looseObject({ Records: z.array(SqsRecordSchema) })

export type SqsRecord = TypeOf<z.infer<typeof SqsRecordSchema>>
export type SqsEvent = TypeOf<z.infer<typeof SqsEventSchema>>

export const readSqsRecord: RecordReader = (record, place, draft) => {
  const message = fieldsOf(record, place)
  draft.id = textOrNone(message['messageId']) ?? ''
  const attributes = message['attributes']
  if (isFields(attributes)) {
    noteOrder(draft, attributes['MessageGroupId'])
    const sent = textOrNone(attributes['SentTimestamp'])
    if (sent !== undefined && /^\d+$/.test(sent)) noteTime(draft, Number(sent))
  }
  if (message['eventSource'] !== 'aws:sqs') throw eventError('must be "aws:sqs"', place, ['eventSource'])
  nonEmptyTextIn(message, 'messageId', place)
  return { kind: 'text', data: textIn(message, 'body', place), place: placeAt(place, 'body'), recordId: draft.id }
}

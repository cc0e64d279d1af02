import * as z from 'zod/mini'
import {
  fieldsOf,
  isFields,
  nonEmptyTextIn,
  noteOrder,
  noteTime,
  type RecordReader,
  textIn,
  textOrNone,
} from './event-record.ts'
import { nonEmptyText, optionalNumber, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

/** One record of a delivery stream. */
export const FirehoseRecordSchema = z.looseObject({
  recordId: nonEmptyText,
  /** Base64. */
  data: z.string(),
  /** Milliseconds since 1970. */
  approximateArrivalTimestamp: optionalNumber,
  /** Where the delivery stream reads from a Kinesis data stream. */
  kinesisRecordMetadata: z.optional(
    z.nullable(z.looseObject({ shardId: optionalText, partitionKey: optionalText, sequenceNumber: optionalText })),
  ),
})

/**
 * What Firehose sends to the function that transforms its records.
 *
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 *
 * @example
 * FirehoseEventSchema.safeParse({ deliveryStreamArn: 'arn', records: [{ recordId: 'r', data: 'e30=' }] }).success // => true
 */
export const FirehoseEventSchema = z.looseObject({
  invocationId: optionalText,
  deliveryStreamArn: z.string(),
  sourceKinesisStreamArn: z.optional(z.nullable(z.string())),
  region: optionalText,
  records: z.array(FirehoseRecordSchema),
})

export type FirehoseRecord = z.infer<typeof FirehoseRecordSchema>
export type FirehoseEvent = z.infer<typeof FirehoseEventSchema>

export const readFirehoseRecord: RecordReader = (record, place, draft) => {
  const fields = fieldsOf(record, place)
  draft.id = textOrNone(fields['recordId']) ?? ''
  if (isFields(fields['kinesisRecordMetadata'])) noteOrder(draft, fields['kinesisRecordMetadata']['partitionKey'])
  noteTime(draft, fields['approximateArrivalTimestamp'])
  nonEmptyTextIn(fields, 'recordId', place)
  return { kind: 'base64', data: textIn(fields, 'data', place), place: placeAt(place, 'data') }
}

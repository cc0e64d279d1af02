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
import type { TypeOf } from './event-type.ts'
import { nonEmptyText, nullableText, optionalNumber, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

/** One record of a delivery stream. Its data is base64: `data`, or `kafkaRecordValue` if the stream reads from Amazon MSK. */
export const FirehoseRecordSchema = /* @__PURE__ */ z
  .looseObject({
    recordId: nonEmptyText,
    data: optionalText,
    kafkaRecordValue: optionalText,
    /** Milliseconds since 1970. */
    approximateArrivalTimestamp: optionalNumber,
    /** Present if the delivery stream reads from a Kinesis data stream. */
    kinesisRecordMetadata: z.optional(
      z.nullable(z.looseObject({ shardId: optionalText, partitionKey: optionalText, sequenceNumber: optionalText })),
    ),
    /** Present if it reads from Amazon MSK. */
    mskRecordMetadata: z.optional(z.nullable(z.looseObject({ offset: optionalText, partitionId: optionalText }))),
  })
  .check(
    /* @__PURE__ */ z.refine(
      ({ data, kafkaRecordValue }) => data !== undefined || kafkaRecordValue !== undefined,
      'must have data or kafkaRecordValue',
    ),
  )

/**
 * The event that Firehose sends to the function that transforms its records.
 *
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 *
 * @example
 * FirehoseEventSchema.safeParse({ deliveryStreamArn: 'arn', records: [{ recordId: 'r', data: 'e30=' }] }).success // => true
 */
export const FirehoseEventSchema = z.looseObject({
  invocationId: optionalText,
  deliveryStreamArn: z.string(),
  sourceKinesisStreamArn: nullableText,
  sourceMSKArn: nullableText,
  region: optionalText,
  records: z.array(FirehoseRecordSchema),
})

export type FirehoseRecord = TypeOf<z.infer<typeof FirehoseRecordSchema>>
export type FirehoseEvent = TypeOf<z.infer<typeof FirehoseEventSchema>>

export const readFirehoseRecord: RecordReader = (record, place, draft) => {
  const fields = fieldsOf(record, place)
  draft.id = textOrNone(fields['recordId']) ?? ''
  if (isFields(fields['kinesisRecordMetadata'])) noteOrder(draft, fields['kinesisRecordMetadata']['partitionKey'])
  noteTime(draft, fields['approximateArrivalTimestamp'])
  nonEmptyTextIn(fields, 'recordId', place)
  const name = fields['data'] === undefined && 'kafkaRecordValue' in fields ? 'kafkaRecordValue' : 'data'
  return { kind: 'base64', data: textIn(fields, name, place), place: placeAt(place, name) }
}

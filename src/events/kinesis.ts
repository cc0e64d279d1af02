import * as z from 'zod/mini'
import { nonEmptyText, optionalNumber, optionalText } from './fields.ts'

/** One record of a Kinesis data stream. */
export const KinesisRecordSchema = z.looseObject({
  eventSource: z.literal('aws:kinesis'),
  eventID: optionalText,
  awsRegion: optionalText,
  eventSourceARN: optionalText,
  kinesis: z.looseObject({
    /** Base64. */
    data: z.string(),
    partitionKey: z.string(),
    sequenceNumber: nonEmptyText,
    /** Seconds since 1970, with a fraction. */
    approximateArrivalTimestamp: optionalNumber,
  }),
})

/**
 * What Lambda hands over from one shard of a Kinesis data stream, the fields of a tumbling window among it.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 *
 * @example
 * KinesisEventSchema.safeParse({ Records: [{ eventSource: 'aws:kinesis', kinesis: { data: '' } }] }).success // => false
 */
export const KinesisEventSchema = z.looseObject({ Records: z.array(KinesisRecordSchema) })

export type KinesisRecord = z.infer<typeof KinesisRecordSchema>
export type KinesisEvent = z.infer<typeof KinesisEventSchema>

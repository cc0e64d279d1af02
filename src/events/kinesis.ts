import * as z from 'zod/mini'
import {
  eventError,
  fieldsOf,
  nonEmptyTextIn,
  noteOrder,
  noteSeconds,
  type RecordReader,
  textIn,
  textOrNone,
} from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { nonEmptyText, optionalNumber, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

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
 * What Lambda delivers from one shard of a Kinesis data stream, the fields of a tumbling window among it.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 *
 * @example
 * KinesisEventSchema.safeParse({ Records: [{ eventSource: 'aws:kinesis', kinesis: { data: '' } }] }).success // => false
 */
export const KinesisEventSchema = z.looseObject({ Records: z.array(KinesisRecordSchema) })

export type KinesisRecord = TypeOf<z.infer<typeof KinesisRecordSchema>>
export type KinesisEvent = TypeOf<z.infer<typeof KinesisEventSchema>>

const AT_KINESIS = ['kinesis']
const AT_DATA = ['kinesis', 'data']

/** In an array from EventBridge Pipes the fields of `kinesis` are in the record itself. */
export const readKinesisRecord: RecordReader = (record, place, draft) => {
  const outer = fieldsOf(record, place)
  const isFlat = outer['kinesis'] === undefined && 'data' in outer
  const kinesis = isFlat ? outer : fieldsOf(outer['kinesis'], place, ['kinesis'])
  draft.id = textOrNone(kinesis['sequenceNumber']) ?? ''
  noteOrder(draft, kinesis['partitionKey'])
  noteSeconds(draft, kinesis['approximateArrivalTimestamp'])
  if (outer['eventSource'] !== 'aws:kinesis') throw eventError('must be "aws:kinesis"', place, ['eventSource'])
  const at = isFlat ? [] : AT_KINESIS
  nonEmptyTextIn(kinesis, 'sequenceNumber', place, at)
  textIn(kinesis, 'partitionKey', place, at)
  return { kind: 'base64', data: textIn(kinesis, 'data', place, at), place: placeAt(place, isFlat ? 'data' : AT_DATA) }
}

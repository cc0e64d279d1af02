import * as z from 'zod/mini'
import {
  eventError,
  type Fields,
  fieldsOf,
  noteOrder,
  noteSeconds,
  type RecordReader,
  textOrNone,
} from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, optionalNumber, optionalText } from './fields.ts'

/** One change of one item. Keys and images are passed unchanged, in DynamoDB's own JSON. */
export const DynamoDBStreamRecordSchema = z.looseObject({
  eventSource: z.literal('aws:dynamodb'),
  eventName: z.literal(['INSERT', 'MODIFY', 'REMOVE']),
  eventID: optionalText,
  awsRegion: optionalText,
  eventSourceARN: optionalText,
  userIdentity: z.optional(z.nullable(anyObject)),
  dynamodb: z.looseObject({
    Keys: z.optional(anyObject),
    NewImage: z.optional(anyObject),
    OldImage: z.optional(anyObject),
    SequenceNumber: optionalText,
    SizeBytes: optionalNumber,
    StreamViewType: optionalText,
    /** Seconds since 1970, possibly with a fraction. */
    ApproximateCreationDateTime: optionalNumber,
  }),
})

/**
 * The event that Lambda delivers from one shard of a DynamoDB stream, including the fields of a tumbling window.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 *
 * @example
 * const record = { eventSource: 'aws:dynamodb', eventName: 'REMOVE', dynamodb: { Keys: { id: { N: '1' } } } }
 * DynamoDBStreamEventSchema.safeParse({ Records: [record] }).success // => true
 */
export const DynamoDBStreamEventSchema = z.looseObject({ Records: z.array(DynamoDBStreamRecordSchema) })

export type DynamoDBStreamRecord = TypeOf<z.infer<typeof DynamoDBStreamRecordSchema>>
export type DynamoDBStreamEvent = TypeOf<z.infer<typeof DynamoDBStreamEventSchema>>

export const readDynamoDBStreamRecord: RecordReader = (record, place, draft) => {
  const outer = fieldsOf(record, place)
  const change = fieldsOf(outer['dynamodb'], place, ['dynamodb'])
  draft.id = textOrNone(change['SequenceNumber']) ?? ''
  if (change['Keys'] !== undefined) noteOrder(draft, keyText(fieldsOf(change['Keys'], place, ['dynamodb', 'Keys'])))
  noteSeconds(draft, change['ApproximateCreationDateTime'])
  if (outer['eventSource'] !== 'aws:dynamodb') throw eventError('must be "aws:dynamodb"', place, ['eventSource'])
  return { kind: 'json', data: record, place }
}

/** The key of an item, independent of the order of its two attributes. */
function keyText(keys: Fields): string {
  return JSON.stringify(
    Object.keys(keys)
      .sort()
      .map((name) => [name, keys[name]]),
  )
}

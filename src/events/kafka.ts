import * as z from 'zod/mini'
import {
  eventError,
  type Fields,
  fieldsOf,
  nonEmptyTextIn,
  noteTime,
  type RecordDraft,
  type RecordReader,
  textIn,
} from './event-record.ts'
import { nonEmptyText, nullableText, optionalNumber, optionalText } from './fields.ts'
import { textOf } from './payload.ts'
import { type Place, placeAt } from './place.ts'

/** One record of a topic. Its key and value are base64 or, a tombstone's value for one, null. */
export const KafkaRecordSchema = z.looseObject({
  topic: nonEmptyText,
  partition: z.number(),
  offset: z.number(),
  /** Milliseconds since 1970. */
  timestamp: optionalNumber,
  timestampType: optionalText,
  key: nullableText,
  value: nullableText,
  /** One object a header, its bytes as signed numbers: `[{ name: [104, -61] }]`. */
  headers: z.optional(z.custom<readonly Readonly<Record<string, readonly number[]>>[] | null>()),
})

/**
 * What Lambda hands over from Amazon MSK or a Kafka cluster of your own: lists of records under the name of their topic and partition.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html
 *
 * @example
 * const record = { topic: 'orders', partition: 0, offset: 12, value: 'e30=', headers: [{ trace: [-61, 40] }] }
 * KafkaEventSchema.safeParse({ eventSource: 'aws:kafka', records: { 'orders-0': [record] } }).success // => true
 */
export const KafkaEventSchema = z.looseObject({
  eventSource: z.literal(['aws:kafka', 'SelfManagedKafka']),
  eventSourceArn: optionalText,
  bootstrapServers: optionalText,
  // `z.record` is heavier by 3 kB.
  records: z.catchall(z.object({}), z.array(KafkaRecordSchema)),
})

export type KafkaRecord = z.infer<typeof KafkaRecordSchema>
export type KafkaEvent = z.infer<typeof KafkaEventSchema>

export const readKafkaRecord: RecordReader = (record, place, draft) => {
  const fields = fieldsOf(record, place)
  identify(fields, place, draft)
  noteTime(draft, fields['timestamp'])
  const at = placeAt(place, 'value')
  if (fields['value'] === undefined || fields['value'] === null) return { kind: 'none', data: null, place: at }
  return { kind: 'base64', data: textIn(fields, 'value', place), place: at }
}

/** Pipes write the number of the partition as text. */
function identify(fields: Fields, place: Place, draft: RecordDraft): void {
  const { partition: number, offset } = fields
  const topic = nonEmptyTextIn(fields, 'topic', place)
  if (typeof number !== 'number' && typeof number !== 'string') {
    throw eventError('must have a number here', place, ['partition'])
  }
  if (typeof offset !== 'number') throw eventError('must have a number here', place, ['offset'])
  const partition = `${topic}-${number}`
  draft.id = `${partition}:${offset}`
  draft.kafka = { partition, offset }
  draft.orderingKey = keyOf(fields['key'], place) ?? partition
}

/** The key as text, or in base64 where it is none. */
function keyOf(key: unknown, place: Place): string | undefined {
  if (typeof key !== 'string') return undefined
  try {
    return textOf({ kind: 'base64', data: key, place })
  } catch {
    return key
  }
}

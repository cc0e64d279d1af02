import * as z from 'zod/mini'
import { nonEmptyText, nullableText, optionalNumber, optionalText } from './fields.ts'

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

import * as z from 'zod/mini'
import { type Fields, fieldsOf, isFields, noteTime, type RecordReader, textIn, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, nullableText, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

/** One message of a queue of RabbitMQ. */
export const RabbitMqMessageSchema = z.looseObject({
  basicProperties: z.optional(
    z.looseObject({
      contentType: nullableText,
      headers: z.optional(z.nullable(anyObject)),
      correlationId: nullableText,
      messageId: nullableText,
      /** In Java's format, in UTC: `Jan 1, 1970, 12:33:41 AM`. */
      timestamp: nullableText,
      type: nullableText,
    }),
  ),
  redelivered: z.optional(z.boolean()),
  /** Base64. */
  data: z.string(),
})

/**
 * The event that Lambda delivers from Amazon MQ for RabbitMQ: lists of messages by queue and virtual host.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 *
 * @example
 * const message = { basicProperties: { messageId: 'm-1', headers: { trace: 'a' } }, redelivered: false, data: 'e30=' }
 * RabbitMqEventSchema.safeParse({ eventSource: 'aws:rmq', rmqMessagesByQueue: { 'orders::/': [message] } }).success // => true
 */
export const RabbitMqEventSchema = z.looseObject({
  eventSource: z.literal('aws:rmq'),
  eventSourceArn: optionalText,
  rmqMessagesByQueue: z.catchall(z.object({}), z.array(RabbitMqMessageSchema)),
})

export type RabbitMqMessage = TypeOf<z.infer<typeof RabbitMqMessageSchema>>
export type RabbitMqEvent = TypeOf<z.infer<typeof RabbitMqEventSchema>>

/** A message has an id only if its producer set one. */
export const readRabbitMqMessage: RecordReader = (record, place, draft) => {
  const message = fieldsOf(record, place)
  const properties: Fields = isFields(message['basicProperties']) ? message['basicProperties'] : {}
  draft.id = textOrNone(properties['messageId']) ?? ''
  const time = textOrNone(properties['timestamp'])
  // Newer versions of Java put a narrow no-break space before AM and PM.
  if (time !== undefined) noteTime(draft, `${time.replace(/\u202f/g, ' ')} UTC`)
  return { kind: 'base64', data: textIn(message, 'data', place), place: placeAt(place, 'data') }
}

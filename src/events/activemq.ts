import * as z from 'zod/mini'
import { fieldsOf, nonEmptyTextIn, noteTime, type RecordReader, textIn, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, nonEmptyText, optionalNumber, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

/** One message of a queue or topic of ActiveMQ. */
export const ActiveMqMessageSchema = z.looseObject({
  messageID: nonEmptyText,
  /** `jms/text-message` or `jms/bytes-message`. */
  messageType: optionalText,
  /** Base64. */
  data: z.string(),
  /** Milliseconds since 1970. */
  timestamp: optionalNumber,
  redelivered: z.optional(z.boolean()),
  destination: z.optional(anyObject),
})

/**
 * What Lambda delivers from Amazon MQ for ActiveMQ.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 *
 * @example
 * const message = { messageID: 'ID:b-1', messageType: 'jms/text-message', data: 'e30=', destination: { physicalName: 'orders' } }
 * ActiveMqEventSchema.safeParse({ eventSource: 'aws:mq', eventSourceArn: 'arn', messages: [message] }).success // => true
 */
export const ActiveMqEventSchema = z.looseObject({
  eventSource: z.literal(['aws:mq', 'aws:amq']),
  eventSourceArn: optionalText,
  messages: z.array(ActiveMqMessageSchema),
})

export type ActiveMqMessage = TypeOf<z.infer<typeof ActiveMqMessageSchema>>
export type ActiveMqEvent = TypeOf<z.infer<typeof ActiveMqEventSchema>>

export const readActiveMqMessage: RecordReader = (record, place, draft) => {
  const message = fieldsOf(record, place)
  draft.id = textOrNone(message['messageID']) ?? ''
  noteTime(draft, typeof message['timestamp'] === 'number' ? message['timestamp'] : undefined)
  nonEmptyTextIn(message, 'messageID', place)
  return { kind: 'base64', data: textIn(message, 'data', place), place: placeAt(place, 'data') }
}

import fc from 'fast-check'
import type { RabbitMqEvent } from '../events/index.ts'
import { arbitraryPayload, base64OfPayload, type PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary, SIZED } from './check-arbitrary.ts'
import { ACCOUNT, plainDictionary, plainRecord, type RecordCount, region, resourceName } from './event-parts.ts'

/**
 * Events that Lambda delivers from Amazon MQ for RabbitMQ: one or two queues, messages with or without an id of their
 * producer. `maxRecords` applies to each queue.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 *
 * @param options.payload - payloads of the messages: text and bytes unchanged, everything else as JSON.
 * @returns an arbitrary of events of `RabbitMqEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryRabbitMqEvent(), (event) => readRecords(event, bytesPayload()).every(({ payload }) => payload.ok)))
 */
export function arbitraryRabbitMqEvent(options: PayloadOption & RecordCount = {}): fc.Arbitrary<RabbitMqEvent> {
  checkArbitrary('arbitraryRabbitMqEvent', options, SIZED)
  const { payload = arbitraryPayload(), minRecords = 1, maxRecords = Math.max(minRecords, 5) } = options
  const message = plainRecord({
    basicProperties: plainRecord({
      contentType: fc.constantFrom('text/plain', 'application/json', null),
      headers: fc.constantFrom(null, { trace: { bytes: [118, 97] } }),
      messageId: fc.option(fc.uuid()),
      timestamp: fc.constantFrom('Jan 1, 1970, 12:33:41 AM', 'Dec 31, 2026, 11:59:59\u202fPM', null),
    }),
    redelivered: fc.boolean(),
    data: payload.map(base64OfPayload),
  })
  const queue = resourceName.map((name) => `${name}::/`)
  const messages = fc.array(message, { minLength: minRecords, maxLength: maxRecords })
  return plainRecord({
    eventSource: fc.constant('aws:rmq' as const),
    eventSourceArn: region.map((name) => `arn:aws:mq:${name}:${ACCOUNT}:broker:orders:b-1`),
    rmqMessagesByQueue: plainDictionary(queue, messages, { minKeys: 1, maxKeys: 2 }),
  })
}

import fc from 'fast-check'
import type { ActiveMqEvent } from '../events/index.ts'
import { arbitraryPayload, base64OfPayload, type PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary, SIZED } from './check-arbitrary.ts'
import { ACCOUNT, epochMs, plainRecord, type RecordCount, region, resourceName } from './event-parts.ts'

/**
 * Events that Lambda delivers from Amazon MQ for ActiveMQ: text and bytes messages.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 *
 * @param options.payload - payloads of the messages: text and bytes unchanged, everything else as JSON.
 * @returns an arbitrary of events of `ActiveMqEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryActiveMqEvent(), (event) => readRecords(event, bytesPayload()).length === event.messages.length))
 */
export function arbitraryActiveMqEvent(options: PayloadOption & RecordCount = {}): fc.Arbitrary<ActiveMqEvent> {
  checkArbitrary('arbitraryActiveMqEvent', options, SIZED)
  const { payload = arbitraryPayload(), minRecords = 1, maxRecords = Math.max(minRecords, 5) } = options
  const message = plainRecord({
    messageID: fc.uuid().map((id) => `ID:b-${id}-1:1`),
    messageType: fc.constantFrom('jms/text-message', 'jms/bytes-message'),
    deliveryMode: fc.constantFrom(1, 2),
    redelivered: fc.boolean(),
    timestamp: epochMs,
    data: payload.map(base64OfPayload),
    destination: plainRecord({ physicalName: resourceName }),
  })
  return plainRecord({
    eventSource: fc.constantFrom('aws:mq' as const, 'aws:amq' as const),
    eventSourceArn: region.map((name) => `arn:aws:mq:${name}:${ACCOUNT}:broker:orders:b-1`),
    messages: fc.array(message, { minLength: minRecords, maxLength: maxRecords }),
  })
}

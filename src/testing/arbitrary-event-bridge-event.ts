import fc from 'fast-check'
import type { EventBridgeEvent } from '../events/index.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, anyText, isoSeconds, plainDictionary, plainRecord, region } from './event-parts.ts'

/** The fields around the detail of every event of a bus. */
export function busEnvelope() {
  return { version: fc.constant('0'), id: fc.uuid(), account: fc.constant(ACCOUNT), time: isoSeconds, region }
}

/**
 * Events of an EventBridge bus, from AWS, a partner or custom applications.
 *
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events.html
 *
 * @param options.detail - details of the events; an object of JSON when absent.
 * @returns an arbitrary of events of `EventBridgeEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryEventBridgeEvent(), (event) => readRecords(event, jsonPayload())[0]?.id === event.id))
 */
export function arbitraryEventBridgeEvent(
  options: { readonly detail?: fc.Arbitrary<unknown> } = {},
): fc.Arbitrary<EventBridgeEvent> {
  checkArbitrary('arbitraryEventBridgeEvent', options, ['detail'])
  const { detail = plainDictionary(anyText(8), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }) } = options
  return plainRecord({
    ...busEnvelope(),
    source: fc.constantFrom('my.shop', 'aws.ec2', 'aws.partner/example.com/orders'),
    'detail-type': fc.constantFrom('Order Placed', 'EC2 Instance State-change Notification'),
    resources: fc.array(fc.constantFrom(`arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-0`), { maxLength: 2 }),
    detail,
  })
}

import fc from 'fast-check'
import type { ScheduledEvent } from '../events/index.ts'
import { checkNone } from '../internal/check-arguments.ts'
import { busEnvelope } from './arbitrary-event-bridge-event.ts'
import { ACCOUNT, plainRecord, resourceName } from './event-parts.ts'

/**
 * Events of scheduled rules of EventBridge and of EventBridge Scheduler.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 *
 * @returns an arbitrary of events of `ScheduledEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryScheduledEvent(), (event) => detectSource(event) === 'scheduled'))
 */
export function arbitraryScheduledEvent(): fc.Arbitrary<ScheduledEvent>
export function arbitraryScheduledEvent(...given: readonly unknown[]): fc.Arbitrary<ScheduledEvent> {
  checkNone('arbitraryScheduledEvent', given)
  const common = { ...busEnvelope(), 'detail-type': fc.constant('Scheduled Event' as const) }
  const resources = (service: string): fc.Arbitrary<string[]> =>
    resourceName.map((name) => [`arn:aws:${service}:us-east-1:${ACCOUNT}:${name}`])
  return fc.oneof(
    plainRecord({
      ...common,
      source: fc.constant('aws.events' as const),
      resources: resources('events'),
      detail: fc.constant({}),
    }),
    plainRecord({
      ...common,
      source: fc.constant('aws.scheduler' as const),
      resources: resources('scheduler'),
      detail: fc.constant('{}'),
    }),
  )
}

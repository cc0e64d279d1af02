import * as z from 'zod/mini'
import type { RecordReader } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { eventBridgeEnvelope, readEventBridgeEvent } from './eventbridge.ts'

/**
 * The event that a scheduled rule of EventBridge, or a schedule of EventBridge Scheduler without a custom input, sends. The detail of the first
 * is an empty object, that of the second the text `{}`.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 *
 * @example
 * const event = { id: '1', source: 'aws.scheduler', 'detail-type': 'Scheduled Event', time: '2026-01-31T12:00:00Z', detail: '{}' }
 * ScheduledEventSchema.safeParse(event).success // => true
 */
export const ScheduledEventSchema = z.looseObject({
  ...eventBridgeEnvelope,
  source: z.literal(['aws.events', 'aws.scheduler']),
  'detail-type': z.literal('Scheduled Event'),
  detail: z.unknown(),
})

export type ScheduledEvent = TypeOf<z.infer<typeof ScheduledEventSchema>>

/** The detail that EventBridge Scheduler sends is JSON as text. */
export const readScheduledEvent: RecordReader = (event, place, draft) => {
  const payload = readEventBridgeEvent(event, place, draft)
  return typeof payload.data === 'string' ? { kind: 'text', data: payload.data, place: payload.place } : payload
}

import * as z from 'zod/mini'
import { fieldsOf, nonEmptyTextIn, noteTime, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { nonEmptyText, optionalText } from './fields.ts'
import { placeAt } from './place.ts'

/** The envelope around the detail of every event on a bus. */
export const eventBridgeEnvelope = {
  id: nonEmptyText,
  source: nonEmptyText,
  'detail-type': nonEmptyText,
  account: optionalText,
  region: optionalText,
  /** ISO 8601. */
  time: optionalText,
  resources: z.optional(z.array(z.string())),
}

/**
 * An event of an EventBridge bus: AWS's own, a partner's or yours.
 *
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events.html
 *
 * @example
 * EventBridgeEventSchema.safeParse({ id: '1', source: 'my.shop', 'detail-type': 'Order Placed', detail: {} }).success // => true
 */
export const EventBridgeEventSchema = z.looseObject({ ...eventBridgeEnvelope, detail: z.unknown() })

export type EventBridgeEvent = TypeOf<z.infer<typeof EventBridgeEventSchema>>

export const readEventBridgeEvent: RecordReader = (event, place, draft) => {
  const fields = fieldsOf(event, place)
  draft.id = textOrNone(fields['id']) ?? ''
  noteTime(draft, textOrNone(fields['time']))
  nonEmptyTextIn(fields, 'id', place)
  return { kind: 'json', data: fields['detail'], place: placeAt(place, 'detail'), event }
}

import * as z from 'zod/mini'
import { bodyOf, fieldsOf, noteOrder, noteTime, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { nonEmptyText, nullableText, optionalNumber, optionalText, textListMap, textMap } from './fields.ts'

/**
 * A message, a connection or a disconnection at a WebSocket API of API Gateway. A request to its Lambda authorizer is not an event of this kind.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 *
 * @example
 * const requestContext = { routeKey: 'sendOrder', eventType: 'MESSAGE', connectionId: 'c', requestId: 'r' }
 * WebSocketEventSchema.safeParse({ requestContext, body: '{}', isBase64Encoded: false }).success // => true
 */
export const WebSocketEventSchema = z.looseObject({
  requestContext: z.looseObject({
    routeKey: optionalText,
    eventType: z.literal(['CONNECT', 'MESSAGE', 'DISCONNECT']),
    connectionId: nonEmptyText,
    requestId: optionalText,
    /** Milliseconds since 1970. */
    requestTimeEpoch: optionalNumber,
    domainName: optionalText,
    stage: optionalText,
  }),
  /** Headers of the connecting request. */
  headers: textMap,
  multiValueHeaders: textListMap,
  queryStringParameters: textMap,
  body: nullableText,
  isBase64Encoded: z.optional(z.boolean()),
})

export type WebSocketEvent = TypeOf<z.infer<typeof WebSocketEventSchema>>

export const readWebSocketEvent: RecordReader = (event, place, draft) => {
  const fields = fieldsOf(event, place)
  const context = fieldsOf(fields['requestContext'], place, ['requestContext'])
  draft.id = textOrNone(context['requestId']) ?? ''
  noteOrder(draft, context['connectionId'])
  noteTime(draft, context['requestTimeEpoch'])
  return bodyOf(fields, place)
}

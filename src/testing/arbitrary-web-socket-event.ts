import fc from 'fast-check'
import type { WebSocketEvent } from '../events/index.ts'
import type { PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { epochMs, plainRecord } from './event-parts.ts'
import { headers, httpBody } from './http-parts.ts'

/**
 * Messages, connections and disconnections at a WebSocket API of API Gateway; the latter two have no body.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 *
 * @param options.payload - the body of messages: bytes and text unchanged, everything else as JSON.
 * @returns an arbitrary of events of `WebSocketEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryWebSocketEvent(), (event) => readRecords(event, bytesPayload())[0]?.payload.ok === true))
 */
export function arbitraryWebSocketEvent(options: PayloadOption = {}): fc.Arbitrary<WebSocketEvent> {
  checkArbitrary('arbitraryWebSocketEvent', options, ['payload'])
  const context = plainRecord({
    connectionId: fc.stringMatching(/^[A-Za-z0-9]{8}=$/),
    requestId: fc.uuid(),
    requestTimeEpoch: epochMs,
  })
  const message = fc.tuple(context, httpBody(options, {})).map(([each, body]) => ({
    requestContext: { ...each, routeKey: '$default', eventType: 'MESSAGE' as const, ...API },
    ...body,
  }))
  const connection = fc.tuple(context, headers).map(([each, list]) => ({
    headers: list,
    requestContext: { ...each, routeKey: '$connect', eventType: 'CONNECT' as const, ...API },
    isBase64Encoded: false,
  }))
  const end = context.map((each) => ({
    requestContext: { ...each, routeKey: '$disconnect', eventType: 'DISCONNECT' as const, ...API },
    isBase64Encoded: false,
  }))
  return fc.oneof({ weight: 3, arbitrary: message }, connection, end)
}

const API = { domainName: 'id.execute-api.eu-west-1.amazonaws.com', stage: 'live', apiId: 'id' }

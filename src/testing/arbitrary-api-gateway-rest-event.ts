import fc from 'fast-check'
import type { ApiGatewayRestEvent } from '../events/index.ts'
import type { PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, epochMs, plainRecord } from './event-parts.ts'
import { headers, httpBody, httpMethod, multiValues, path, texts } from './http-parts.ts'

/**
 * Requests to a REST API of API Gateway with proxy integration. Fields without a value are null, including the body.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 *
 * @param options.payload - the body, as text or base64: bytes and text unchanged, everything else as JSON.
 * @returns an arbitrary of events of `ApiGatewayRestEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryApiGatewayRestEvent(), (event) => readRecords(event, bytesPayload())[0]?.payload.ok === true))
 */
export function arbitraryApiGatewayRestEvent(options: PayloadOption = {}): fc.Arbitrary<ApiGatewayRestEvent> {
  checkArbitrary('arbitraryApiGatewayRestEvent', options, ['payload'])
  const request = plainRecord({
    resource: fc.constantFrom('/', '/orders/{id}', '/{proxy+}'),
    path,
    httpMethod,
    names: fc.option(headers),
    query: fc.option(texts),
    pathParameters: fc.option(texts),
    stageVariables: fc.option(texts),
    requestId: fc.uuid(),
    requestTimeEpoch: epochMs,
    body: httpBody(options, { body: null }),
  })
  return request.map(({ names, query, requestId, requestTimeEpoch, body, ...rest }) => ({
    ...rest,
    headers: names,
    multiValueHeaders: names && multiValues(names),
    queryStringParameters: query,
    multiValueQueryStringParameters: query && multiValues(query),
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'gy415nuibc',
      httpMethod: rest.httpMethod,
      identity: { sourceIp: '192.0.2.1', userAgent: null },
      path: `/prod${rest.path}`,
      protocol: 'HTTP/1.1',
      requestId,
      requestTimeEpoch,
      resourcePath: rest.resource,
      stage: 'prod',
    },
    ...body,
  }))
}

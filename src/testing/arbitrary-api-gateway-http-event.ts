import fc from 'fast-check'
import type { ApiGatewayHttpEvent } from '../events/index.ts'
import type { PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, epochMs, withOptional } from './event-parts.ts'
import { headers, httpBody, httpMethod, path, texts } from './http-parts.ts'

/**
 * Requests to an HTTP API of API Gateway, payload format 2.0, or to a function URL. Fields without a value are absent.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * @param options.payload - the body, as text or base64: bytes and text unchanged, everything else as JSON.
 * @returns an arbitrary of events of `ApiGatewayHttpEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryApiGatewayHttpEvent(), (event) => readRecords(event, bytesPayload())[0]?.payload.ok === true))
 */
export function arbitraryApiGatewayHttpEvent(options: PayloadOption = {}): fc.Arbitrary<ApiGatewayHttpEvent> {
  checkArbitrary('arbitraryApiGatewayHttpEvent', options, ['payload'])
  const request = withOptional(
    {
      rawPath: path,
      rawQueryString: fc.constantFrom('', 'a=1&a=2'),
      headers,
      method: httpMethod,
      requestId: fc.uuid(),
      timeEpoch: epochMs,
      domain: fc.constantFrom('id.execute-api.us-east-1.amazonaws.com', 'url-id.lambda-url.us-west-2.on.aws'),
      body: httpBody(options, {}),
    },
    {
      cookies: fc.array(fc.constantFrom('a=1', 'b=2'), { minLength: 1, maxLength: 2 }),
      queryStringParameters: texts,
      pathParameters: texts,
      stageVariables: texts,
    },
  )
  return request.map(({ method, requestId, timeEpoch, domain, body, ...rest }) => ({
    version: '2.0' as const,
    routeKey: '$default',
    ...rest,
    requestContext: {
      accountId: domain.includes('lambda-url') ? 'anonymous' : ACCOUNT,
      apiId: domain.split('.', 1)[0],
      domainName: domain,
      domainPrefix: domain.split('.', 1)[0],
      http: { method, path: rest.rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'agent' },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch,
    },
    ...body,
  }))
}

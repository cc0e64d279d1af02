import fc from 'fast-check'
import type { AlbEvent } from '../events/index.ts'
import type { PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, plainRecord } from './event-parts.ts'
import { headers, httpBody, httpMethod, multiValues, path, texts, traceId } from './http-parts.ts'

/**
 * Requests through an Application Load Balancer, with single or multiple values per header. A request without body has an empty one.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 *
 * @param options.payload - the body, as text or base64: bytes and text unchanged, everything else as JSON.
 * @returns an arbitrary of events of `AlbEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryAlbEvent(), (event) => readRecords(event, bytesPayload())[0]?.payload.ok === true))
 */
export function arbitraryAlbEvent(options: PayloadOption = {}): fc.Arbitrary<AlbEvent> {
  checkArbitrary('arbitraryAlbEvent', options, ['payload'])
  const request = plainRecord({
    httpMethod,
    path,
    names: headers,
    trace: traceId,
    query: texts,
    hasMultipleValues: fc.boolean(),
    body: httpBody(options, { body: '' }),
  })
  return request.map(({ names, trace, query, hasMultipleValues, body, ...rest }) => {
    const all = { ...names, 'x-amzn-trace-id': trace }
    return {
      requestContext: {
        elb: { targetGroupArn: `arn:aws:elasticloadbalancing:us-east-1:${ACCOUNT}:targetgroup/lambda/abcdefgh` },
      },
      ...rest,
      ...(hasMultipleValues
        ? { multiValueHeaders: multiValues(all), multiValueQueryStringParameters: multiValues(query) }
        : { headers: all, queryStringParameters: query }),
      ...body,
    }
  })
}

import * as z from 'zod/mini'
import { bodyOf, fieldsOf, isFields, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, nullableText, textListMap, textMap } from './fields.ts'

/**
 * A request through an Application Load Balancer, with single or multiple values per header, depending on the target group.
 *
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 *
 * @example
 * const event = { requestContext: { elb: { targetGroupArn: 'arn' } }, httpMethod: 'GET', path: '/', body: '', isBase64Encoded: false }
 * AlbEventSchema.safeParse(event).success // => true
 */
export const AlbEventSchema = z.looseObject({
  requestContext: z.looseObject({ elb: anyObject }),
  httpMethod: z.string(),
  path: z.string(),
  headers: textMap,
  multiValueHeaders: textListMap,
  queryStringParameters: textMap,
  multiValueQueryStringParameters: textListMap,
  body: nullableText,
  isBase64Encoded: z.optional(z.boolean()),
})

export type AlbEvent = TypeOf<z.infer<typeof AlbEventSchema>>

/** A load balancer does not identify a request, but its trace does, if sent. */
export const readAlbEvent: RecordReader = (event, place, draft) => {
  const fields = fieldsOf(event, place)
  const { headers, multiValueHeaders } = fields
  const traces = isFields(multiValueHeaders) ? multiValueHeaders['x-amzn-trace-id'] : undefined
  const trace = isFields(headers) ? headers['x-amzn-trace-id'] : Array.isArray(traces) ? traces[0] : undefined
  draft.id = textOrNone(trace) ?? ''
  return bodyOf(fields, place)
}

import * as z from 'zod/mini'
import { anyObject, nullableText, textListMap, textMap } from './fields.ts'

/**
 * A request through an Application Load Balancer, with single or multiple values a header, as the target group is set.
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

export type AlbEvent = z.infer<typeof AlbEventSchema>

import * as z from 'zod/mini'
import { bodyOf, fieldsOf, noteTime, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { nullableText, optionalNumber, optionalText, textMap } from './fields.ts'

/**
 * A request to an HTTP API of API Gateway (payload format 2.0) or to a function URL.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * and https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 *
 * @example
 * const event = { version: '2.0', rawPath: '/', requestContext: { http: { method: 'GET', path: '/' } } }
 * ApiGatewayHttpEventSchema.safeParse(event).success // => true
 */
export const ApiGatewayHttpEventSchema = z.looseObject({
  version: z.literal('2.0'),
  rawPath: z.string(),
  rawQueryString: optionalText,
  cookies: z.optional(z.array(z.string())),
  headers: textMap,
  queryStringParameters: textMap,
  pathParameters: textMap,
  stageVariables: textMap,
  requestContext: z.looseObject({
    requestId: optionalText,
    /** Milliseconds since 1970. */
    timeEpoch: optionalNumber,
    http: z.looseObject({ method: z.string(), path: optionalText }),
  }),
  body: nullableText,
  isBase64Encoded: z.optional(z.boolean()),
})

export type ApiGatewayHttpEvent = TypeOf<z.infer<typeof ApiGatewayHttpEventSchema>>

export const readApiGatewayHttpEvent: RecordReader = (event, place, draft) => {
  const fields = fieldsOf(event, place)
  const context = fieldsOf(fields['requestContext'], place, ['requestContext'])
  draft.id = textOrNone(context['requestId']) ?? ''
  noteTime(draft, context['timeEpoch'])
  return bodyOf(fields, place)
}

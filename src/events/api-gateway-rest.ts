import * as z from 'zod/mini'
import { bodyOf, fieldsOf, noteTime, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { nullableText, optionalNumber, optionalText, textListMap, textMap } from './fields.ts'

/**
 * A request to a REST API of API Gateway with proxy integration, or to an HTTP API with payload format 1.0.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 *
 * @example
 * const event = { resource: '/', path: '/', httpMethod: 'POST', headers: null, requestContext: { requestId: 'r' }, body: '{}' }
 * ApiGatewayRestEventSchema.safeParse(event).success // => true
 */
export const ApiGatewayRestEventSchema = z.looseObject({
  resource: z.string(),
  path: z.string(),
  httpMethod: z.string(),
  headers: textMap,
  multiValueHeaders: textListMap,
  queryStringParameters: textMap,
  multiValueQueryStringParameters: textListMap,
  pathParameters: textMap,
  stageVariables: textMap,
  requestContext: z.looseObject({
    requestId: optionalText,
    /** Milliseconds since 1970. */
    requestTimeEpoch: optionalNumber,
  }),
  body: nullableText,
  isBase64Encoded: z.optional(z.boolean()),
})

export type ApiGatewayRestEvent = TypeOf<z.infer<typeof ApiGatewayRestEventSchema>>

export const readApiGatewayRestEvent: RecordReader = (event, place, draft) => {
  const fields = fieldsOf(event, place)
  const context = fieldsOf(fields['requestContext'], place, ['requestContext'])
  draft.id = textOrNone(context['requestId']) ?? ''
  noteTime(draft, context['requestTimeEpoch'])
  return bodyOf(fields, place)
}

import * as z from 'zod/mini'
import { bodyOf, fieldsOf, isFields, noteTime, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, nullableText, optionalText, textMap } from './fields.ts'

const version1 = /* @__PURE__ */ z.looseObject({
  raw_path: z.string(),
  method: z.string(),
  headers: textMap,
  query_string_parameters: textMap,
  body: nullableText,
  is_base64_encoded: z.optional(z.boolean()),
})

const version2 = /* @__PURE__ */ z.looseObject({
  version: z.literal('2.0'),
  path: z.string(),
  method: z.string(),
  /** Names with one value, or a list of values. */
  headers: z.optional(
    /* @__PURE__ */ z.custom<Readonly<Record<string, readonly string[] | string | undefined>> | null>(),
  ),
  queryStringParameters: z.optional(
    /* @__PURE__ */ z.custom<Readonly<Record<string, readonly string[] | string | undefined>> | null>(),
  ),
  body: nullableText,
  isBase64Encoded: z.optional(z.boolean()),
  requestContext: z.looseObject({
    serviceNetworkArn: optionalText,
    serviceArn: optionalText,
    targetGroupArn: optionalText,
    identity: z.optional(anyObject),
    region: optionalText,
    /** Microseconds since 1970, as text. */
    timeEpoch: optionalText,
  }),
})

/**
 * A request through VPC Lattice, in event structure 1 or 2.
 *
 * Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
 *
 * @example
 * VpcLatticeEventSchema.safeParse({ raw_path: '/orders', method: 'GET', headers: {}, is_base64_encoded: false }).success // => true
 * const requestContext = { serviceArn: 'arn', timeEpoch: '1767225600000000' }
 * VpcLatticeEventSchema.safeParse({ version: '2.0', path: '/', method: 'POST', body: '{}', requestContext }).success // => true
 */
export const VpcLatticeEventSchema = z.union([version1, version2])

export type VpcLatticeEvent = TypeOf<z.infer<typeof VpcLatticeEventSchema>>

/** Lattice does not identify a request, but its trace does, if sent. */
export const readVpcLatticeEvent: RecordReader = (event, place, draft) => {
  const fields = fieldsOf(event, place)
  const { headers, requestContext } = fields
  const trace = isFields(headers) ? headers['x-amzn-trace-id'] : undefined
  draft.id = textOrNone(Array.isArray(trace) ? trace[0] : trace) ?? ''
  const micros = isFields(requestContext) ? textOrNone(requestContext['timeEpoch']) : undefined
  if (micros !== undefined && /^\d+$/.test(micros)) noteTime(draft, Number(micros) / 1000)
  return bodyOf(
    { body: fields['body'], isBase64Encoded: fields['isBase64Encoded'] ?? fields['is_base64_encoded'] },
    place,
  )
}

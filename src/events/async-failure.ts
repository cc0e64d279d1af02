import * as z from 'zod/mini'
import type { TypeOf } from './event-type.ts'
import { anyObject, optionalNumber, optionalText } from './fields.ts'

/**
 * The event that Lambda sends to the on-failure destination of a function that was invoked asynchronously, once its
 * retries are exhausted or the event is too old: the event itself is `requestPayload`. The record of a success has the
 * same shape and is rejected by its condition.
 *
 * It arrives directly, or as the body of an SQS message or the text of an SNS message: then decode it with
 * `jsonPayload(AsyncFailureEventSchema)`.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 *
 * @example
 * const requestContext = { requestId: 'r', condition: 'RetriesExhausted' }
 * AsyncFailureEventSchema.safeParse({ requestContext, requestPayload: { id: 1 } }).success // => true
 */
export const AsyncFailureEventSchema = z.looseObject({
  version: optionalText,
  /** ISO 8601. */
  timestamp: optionalText,
  requestContext: z.looseObject({
    requestId: optionalText,
    functionArn: optionalText,
    /** `RetriesExhausted` or `EventAgeExceeded`. */
    condition: /* @__PURE__ */ z
      .string()
      .check(/* @__PURE__ */ z.refine((condition) => condition !== 'Success', 'must be the condition of a failure')),
    approximateInvokeCount: optionalNumber,
  }),
  requestPayload: z.unknown(),
  responseContext: z.optional(z.nullable(anyObject)),
  responsePayload: z.optional(z.unknown()),
})

export type AsyncFailureEvent = TypeOf<z.infer<typeof AsyncFailureEventSchema>>

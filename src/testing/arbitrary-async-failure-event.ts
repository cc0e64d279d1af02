import fc from 'fast-check'
import type { AsyncFailureEvent } from '../events/index.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, isoTime, plainRecord, withOptional } from './event-parts.ts'

/**
 * Records that Lambda sends to the on-failure destination of an asynchronously invoked function.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 *
 * @param options.requestPayload - the failed events; any JSON when absent.
 * @returns an arbitrary of events of `AsyncFailureEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryAsyncFailureEvent(), (event) => detectSource(event) === 'async-failure'))
 */
export function arbitraryAsyncFailureEvent(
  options: { readonly requestPayload?: fc.Arbitrary<unknown> } = {},
): fc.Arbitrary<AsyncFailureEvent> {
  checkArbitrary('arbitraryAsyncFailureEvent', options, ['requestPayload'])
  const { requestPayload = fc.jsonValue() } = options
  return withOptional(
    {
      version: fc.constant('1.0'),
      timestamp: isoTime,
      requestContext: plainRecord({
        requestId: fc.uuid(),
        functionArn: fc.constant(`arn:aws:lambda:us-east-1:${ACCOUNT}:function:job:$LATEST`),
        condition: fc.constantFrom('RetriesExhausted', 'EventAgeExceeded'),
        approximateInvokeCount: fc.integer({ min: 1, max: 3 }),
      }),
      requestPayload,
    },
    {
      responseContext: fc.constant({ statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' }),
      responsePayload: fc.constant({ errorMessage: 'no', errorType: 'Error', trace: [] }),
    },
  )
}

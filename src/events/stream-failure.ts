import * as z from 'zod/mini'
import type { TypeOf } from './event-type.ts'
import { anyObject, nonEmptyText, optionalNumber, optionalText } from './fields.ts'

const batchInfo = {
  shardId: nonEmptyText,
  startSequenceNumber: nonEmptyText,
  endSequenceNumber: nonEmptyText,
  approximateArrivalOfFirstRecord: optionalText,
  approximateArrivalOfLastRecord: optionalText,
  batchSize: optionalNumber,
  streamArn: nonEmptyText,
}

/**
 * The event that Lambda sends to the on-failure destination of an event source mapping after giving up on a batch of a
 * Kinesis, DynamoDB or Kafka stream: the position of the batch in the stream, not its records, which
 * {@link readFailedBatch} fetches again. Only a file in an S3 destination also contains them, as `payload`.
 *
 * It arrives directly, or as the body of an SQS message or the text of an SNS message: then decode it with
 * `jsonPayload(StreamFailureEventSchema)`.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * @example
 * const KinesisBatchInfo = { shardId: 'shardId-0', startSequenceNumber: '1', endSequenceNumber: '2', streamArn: 'arn' }
 * StreamFailureEventSchema.safeParse({ requestContext: { condition: 'RetryAttemptsExhausted' }, KinesisBatchInfo }).success // => true
 */
export const StreamFailureEventSchema = /* @__PURE__ */ z
  .looseObject({
    requestContext: z.looseObject({
      requestId: optionalText,
      functionArn: optionalText,
      /** Reason, such as `RetryAttemptsExhausted` or `MaximumRecordAgeExceeded`. */
      condition: optionalText,
      approximateInvokeCount: optionalNumber,
    }),
    responseContext: z.optional(z.nullable(anyObject)),
    version: optionalText,
    /** ISO 8601. */
    timestamp: optionalText,
    KinesisBatchInfo: z.optional(z.looseObject(batchInfo)),
    DDBStreamBatchInfo: z.optional(z.looseObject(batchInfo)),
    KafkaBatchInfo: z.optional(anyObject),
    /** The failed event, as text or as JSON. */
    payload: z.optional(z.unknown()),
  })
  .check(
    /* @__PURE__ */ z.refine(
      (failure) => (failure.KinesisBatchInfo ?? failure.DDBStreamBatchInfo ?? failure.KafkaBatchInfo) !== undefined,
      'must have KinesisBatchInfo, DDBStreamBatchInfo or KafkaBatchInfo',
    ),
  )

export type StreamFailureEvent = TypeOf<z.infer<typeof StreamFailureEventSchema>>

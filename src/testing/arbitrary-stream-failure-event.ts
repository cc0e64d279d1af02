import fc from 'fast-check'
import type { StreamFailureEvent } from '../events/index.ts'
import { checkNone } from '../internal/check-arguments.ts'
import { arbitraryDynamoDBStreamEvent } from './arbitrary-dynamodb-stream-event.ts'
import { arbitraryKafkaEvent } from './arbitrary-kafka-event.ts'
import { arbitraryKinesisEvent } from './arbitrary-kinesis-event.ts'
import { ACCOUNT, isoTime, plainRecord, shardId } from './event-parts.ts'

type Parts = Pick<StreamFailureEvent, 'KinesisBatchInfo' | 'DDBStreamBatchInfo' | 'KafkaBatchInfo' | 'payload'>

/**
 * Records that an event source mapping sends to its on-failure destination after giving up on a batch of a Kinesis,
 * DynamoDB or Kafka stream. Some have the failed event as `payload`, in text form, as S3 destinations get it.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * @returns an arbitrary of events of `StreamFailureEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryStreamFailureEvent(), (event) => detectSource(event) === 'stream-failure'))
 */
export function arbitraryStreamFailureEvent(): fc.Arbitrary<StreamFailureEvent>
export function arbitraryStreamFailureEvent(...given: readonly unknown[]): fc.Arbitrary<StreamFailureEvent> {
  checkNone('arbitraryStreamFailureEvent', given)
  const parts = fc.oneof(kinesisParts(), dynamodbParts(), kafkaParts())
  const context = plainRecord({
    requestId: fc.uuid(),
    condition: fc.constantFrom('RetryAttemptsExhausted', 'MaximumRecordAgeExceeded', 'MaximumPayloadSizeExceeded'),
    approximateInvokeCount: fc.integer({ min: 1, max: 10_000 }),
  })
  return fc
    .tuple(context, isoTime, parts, fc.boolean(), fc.boolean())
    .map(([requestContext, timestamp, { payload, ...info }, hasPayload, hasResponse]) => ({
      requestContext: { ...requestContext, functionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:job` },
      ...(hasResponse && {
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      }),
      version: '1.0',
      timestamp,
      ...info,
      ...(hasPayload && { payload: JSON.stringify(payload) }),
    }))
}

function kinesisParts(): fc.Arbitrary<Parts> {
  return fc.tuple(arbitraryKinesisEvent(), shardId, isoTime).map(([event, shard, arrival]) => {
    const numbers = event.Records.map(({ kinesis }) => kinesis.sequenceNumber)
    return { KinesisBatchInfo: batchInfo(shard, numbers, arrival, event.Records[0]?.eventSourceARN), payload: event }
  })
}

function dynamodbParts(): fc.Arbitrary<Parts> {
  return fc.tuple(arbitraryDynamoDBStreamEvent(), shardId, isoTime).map(([event, shard, arrival]) => {
    const numbers = event.Records.map(({ dynamodb }) => dynamodb.SequenceNumber ?? '')
    const arn = String(event.Records[0]?.['eventSourceARN'])
    return { DDBStreamBatchInfo: batchInfo(shard, numbers, arrival, arn), payload: event }
  })
}

function kafkaParts(): fc.Arbitrary<Parts> {
  return arbitraryKafkaEvent().map((event) => ({
    KafkaBatchInfo: {
      batchSize: Object.values(event.records).flat().length,
      eventSourceArn: `arn:aws:kafka:us-east-1:${ACCOUNT}:cluster/sales/abcd1234`,
      bootstrapServers: event.bootstrapServers,
      payloadSize: 1162,
      recordInfo: {},
    },
    payload: event,
  }))
}

function batchInfo(shard: string, numbers: readonly string[], arrival: string, streamArn = '') {
  return {
    shardId: shard,
    startSequenceNumber: numbers.at(0) ?? '',
    endSequenceNumber: numbers.at(-1) ?? '',
    approximateArrivalOfFirstRecord: arrival,
    approximateArrivalOfLastRecord: arrival,
    batchSize: numbers.length,
    streamArn,
  }
}

import fc from 'fast-check'
import type { FirehoseEvent } from '../events/index.ts'
import { arbitraryPayload, base64OfPayload, type PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary, SIZED } from './check-arbitrary.ts'
import {
  ACCOUNT,
  ascending,
  epochMs,
  plainRecord,
  type RecordCount,
  region,
  resourceName,
  sequenceBase,
  sequenceNumber,
  shardId,
} from './event-parts.ts'

/**
 * Events that Firehose sends to the function that transforms its records, put there directly, read from a Kinesis data stream or, with `isFromMsk`, from Amazon MSK.
 *
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 *
 * @param options.payload - payloads of the records: text and bytes unchanged, everything else as JSON.
 * @param options.isFromMsk - whether the data is in `kafkaRecordValue`. Default false.
 * @returns an arbitrary of events of `FirehoseEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryFirehoseEvent(), (event) => readRecords(event, bytesPayload()).length === event.records.length))
 */
export function arbitraryFirehoseEvent(
  options: PayloadOption & RecordCount & { readonly isFromMsk?: boolean } = {},
): fc.Arbitrary<FirehoseEvent> {
  checkArbitrary('arbitraryFirehoseEvent', options, [...SIZED, 'isFromMsk'])
  const { payload = arbitraryPayload(), isFromMsk = false, ...count } = options
  const record = plainRecord({
    data: payload.map(base64OfPayload),
    approximateArrivalTimestamp: epochMs,
    partitionKey: fc.constantFrom('a', 'b', 'c'),
  })
  const source = plainRecord({
    invocationId: fc.uuid(),
    stream: resourceName,
    awsRegion: region,
    shard: shardId,
    isFromKinesis: isFromMsk ? fc.constant(false) : fc.boolean(),
  })
  return fc
    .tuple(source, sequenceBase, ascending(record, count))
    .map(([{ invocationId, stream, awsRegion, shard, isFromKinesis }, base, records]) => ({
      invocationId,
      deliveryStreamArn: `arn:aws:firehose:${awsRegion}:${ACCOUNT}:deliverystream/${stream}`,
      ...(isFromKinesis && { sourceKinesisStreamArn: `arn:aws:kinesis:${awsRegion}:${ACCOUNT}:stream/${stream}` }),
      ...(isFromMsk && { sourceMSKArn: `arn:aws:kafka:${awsRegion}:${ACCOUNT}:cluster/${stream}/${invocationId}` }),
      region: awsRegion,
      records: records.map(([{ data, approximateArrivalTimestamp, partitionKey }, step]) => ({
        recordId: `${sequenceNumber(base, step)}000000`,
        approximateArrivalTimestamp,
        ...(isFromMsk
          ? {
              kafkaRecordValue: data,
              mskRecordMetadata: { offset: `${step}`, partitionId: '0', approximateArrivalTimestamp },
            }
          : { data }),
        ...(isFromKinesis && {
          kinesisRecordMetadata: {
            sequenceNumber: sequenceNumber(base, step),
            subsequenceNumber: 0,
            partitionKey,
            shardId: shard,
            approximateArrivalTimestamp,
          },
        }),
      })),
    }))
}

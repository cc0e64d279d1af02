import fc from 'fast-check'
import type { KinesisEvent } from '../events/index.ts'
import { arbitraryPayload, base64OfPayload, type PayloadOption } from './arbitrary-payload.ts'
import { checkArbitrary, SIZED } from './check-arbitrary.ts'
import {
  ACCOUNT,
  anyText,
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
import { withWindow } from './tumbling-window.ts'

/**
 * Events that Lambda delivers from one shard of a Kinesis data stream, in the order of the sequence numbers; at times inside a tumbling window.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 *
 * @param options.payload - payloads of the records: text and bytes unchanged, everything else as JSON.
 * @returns an arbitrary of events of `KinesisEventSchema`.
 * @example
 * const event = arbitraryKinesisEvent({ payload: fc.record({ id: fc.nat() }) })
 * fc.assert(fc.property(event, (each) => readRecords(each, jsonPayload()).every(({ payload }) => payload.ok)))
 */
export function arbitraryKinesisEvent(options: PayloadOption & RecordCount = {}): fc.Arbitrary<KinesisEvent> {
  checkArbitrary('arbitraryKinesisEvent', options, SIZED)
  const { payload = arbitraryPayload(), ...count } = options
  const record = plainRecord({
    partitionKey: fc.oneof(fc.constantFrom('a', 'b', 'c'), anyText()),
    data: payload.map(base64OfPayload),
    approximateArrivalTimestamp: epochMs.map((ms) => ms / 1000),
  })
  return fc
    .tuple(resourceName, region, shardId, sequenceBase, ascending(record, count))
    .chain(([stream, awsRegion, shard, base, records]) => {
      const eventSourceARN = `arn:aws:kinesis:${awsRegion}:${ACCOUNT}:stream/${stream}`
      const Records = records.map(([{ partitionKey, data, approximateArrivalTimestamp }, step]) => ({
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey,
          sequenceNumber: sequenceNumber(base, step),
          data,
          approximateArrivalTimestamp,
        },
        eventSource: 'aws:kinesis' as const,
        eventVersion: '1.0',
        eventID: `${shard}:${sequenceNumber(base, step)}`,
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: `arn:aws:iam::${ACCOUNT}:role/lambda-role`,
        awsRegion,
        eventSourceARN,
      }))
      return withWindow({ Records }, shard, eventSourceARN)
    })
}

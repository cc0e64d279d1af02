import fc from 'fast-check'
import type { DynamoDBStreamEvent, DynamoDBStreamRecord } from '../events/index.ts'
import { arbitraryImage } from './arbitrary-image.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import {
  ACCOUNT,
  ascending,
  epochMs,
  hexId,
  plainRecord,
  type RecordCount,
  region,
  resourceName,
  sequenceBase,
  sequenceNumber,
  shardId,
} from './event-parts.ts'
import { withWindow } from './tumbling-window.ts'

type EventName = DynamoDBStreamRecord['eventName']

export interface DynamoDBStreamEventOptions extends RecordCount {
  /** Items in DynamoDB's own JSON, without the key. */
  readonly image?: fc.Arbitrary<Readonly<Record<string, unknown>>>
}

/**
 * Events that Lambda delivers from one shard of a DynamoDB stream, with the images of each view type and kind of
 * change; removals by a time to live have their `userIdentity`. Times are whole seconds or have a fraction, and may be
 * absent.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 *
 * @returns an arbitrary of events of `DynamoDBStreamEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryDynamoDBStreamEvent(), (event) => readRecords(event, jsonPayload()).every(({ payload }) => payload.ok)))
 */
export function arbitraryDynamoDBStreamEvent(
  options: DynamoDBStreamEventOptions = {},
): fc.Arbitrary<DynamoDBStreamEvent> {
  checkArbitrary('arbitraryDynamoDBStreamEvent', options, ['image', 'minRecords', 'maxRecords'])
  const { image = arbitraryImage(), ...count } = options
  const change = plainRecord({
    eventName: fc.constantFrom<EventName>('INSERT', 'MODIFY', 'REMOVE'),
    key: fc.constantFrom('1', '2', '3'),
    before: image,
    after: image,
    eventID: hexId,
    time: fc.option(
      fc.oneof(
        epochMs.map((ms) => Math.floor(ms / 1000)),
        epochMs.map((ms) => ms / 1000),
      ),
      { nil: undefined },
    ),
    isExpired: fc.boolean(),
  })
  const view = fc.constantFrom('KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES')
  return fc
    .tuple(resourceName, region, shardId, sequenceBase, view, ascending(change, count))
    .chain(([table, awsRegion, shard, base, StreamViewType, changes]) => {
      const eventSourceARN = `arn:aws:dynamodb:${awsRegion}:${ACCOUNT}:table/${table}/stream/2026-01-31T12:00:00.000`
      const Records = changes.map(([{ eventID, eventName, key, before, after, time, isExpired }, step]) => {
        const Keys = { id: { N: key } }
        return {
          eventID,
          eventName,
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb' as const,
          awsRegion,
          dynamodb: {
            ...(time !== undefined && { ApproximateCreationDateTime: time }),
            Keys,
            ...(eventName !== 'REMOVE' && StreamViewType.startsWith('NEW') && { NewImage: { ...after, ...Keys } }),
            ...(eventName !== 'INSERT' && StreamViewType.includes('OLD') && { OldImage: { ...before, ...Keys } }),
            SequenceNumber: sequenceNumber(base / 10n ** 17n, step),
            SizeBytes: 26,
            StreamViewType,
          },
          eventSourceARN,
          ...(eventName === 'REMOVE' && isExpired && { userIdentity: TIME_TO_LIVE }),
        }
      })
      return withWindow({ Records }, shard, eventSourceARN)
    })
}

const TIME_TO_LIVE = { type: 'Service', principalId: 'dynamodb.amazonaws.com' }

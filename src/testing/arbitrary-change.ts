import fc from 'fast-check'
import { type ChangeEvent, changePayload, type Image, type ReadChangesOptions, readChanges } from '../cdc/index.ts'
import { arbitraryImage } from './arbitrary-image.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { epochMs, hexId } from './event-parts.ts'

export interface ChangeOptions {
  /** Items in DynamoDB's own JSON, without the key. */
  readonly image?: fc.Arbitrary<Image>
  /** Options of `readChanges` for images. */
  readonly read?: ReadChangesOptions
}

/**
 * Generate changes as returned by `readChanges`: of three items of one table, of every kind and view, some by a time to live.
 *
 * @returns an arbitrary of changes. Sequence numbers and times ascend together.
 * @example
 * fc.assert(fc.property(fc.array(arbitraryChange()), (changes) => compactChanges(changes).length <= 3))
 */
export function arbitraryChange(options: ChangeOptions = {}): fc.Arbitrary<ChangeEvent> {
  checkArbitrary('arbitraryChange', options, ['image', 'read'])
  const { image = arbitraryImage(), read } = options
  changePayload(read)
  const parts = fc.record({
    eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'),
    eventID: hexId,
    id: fc.constantFrom('1', '2', '3'),
    before: image,
    after: image,
    step: fc.nat(1_000_000),
    base: epochMs,
    view: fc.constantFrom('KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'),
    isExpired: fc.boolean(),
  })
  return parts.map(({ eventName, eventID, id, before, after, step, base, view, isExpired }) => {
    const Keys = { id: { N: id } }
    // An insertion has no image before, a removal none after, and only a removal has a cause: `readChanges` reads no other.
    const record = {
      eventSource: 'aws:dynamodb',
      eventName,
      eventID,
      awsRegion: 'eu-west-1',
      eventSourceARN: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-31T12:00:00.000',
      ...(isExpired && { userIdentity: TIME_TO_LIVE }),
      dynamodb: {
        Keys,
        ...(view.startsWith('NEW') && { NewImage: { ...after, ...Keys } }),
        ...(view.includes('OLD') && { OldImage: { ...before, ...Keys } }),
        ApproximateCreationDateTime: Math.floor(base / 1000) + step,
        SequenceNumber: String(100_000_000_000_000_000_000n + BigInt(Math.floor(base / 1000) + step)),
        SizeBytes: 26,
        StreamViewType: view,
      },
    }
    const [result] = readChanges({ Records: [record] }, read)
    if (result === undefined || !result.ok) throw result?.error ?? new Error('not a change')
    return result.value
  })
}

const TIME_TO_LIVE = { type: 'Service', principalId: 'dynamodb.amazonaws.com' }

import { checkNone } from '../internal/check-arguments.ts'
import { type Payload, type PayloadDecoder, textOf } from './payload.ts'
import type { S3ObjectRef } from './s3-object-ref.ts'
import { refsInText, refsInValue } from './s3-objects.ts'

/**
 * Decode payloads to the S3 objects that they name, as `s3Objects` does for a whole event: so each message of a queue,
 * each notification of a topic or each task of a job is a record of `processBatch`, and fails separately.
 *
 * @returns a decoder for `readRecords`, O(characters). The test event of S3 names no object: `[]`. A payload that is
 * not a notification fails with `EVENT_INVALID` and the path to the fault.
 * @example
 * const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: 'a+b.csv' } } }
 * const message = { eventSource: 'aws:sqs', messageId: 'm', body: JSON.stringify({ Records: [record] }) }
 * readRecords({ Records: [message] }, s3ObjectsPayload()).map(({ payload }) => payload.ok && payload.value.map(({ key }) => key)) // => [['a b.csv']]
 */
export function s3ObjectsPayload(): PayloadDecoder<S3ObjectRef[]>
export function s3ObjectsPayload(...given: readonly unknown[]): PayloadDecoder<S3ObjectRef[]> {
  checkNone('s3ObjectsPayload', given)
  return { decode: refsOf }
}

function refsOf(payload: Payload): S3ObjectRef[] {
  const { place } = payload
  const recordId = 'recordId' in payload ? payload.recordId : undefined
  // The detail is only a part of an EventBridge event.
  if ('event' in payload && payload.event !== undefined)
    return refsInValue(payload.event, place.parent ?? place, recordId)
  return payload.kind === 'json'
    ? refsInValue(payload.data, place, recordId)
    : refsInText(textOf(payload), place, recordId)
}

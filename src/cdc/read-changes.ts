import { isMillraceError } from '../errors.ts'
import { eventError, type Fields, isFields } from '../events/event-record.ts'
import { detectSource } from '../events/event-source.ts'
import type { Payload, PayloadDecoder } from '../events/payload.ts'
import { type Place, placeAt, ROOT } from '../events/place.ts'
import type { Result } from '../result.ts'
import type { ChangeEvent } from './change-event.ts'
import {
  type ChangeReading,
  changeReadingOf,
  type ReadChangesOptions,
  readChange,
  readKinesisChange,
} from './read-change.ts'

/**
 * Read the changes in an event: of a DynamoDB stream, of a Kinesis data stream for DynamoDB, of either through EventBridge Pipes.
 *
 * Each record is one result, in the event's order: an unreadable record is one failed result, whose error has the path
 * into the event. A Kinesis data stream may deliver a change twice, and changes of an item out of order: see
 * `compactChanges`. An unexpected image, an old one of an INSERT, is ignored. `changed` is computed from the raw
 * images, so it is exact for every setting of `numbers`.
 *
 * @param event - the event that Lambda delivered.
 * @param options - those of `deserializeImage`, and `ignore`: names of attributes, or a test of a name, that `changed` omits.
 * @returns one result per record, `[]` for a list without records. O(characters).
 * @throws MillraceError `EVENT_INVALID` for another event, an empty array included; `OPTION_INVALID` for an unknown
 * option. The errors of results: `EVENT_INVALID` for a record that is not a change, `PAYLOAD_INVALID` for Kinesis data
 * that is not its JSON, `ATTRIBUTE_INVALID` and `LIMIT_EXCEEDED` as for `deserializeImage`.
 * @example
 * const [Keys, OldImage] = [{ id: { S: 'a' } }, { id: { S: 'a' }, paid: { BOOL: false } }]
 * const NewImage = { id: { S: 'a' }, paid: { BOOL: true } }
 * const event = { Records: [{ eventSource: 'aws:dynamodb', eventName: 'MODIFY', dynamodb: { Keys, OldImage, NewImage } }] }
 * readChanges(event).map((result) => result.ok && result.value.changed) // => [['paid']]
 */
export function readChanges(event: unknown, options: ReadChangesOptions = {}): Result<ChangeEvent>[] {
  const reading = changeReadingOf('readChanges', options)
  const source = detectSource(event)
  try {
    const isPipe = Array.isArray(event)
    const records = isPipe ? event : isFields(event) ? event['Records'] : undefined
    if (!Array.isArray(records) || (source === undefined && (isPipe || records.length > 0))) throw notChanges()
    if (source !== undefined && source !== 'dynamodb-stream' && source !== 'kinesis') throw notChanges()
    const list = isPipe ? undefined : placeAt(undefined, 'Records')
    const read = source === 'kinesis' ? readKinesisRecord : readStreamRecord
    const transport = isPipe ? 'pipes' : source === 'kinesis' ? 'kinesis' : 'streams'
    return records.map((record, index) => attempt(() => read(record, placeAt(list, index), transport, reading)))
  } catch (error) {
    throw isMillraceError(error) ? error : eventError('cannot be read', undefined, [], error)
  }
}

/**
 * Decode payloads to changes: for `readRecords`, which adds the identity of a record, and for `processBatch`, which reports failed records.
 *
 * @param options - those of `readChanges`.
 * @returns a decoder of the records that `readChanges` supports; other payloads fail with `PAYLOAD_INVALID` or `EVENT_INVALID`.
 * @example
 * const dynamodb = { Keys: { id: { S: 'a' } }, SequenceNumber: '111' }
 * const event = { Records: [{ eventSource: 'aws:dynamodb', eventName: 'REMOVE', dynamodb }] }
 * readRecords(event, changePayload()).map(({ id, payload }) => [id, payload.ok && payload.value.keys]) // => [['111', { id: 'a' }]]
 */
export function changePayload(options: ReadChangesOptions = {}): PayloadDecoder<ChangeEvent> {
  const reading = changeReadingOf('changePayload', options)
  return {
    decode: (payload) => {
      // Pipes deliver an array, whose records are at the first step of a path.
      const transport =
        payload.place.parent === undefined && typeof payload.place.steps === 'number' ? 'pipes' : undefined
      return payload.kind === 'json'
        ? readChange(payload.data, payload.place, transport ?? 'streams', reading)
        : readKinesisChange(payload, transport ?? 'kinesis', reading)
    },
  }
}

type Transport = ChangeEvent['transport']

function readStreamRecord(record: unknown, place: Place, transport: Transport, reading: ChangeReading): ChangeEvent {
  if (!isFields(record)) throw eventError('must be an object', place, [])
  if (record['eventSource'] !== 'aws:dynamodb') throw eventError('must be "aws:dynamodb"', place, ['eventSource'])
  return readChange(record, place, transport, reading)
}

/** From Pipes, the fields of `kinesis` are in the record itself. */
function readKinesisRecord(record: unknown, place: Place, transport: Transport, reading: ChangeReading): ChangeEvent {
  if (!isFields(record)) throw eventError('must be an object', place, [])
  const isFlat = record['kinesis'] === undefined && 'data' in record
  const steps = isFlat ? ['data'] : ['kinesis', 'data']
  const data = isFlat ? record['data'] : (record['kinesis'] as Fields | undefined)?.['data']
  if (typeof data !== 'string') throw eventError('must be a string', place, steps)
  const payload: Payload = { kind: 'base64', data, place: placeAt(place, steps) }
  return readKinesisChange(payload, transport, reading)
}

function notChanges(): Error {
  return eventError('is not from a DynamoDB stream or a Kinesis data stream, directly or through Pipes', ROOT, [])
}

function attempt(read: () => ChangeEvent): Result<ChangeEvent> {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    return {
      ok: false,
      error: isMillraceError(error) ? error : eventError('has a record that cannot be read', undefined, [], error),
    }
  }
}

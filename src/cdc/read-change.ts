import { eventError, type Fields, isFields } from '../events/event-record.ts'
import { parseExactJson } from '../events/exact-json.ts'
import { type Payload, textOf } from '../events/payload.ts'
import { type Place, placeAt } from '../events/place.ts'
import type { Image, Item } from './attribute-value.ts'
import type { ChangeEvent, StreamView } from './change-event.ts'
import { DESERIALIZE_OPTIONS, type DeserializeOptions, readingOf } from './deserialize-image.ts'
import { changedAttributes, type DetectOptions, ignoring, kept } from './detect-changes.ts'
import { type Reading, readMap } from './read-value.ts'
import { isSequence } from './sequence.ts'

export type ReadChangesOptions = DeserializeOptions & Pick<DetectOptions, 'ignore'>

/** The settings for reading the records of an event. Used for one record at a time, since it has the current path. */
export interface ChangeReading {
  readonly images: Reading
  readonly ignore: ((name: string) => boolean) | undefined
}

type Transport = ChangeEvent['transport']

export function changeReadingOf(entry: string, options: ReadChangesOptions): ChangeReading {
  const images = readingOf(entry, options, { ...DESERIALIZE_OPTIONS, ignore: 'any' })
  return { images, ignore: ignoring(entry, options.ignore) }
}

/** Read the change in a record of a Kinesis data stream: the JSON of a stream record in base64. */
export function readKinesisChange(payload: Payload, transport: Transport, reading: ChangeReading): ChangeEvent {
  const { place } = payload
  // Each level of an attribute value is two levels of JSON.
  const limits = { maxDepth: 2 * reading.images.maxDepth + 8 }
  return readChange(parseExactJson(textOf(payload), place, limits), place, transport, reading)
}

/**
 * Read the change in a stream record.
 *
 * @throws MillraceError `EVENT_INVALID` if the record lacks a required field; `ATTRIBUTE_INVALID` and `LIMIT_EXCEEDED` of its images.
 */
export function readChange(record: unknown, place: Place, transport: Transport, reading: ChangeReading): ChangeEvent {
  if (!isFields(record)) throw eventError('must be an object', place, [])
  const { dynamodb } = record
  const type = record['eventName']
  if (type !== 'INSERT' && type !== 'MODIFY' && type !== 'REMOVE') {
    throw eventError('must be INSERT, MODIFY or REMOVE', place, ['eventName'])
  }
  if (!isFields(dynamodb)) throw eventError('must be an object', place, ['dynamodb'])
  const keys = imageOf(dynamodb, 'Keys', place, reading.images)
  if (keys === undefined) throw eventError('must be the key of the item', place, AT_KEYS)
  const before = type === 'INSERT' ? undefined : imageOf(dynamodb, 'OldImage', place, reading.images)
  const after = type === 'REMOVE' ? undefined : imageOf(dynamodb, 'NewImage', place, reading.images)
  const changed = changedOf(type, dynamodb, before, after, reading)
  const sequence = sequenceOf(dynamodb['SequenceNumber'], place)
  const timeUs = timeOf(dynamodb, place)
  const table = tableOf(record, place)
  const region = optionalText(record, 'awsRegion', place, NO_STEPS)
  const view = optionalText(dynamodb, 'StreamViewType', place, AT_CHANGE) as StreamView | undefined
  const sizeBytes = dynamodb['SizeBytes'] ?? undefined
  if (sizeBytes !== undefined && typeof sizeBytes !== 'number') {
    throw eventError('must be a number', place, ['dynamodb', 'SizeBytes'])
  }
  // Assigned one by one: spreading optional fields costs as much as reading an image.
  const event: Draft = {
    type,
    id: optionalText(record, 'eventID', place, NO_STEPS) ?? sequence ?? '',
    keys,
    cause: type === 'REMOVE' && isTimeToLive(record['userIdentity']) ? 'ttl' : 'user',
    transport,
  }
  if (before !== undefined) event.before = before
  if (after !== undefined) event.after = after
  if (changed !== undefined) event.changed = changed
  if (timeUs !== undefined) {
    event.time = new Date(Math.floor(timeUs / 1000))
    event.timeUs = BigInt(timeUs)
  }
  if (sequence !== undefined) event.sequence = sequence
  if (view !== undefined) event.view = view
  if (table !== undefined) event.table = table
  if (region !== undefined) event.region = region
  if (sizeBytes !== undefined) event.sizeBytes = sizeBytes
  return event
}

type Draft = { -readonly [Name in keyof ChangeEvent]: ChangeEvent[Name] }

const NO_STEPS: readonly string[] = []
const AT_CHANGE = ['dynamodb']
const AT_KEYS = ['dynamodb', 'Keys']
const STEPS_TO = { Keys: AT_KEYS, NewImage: ['dynamodb', 'NewImage'], OldImage: ['dynamodb', 'OldImage'] } as const

/** A missing image is absent, even if it is null. */
function imageOf(change: Fields, name: keyof typeof STEPS_TO, place: Place, images: Reading): Item | undefined {
  const image = change[name]
  if (image === undefined || image === null) return undefined
  images.place = placeAt(place, STEPS_TO[name])
  return readMap(image, images, 0)
}

/** Raw images are compared: that is exact for all options, and fastest. */
function changedOf(
  type: ChangeEvent['type'],
  { NewImage, OldImage }: Fields,
  before: Item | undefined,
  after: Item | undefined,
  { ignore, images }: ChangeReading,
): string[] | undefined {
  if (type !== 'MODIFY') {
    const image = before ?? after
    return image && kept(Object.keys(image), ignore)
  }
  if (before === undefined || after === undefined) return undefined
  return changedAttributes(OldImage as Image, NewImage as Image, ignore, images.maxDepth)
}

function sequenceOf(value: unknown, place: Place): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && isSequence(value)) return value
  throw eventError('must consist of digits', place, ['dynamodb', 'SequenceNumber'])
}

/**
 * The time of a change in microseconds since 1970. Streams have seconds; Kinesis data streams milliseconds or
 * microseconds, according to their precision or else the size of the number: current seconds, milliseconds and
 * microseconds differ by orders of magnitude.
 */
function timeOf(change: Fields, place: Place): number | undefined {
  const value = change['ApproximateCreationDateTime'] ?? undefined
  if (value === undefined) return undefined
  const time = value instanceof Date ? value.getTime() / 1000 : value
  const microseconds = typeof time === 'number' ? Math.round(time * unitOf(time, change)) : Number.NaN
  if (Number.isSafeInteger(microseconds)) return microseconds
  throw eventError('must be a time', place, ['dynamodb', 'ApproximateCreationDateTime'])
}

/** Microseconds of one unit of `time`. */
function unitOf(time: number, { ApproximateCreationDateTimePrecision: precision }: Fields): number {
  if (precision === 'MICROSECOND') return 1
  if (precision === 'MILLISECOND') return 1000
  return time < 1e11 ? 1_000_000 : time < 1e14 ? 1000 : 1
}

/** The table, named in a Kinesis record, or in the ARN of a stream, `arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>`. */
function tableOf(record: Fields, place: Place): string | undefined {
  const name = optionalText(record, 'tableName', place, NO_STEPS)
  if (name !== undefined) return name
  const arn = optionalText(record, 'eventSourceARN', place, NO_STEPS)
  if (arn === undefined) return undefined
  const start = arn.indexOf(':table/') + 7
  if (start < 7) return undefined
  const end = arn.indexOf('/', start)
  return end < 0 ? arn.slice(start) : arn.slice(start, end)
}

/** Lambda writes the two fields in lower case, the API of streams capitalized. */
function isTimeToLive(identity: unknown): boolean {
  if (!isFields(identity)) return false
  const type = identity['type'] ?? identity['Type']
  const principal = identity['principalId'] ?? identity['PrincipalId']
  return type === 'Service' && principal === 'dynamodb.amazonaws.com'
}

function optionalText(fields: Fields, name: string, place: Place, steps: readonly string[]): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw eventError('must be a string', place, [...steps, name])
}

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

/** How the records of an event are read. One at a time: the reading notes where it is. */
export interface ChangeReading {
  readonly images: Reading
  readonly ignore: ((name: string) => boolean) | undefined
}

type Transport = ChangeEvent['transport']

export function changeReadingOf(entry: string, options: ReadChangesOptions): ChangeReading {
  const images = readingOf(entry, options, { ...DESERIALIZE_OPTIONS, ignore: 'any' })
  return { images, ignore: ignoring(entry, options.ignore) }
}

/** The change that a record of a Kinesis data stream carries, as the JSON of a stream record in base64. */
export function readKinesisChange(payload: Payload, transport: Transport, reading: ChangeReading): ChangeEvent {
  const { place } = payload
  // Each level of an attribute value takes two of JSON.
  const limits = { maxDepth: 2 * reading.images.maxDepth + 8 }
  return readChange(parseExactJson(textOf(payload), place, limits), place, transport, reading)
}

/**
 * The change in a stream record.
 *
 * @throws MillraceError `EVENT_INVALID` where the record lacks what every change has; `ATTRIBUTE_INVALID` and `LIMIT_EXCEEDED` of its images.
 */
export function readChange(record: unknown, place: Place, transport: Transport, reading: ChangeReading): ChangeEvent {
  if (!isFields(record)) throw eventError('must be an object', place, [])
  const { dynamodb } = record
  const type = record['eventName']
  if (type !== 'INSERT' && type !== 'MODIFY' && type !== 'REMOVE') {
    throw eventError('must have INSERT, MODIFY or REMOVE here', place, ['eventName'])
  }
  if (!isFields(dynamodb)) throw eventError('must be an object', place, ['dynamodb'])
  const keys = imageOf(dynamodb, 'Keys', place, reading.images)
  if (keys === undefined) throw eventError('must have the key of the item here', place, AT_KEYS)
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
  // Assigned one by one: spreading what may be absent costs as much as reading an image.
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

/** An image that is missing is absent, also where it is null. */
function imageOf(change: Fields, name: keyof typeof STEPS_TO, place: Place, images: Reading): Item | undefined {
  const image = change[name]
  if (image === undefined || image === null) return undefined
  images.place = placeAt(place, STEPS_TO[name])
  return readMap(image, images, 0)
}

/** Raw images are compared: that is exact, whatever the options make of numbers, and fastest. */
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
  throw eventError('must have digits here', place, ['dynamodb', 'SequenceNumber'])
}

/**
 * The time of a change in microseconds since 1970. Streams have seconds; Kinesis data streams milliseconds or microseconds, which one their
 * precision says, else the size of the number: of the seconds, milliseconds and microseconds of this age none can be taken for another.
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

/** Named by a Kinesis record; in the ARN of a stream, `arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>`. */
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

/** Lambda writes the two fields small, the API of streams with capitals. */
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

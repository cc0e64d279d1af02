import { isMillraceError, type MillraceError } from '../errors.ts'
import type { Result } from '../result.ts'
import { readActiveMqMessage } from './activemq.ts'
import { readAlbEvent } from './alb.ts'
import { readApiGatewayHttpEvent } from './api-gateway-http.ts'
import { readApiGatewayRestEvent } from './api-gateway-rest.ts'
import { readCloudWatchAlarmEvent } from './cloudwatch-alarm.ts'
import { readLogs } from './cloudwatch-logs.ts'
import { decoderOf, type PayloadOption } from './decoder-of.ts'
import { readDistributedMapItem } from './distributed-map.ts'
import { readDocumentDbRecord } from './documentdb.ts'
import { readDynamoDBStreamRecord } from './dynamodb-stream.ts'
import { type EventRecord, eventError, isFields, type RecordDraft, type RecordReader } from './event-record.ts'
import { detectSource, type EventSource } from './event-source.ts'
import { readEventBridgeEvent } from './eventbridge.ts'
import { readFailure } from './failure-record.ts'
import { readFirehoseRecord } from './firehose.ts'
import { kafkaClusterOf, readerOfKafkaRecords } from './kafka.ts'
import { readKinesisRecord } from './kinesis.ts'
import { type Payload, type PayloadDecoder, payloadError, type UserRecord } from './payload.ts'
import { type Place, placeAt, ROOT } from './place.ts'
import { readRabbitMqMessage } from './rabbitmq.ts'
import { readS3Record } from './s3.ts'
import { readS3BatchTask } from './s3-batch.ts'
import { readScheduledEvent } from './scheduled.ts'
import { readSesRecord } from './ses.ts'
import { readSnsRecord } from './sns.ts'
import { readSqsRecord } from './sqs.ts'
import { readVpcLatticeEvent } from './vpc-lattice.ts'
import { readWebSocketEvent } from './websocket.ts'

/** The readers of a record of each source, except those that need the event: CloudWatch Logs for the log stream, Kafka for the cluster. */
const READERS: Readonly<Record<Exclude<EventSource, 'cloudwatch-logs' | 'kafka'>, RecordReader>> = {
  s3: readS3Record,
  's3-eventbridge': readEventBridgeEvent,
  kinesis: readKinesisRecord,
  'dynamodb-stream': readDynamoDBStreamRecord,
  sqs: readSqsRecord,
  sns: readSnsRecord,
  eventbridge: readEventBridgeEvent,
  scheduled: readScheduledEvent,
  'cloudwatch-alarm': readCloudWatchAlarmEvent,
  firehose: readFirehoseRecord,
  'api-gateway-rest': readApiGatewayRestEvent,
  'api-gateway-http': readApiGatewayHttpEvent,
  alb: readAlbEvent,
  's3-batch': readS3BatchTask,
  'distributed-map': readDistributedMapItem,
  'stream-failure': readFailure,
  'async-failure': readFailure,
  activemq: readActiveMqMessage,
  rabbitmq: readRabbitMqMessage,
  documentdb: readDocumentDbRecord,
  'api-gateway-websocket': readWebSocketEvent,
  'vpc-lattice': readVpcLatticeEvent,
  ses: readSesRecord,
}

/** The field that holds the records of a source; for other sources the event itself is the only record. */
const LISTS: ReadonlyMap<EventSource, string> = new Map([
  ['s3', 'Records'],
  ['kinesis', 'Records'],
  ['dynamodb-stream', 'Records'],
  ['sqs', 'Records'],
  ['sns', 'Records'],
  ['firehose', 'records'],
  ['s3-batch', 'tasks'],
  ['distributed-map', 'Items'],
  ['ses', 'Records'],
  ['activemq', 'messages'],
  ['documentdb', 'events'],
])

/** The field with a list for each partition or queue. */
const LISTS_BY_QUEUE: ReadonlyMap<EventSource, string> = new Map([
  ['kafka', 'records'],
  ['rabbitmq', 'rmqMessagesByQueue'],
])

/**
 * Read the records of an event of any source, each with its identity, its ordering key, its time and its payload.
 *
 * A record that cannot be read or decoded is one failed `payload`, whose error has the path into the event and then
 * into the payload; the others are not affected. If a source carries no bytes, the payload is its JSON: the record of a
 * DynamoDB stream, an alarm, a task of S3 Batch, a notification of S3 or a failure; the `detail` of an EventBridge
 * event. The body of a request is decoded if it is base64. CloudWatch Logs has one record per log event, none for a
 * control message. A Kafka tombstone is empty bytes and, as JSON, null.
 *
 * @param event - what Lambda delivered, or an array from EventBridge Pipes.
 * @param decoder - the decoder of payloads, such as `jsonPayload(schema)`.
 * @returns the records in the event's order, `[]` for a list without records. O(bytes).
 * @throws MillraceError `EVENT_INVALID` for a value that is not an event, an empty array included. Nothing else is thrown.
 * @example
 * const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm-1', body: '{"id":1}' }, { eventSource: 'aws:sqs', messageId: 'm-2', body: '{' }] }
 * readRecords(event, jsonPayload()).map(({ id, payload }) => [id, payload.ok]) // => [['m-1', true], ['m-2', false]]
 */
export function readRecords<T>(event: unknown, decoder: PayloadOption<T>): EventRecord<T>[] {
  const payload = decoderOf('readRecords', decoder)
  const source = detectSource(event)
  const records: EventRecord<T>[] = []
  try {
    if (source === undefined) {
      if (isEmptyList(event)) return []
      throw eventError('is not from a known Lambda source', undefined, [])
    }
    for (const list of listsOf(source, event)) readList(source, list, payload, records)
  } catch (error) {
    throw isMillraceError(error, 'EVENT_INVALID') ? error : eventError('cannot be read', undefined, [], error)
  }
  return records
}

function isEmptyList(event: unknown): boolean {
  return isFields(event) && Array.isArray(event['Records']) && event['Records'].length === 0
}

/** A list of records in an event. */
interface RecordList {
  readonly list: readonly unknown[]
  readonly place: Place | undefined
  readonly read: RecordReader
  /** The position is that of the record itself. */
  readonly isSingle?: boolean
}

function listsOf(source: EventSource, event: unknown): readonly RecordList[] {
  if (source === 'cloudwatch-logs') return [readLogs(event)]
  const read = source === 'kafka' ? readerOfKafkaRecords(kafkaClusterOf(event)) : READERS[source]
  if (Array.isArray(event)) return [{ list: event, place: undefined, read }]
  const fields = isFields(event) ? event : {}
  const name = LISTS.get(source)
  // The test event of S3 has no list.
  if (source === 's3' && fields['Records'] === undefined) return []
  if (name !== undefined) return [listOf(fields[name], placeAt(undefined, name), read)]
  const byQueue = LISTS_BY_QUEUE.get(source)
  if (byQueue === undefined) return [{ list: [event], place: ROOT, read, isSingle: true }]
  return Object.entries(fields[byQueue] ?? {}).map(([queue, records]) =>
    listOf(records, placeAt(undefined, [byQueue, queue]), read),
  )
}

/** Read a value as a list: another value counts as a single record, and fails as such. */
function listOf(value: unknown, place: Place, read: RecordReader): RecordList {
  return Array.isArray(value) ? { list: value, place, read } : { list: [value], place, read, isSingle: true }
}

/** Add each record of a list, or the user records that it aggregates. Hot, so one draft is reused for all. */
function readList<T>(
  source: EventSource,
  { list, place: listPlace, read, isSingle }: RecordList,
  decoder: PayloadDecoder<T>,
  records: EventRecord<T>[],
): void {
  const draft: RecordDraft = { id: '', orderingKey: undefined, time: undefined, kafka: undefined }
  for (let index = 0; index < list.length; index++) {
    const raw = list[index]
    const place = isSingle && listPlace !== undefined ? listPlace : placeAt(listPlace, index)
    let payload: Payload | undefined
    let result: Result<T>
    draft.id = ''
    draft.orderingKey = draft.time = draft.kafka = undefined
    try {
      payload = read(raw, place, draft)
      const userRecords = decoder.split?.(payload)
      if (userRecords !== undefined) {
        // Firehose expects a result for each of its records, so each must be returned.
        if (userRecords.length === 0 && source === 'firehose')
          throw payloadError('PAYLOAD_INVALID', 'contains no records', payload)
        for (const each of userRecords) records.push(userRecord(source, draft, raw, each))
        continue
      }
      result = { ok: true, value: decoder.decode(payload) }
    } catch (error) {
      result = { ok: false, error: reasonOf(error, payload?.place, place) }
    }
    records.push(recordOf(source, draft, raw, result))
  }
}

/** Written out for the usual fields: building records from parts costs more than decoding them. */
function recordOf<T>(source: EventSource, draft: RecordDraft, raw: unknown, payload: Result<T>): EventRecord<T> {
  const { id, orderingKey, time, kafka } = draft
  if (kafka === undefined && time !== undefined) {
    if (orderingKey === undefined) return { source, id, time, payload, raw }
    return { source, id, orderingKey, time, payload, raw }
  }
  return {
    source,
    id,
    ...(orderingKey !== undefined && { orderingKey }),
    ...(time !== undefined && { time }),
    ...kafka,
    payload,
    raw,
  }
}

function userRecord<T>(source: EventSource, draft: RecordDraft, raw: unknown, each: UserRecord<T>): EventRecord<T> {
  const { subSequence, partitionKey, place, decode } = each
  const record = recordOf(source, draft, raw, attempt(decode, place))
  return partitionKey === undefined ? { ...record, subSequence } : { ...record, subSequence, orderingKey: partitionKey }
}

function attempt<T>(decode: () => T, place: Place): Result<T> {
  try {
    return { ok: true, value: decode() }
  } catch (error) {
    return { ok: false, error: reasonOf(error, place, place) }
  }
}

/** Create the error of a failed record: before its payload was found, the record itself cannot be read. */
function reasonOf(error: unknown, payloadPlace: Place | undefined, place: Place): MillraceError {
  if (isMillraceError(error)) return error
  if (payloadPlace === undefined) return eventError('has a record that cannot be read', place, [], error)
  return payloadError('PAYLOAD_INVALID', 'made its decoder throw', { place: payloadPlace, cause: error })
}

import * as z from 'zod/mini'
import { type Fields, fieldsOf, noteTime, type RecordReader, textIn, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { parseExactJson } from './exact-json.ts'
import { nonEmptyText, optionalNumber, optionalText } from './fields.ts'
import { DEFAULT_MAX_BYTES, gunzip } from './gunzip-payload.ts'
import { bytesOf, payloadError, textOf } from './payload.ts'
import { type Place, placeAt, ROOT } from './place.ts'

/**
 * The event that a subscription filter of CloudWatch Logs sends to Lambda: base64 of gzip of JSON, of the shape of {@link CloudWatchLogsDataSchema}.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
 *
 * @example
 * CloudWatchLogsEventSchema.safeParse({ awslogs: { data: 'H4sIAAAAAAAAAKtWKkktLlGyUlAqzy/KSVGqBQDyXzvVFAAAAA==' } }).success // => true
 */
export const CloudWatchLogsEventSchema = z.looseObject({ awslogs: z.looseObject({ data: nonEmptyText }) })

/**
 * The data inside that event, and inside the records of a Kinesis or Firehose stream that a subscription filter fills. Of the two types
 * of message, `CONTROL_MESSAGE` only checks that the destination can be reached.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 *
 * @example
 * const logs = gunzipPayload(jsonPayload(CloudWatchLogsDataSchema))
 * readRecords({ deliveryStreamArn: 'arn', records: [{ recordId: 'r', data: 'e30=' }] }, logs).map(({ payload }) => payload.ok) // => [false]
 */
export const CloudWatchLogsDataSchema = z.looseObject({
  messageType: z.literal(['DATA_MESSAGE', 'CONTROL_MESSAGE']),
  owner: optionalText,
  logGroup: optionalText,
  logStream: optionalText,
  logEvents: z.array(
    z.looseObject({
      id: z.string(),
      /** Milliseconds since 1970. */
      timestamp: optionalNumber,
      message: z.string(),
    }),
  ),
})

export type CloudWatchLogsEvent = TypeOf<z.infer<typeof CloudWatchLogsEventSchema>>
export type CloudWatchLogsData = z.infer<typeof CloudWatchLogsDataSchema>

interface Logs {
  readonly list: readonly unknown[]
  readonly place: Place
  readonly read: RecordReader
  readonly isSingle?: boolean
}

const DATA_PLACE = placeAt(undefined, ['awslogs', 'data'])

/**
 * Read the log events of a subscription; a control message has none. Data that cannot be inflated or parsed becomes one
 * failed event with the reason.
 */
export function readLogs(event: unknown): Logs {
  try {
    const data = fieldsOf(inflate(event), DATA_PLACE)
    const type = textIn(data, 'messageType', DATA_PLACE)
    const place = placeAt(DATA_PLACE, 'logEvents')
    const events = type === 'CONTROL_MESSAGE' ? [] : data['logEvents']
    if (!Array.isArray(events)) throw payloadError('PAYLOAD_INVALID', 'must be a list', { place })
    return { list: events, place, read: logEventReader(data) }
  } catch (error) {
    const read: RecordReader = () => {
      throw error
    }
    return { list: [event], place: DATA_PLACE, read, isSingle: true }
  }
}

function inflate(event: unknown): unknown {
  const base64 = textIn(fieldsOf(fieldsOf(event, ROOT)['awslogs'], ROOT, ['awslogs']), 'data', ROOT, ['awslogs'])
  const bytes = bytesOf({ kind: 'base64', data: base64, place: DATA_PLACE })
  const json = gunzip(bytes, DEFAULT_MAX_BYTES, DATA_PLACE)
  return parseExactJson(textOf({ kind: 'bytes', data: json, place: DATA_PLACE }), DATA_PLACE, { maxDepth: 64 })
}

/** The events of one log stream are in order. */
function logEventReader({ logGroup, logStream }: Fields): RecordReader {
  return (record, place, draft) => {
    const logEvent = fieldsOf(record, place)
    draft.id = textOrNone(logEvent['id']) ?? ''
    if (typeof logGroup === 'string' && typeof logStream === 'string') draft.orderingKey = `${logGroup}:${logStream}`
    noteTime(draft, logEvent['timestamp'])
    return { kind: 'text', data: textIn(logEvent, 'message', place), place: placeAt(place, 'message') }
  }
}

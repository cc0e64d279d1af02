import { MillraceError } from '../errors.ts'
import { checkOptions } from '../internal/check-arguments.ts'
import { checkCount } from '../internal/check-count.ts'
import { type DynamoDBStreamsReader, dynamodbShard } from './dynamodb-shard.ts'
import type { DynamoDBStreamEvent } from './dynamodb-stream.ts'
import { detectSource } from './event-source.ts'
import { parseExactJson } from './exact-json.ts'
import type { KafkaEvent } from './kafka.ts'
import type { KinesisEvent } from './kinesis.ts'
import { type KinesisReader, kinesisShard } from './kinesis-shard.ts'
import { parseEvent } from './parse-event.ts'
import { placeAt } from './place.ts'
import { readRange, type ShardRange } from './shard-range.ts'
import { type StreamFailureEvent, StreamFailureEventSchema } from './stream-failure.ts'

/** Records of a failed batch that the stream no longer has. */
export interface LostRecords {
  /** How many are gone; undefined where Lambda did not say how many there were. */
  readonly lost: number | undefined
  /** How many are still there. */
  readonly found: number
}

export interface ReadFailedBatchOptions {
  /** How many records a batch may have; 10,000, the most that Lambda delivers at once. */
  readonly maxRecords?: number
  /** Milliseconds between one page and the next; 200, because a shard takes five reads a second. */
  readonly pauseMs?: number
  /** Ends the reading; its reason is thrown. */
  readonly signal?: AbortSignal
  /** Called with the number of records that are gone, so that the ones that are left are returned; without it that is an error. */
  readonly onLost?: (lost: LostRecords) => void
}

/**
 * The event whose batch failed, fetched from the stream again: exactly the records from the start to the end sequence number, in the shape in
 * which Lambda handed them over, to give them to `readRecords` or `processBatch` once more.
 *
 * Lambda sends the position of the batch, not its records; only a file in an S3 destination has them as `payload`, and then they are taken from
 * there and nothing is asked of the stream. Filters of the event source mapping are not applied again: records that they kept from the
 * function come too.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * @param failure - what Lambda sent, as `jsonPayload(StreamFailureEventSchema)` reads it from a queue, a topic or a file.
 * @param client - the SDK's `Kinesis` or `DynamoDBStreams`, whichever the batch is of; not needed for a failure with its payload.
 * @param options.maxRecords - how many records a batch may have.
 * @param options.pauseMs - milliseconds between one page and the next.
 * @param options.signal - ends the reading; its reason is thrown.
 * @param options.onLost - called with the number of records that are gone.
 * @returns the event. One request for the iterator and one for each page, mostly one; memory for the records.
 * @throws MillraceError `EVENT_INVALID` for what is no such failure, or one of Kafka without payload; `SOURCE_UNAVAILABLE` when records
 * have left the stream, with their number, or when it cannot be read (the SDK's error is the cause); `LIMIT_EXCEEDED` for more than
 * `maxRecords`; `PAYLOAD_INVALID` for a payload that is no JSON; `OPTION_INVALID` for a client that takes commands alone.
 * @example
 * const failure = {
 *   requestContext: { condition: 'RetryAttemptsExhausted' },
 *   KinesisBatchInfo: { shardId: 'shardId-0', startSequenceNumber: '1', endSequenceNumber: '1', streamArn: 'arn:aws:kinesis:eu-west-1:1:stream/s' },
 * }
 * const kinesis: KinesisReader = {
 *   getShardIterator: async () => ({ ShardIterator: 'i' }),
 *   getRecords: async () => ({ Records: [{ SequenceNumber: '1', PartitionKey: 'k', Data: Buffer.from('{"id":1}') }] }),
 * }
 * readRecords(await readFailedBatch(failure, kinesis), jsonPayload())[0]?.payload // => { ok: true, value: { id: 1 } }
 */
export async function readFailedBatch(
  failure: StreamFailureEvent,
  client: KinesisReader,
  options?: ReadFailedBatchOptions,
): Promise<KinesisEvent>
export async function readFailedBatch(
  failure: StreamFailureEvent,
  client: DynamoDBStreamsReader,
  options?: ReadFailedBatchOptions,
): Promise<DynamoDBStreamEvent>
export async function readFailedBatch(
  failure: StreamFailureEvent,
  client?: KinesisReader | DynamoDBStreamsReader,
  options?: ReadFailedBatchOptions,
): Promise<KinesisEvent | DynamoDBStreamEvent | KafkaEvent>
export async function readFailedBatch(
  failure: StreamFailureEvent,
  client?: KinesisReader | DynamoDBStreamsReader,
  options: ReadFailedBatchOptions = {},
): Promise<unknown> {
  checkOptions('readFailedBatch', options, OPTIONS)
  const { maxRecords = 10_000, pauseMs = 200, signal, onLost } = options
  checkCount('readFailedBatch: maxRecords', maxRecords, 1, Number.MAX_SAFE_INTEGER)
  checkCount('readFailedBatch: pauseMs', pauseMs, 0, MAX_PAUSE_MS)
  const parsed = parseEvent(StreamFailureEventSchema, failure, { name: 'a failure of a stream' })
  if (!parsed.ok) throw parsed.error
  const { KinesisBatchInfo: kinesis, DDBStreamBatchInfo: dynamodb, payload } = parsed.value
  if (payload !== undefined && payload !== null) return eventOfPayload(payload)
  const info = kinesis ?? dynamodb
  if (info === undefined) throw invalid('a batch of Kafka comes with its payload or not at all', ['payload'])
  if (client === undefined)
    throw invalid('without its payload a batch is read again by a client of its stream', ['payload'])
  if (typeof Object(client).getRecords !== 'function') throw new MillraceError('OPTION_INVALID', CLIENT_RULE)
  const range = rangeOf(info, kinesis === undefined ? 'DDBStreamBatchInfo' : 'KinesisBatchInfo')
  const limits = { maxRecords, pauseMs, signal }
  const { records, isComplete } =
    kinesis === undefined
      ? await readRange(dynamodbShard(client as DynamoDBStreamsReader, info, signal), range, limits)
      : await readRange(kinesisShard(client as KinesisReader, info, signal), range, limits)
  if (!isComplete) tellLoss(range, records.length, onLost)
  return { Records: records }
}

/** The longest that a timer of Node can wait. */
const MAX_PAUSE_MS = 2 ** 31 - 1

const OPTIONS = { maxRecords: 'number', pauseMs: 'number', signal: 'signal', onLost: 'function' } as const

const CLIENT_RULE =
  'client must be the Kinesis or DynamoDBStreams of the SDK: KinesisClient and DynamoDBStreamsClient take commands alone'

/** The event that a file in S3 holds as text. */
function eventOfPayload(payload: unknown): unknown {
  const place = placeAt(undefined, 'payload')
  const event = typeof payload === 'string' ? parseExactJson(payload, place, { maxDepth: 64 }) : payload
  if (detectSource(event) === undefined) throw invalid('its payload is no event of a stream', ['payload'])
  return event
}

type BatchInfo = NonNullable<StreamFailureEvent['KinesisBatchInfo']>

function rangeOf({ shardId, startSequenceNumber, endSequenceNumber, batchSize }: BatchInfo, name: string): ShardRange {
  const number = (field: string, text: string): bigint => {
    if (!/^\d+$/.test(text)) throw invalid('a sequence number has digits alone', [name, field])
    return BigInt(text)
  }
  const start = number('startSequenceNumber', startSequenceNumber)
  const end = number('endSequenceNumber', endSequenceNumber)
  if (end < start) throw invalid('the batch ends before it starts', [name, 'endSequenceNumber'])
  return { shardId, start, end, expected: batchSize }
}

function tellLoss({ shardId, expected }: ShardRange, found: number, onLost: ReadFailedBatchOptions['onLost']): void {
  // Where filters were at work there may be as many as Lambda counted, and yet one is missing.
  const lost = expected === undefined ? undefined : Math.max(1, expected - found)
  if (onLost !== undefined) {
    onLost({ lost, found })
    return
  }
  const count = lost === undefined ? 'records' : `${lost} of ${lost + found} records`
  throw new MillraceError(
    'SOURCE_UNAVAILABLE',
    `${count} of the batch have left the stream (shard ${shardId}): take the others with the option onLost`,
  )
}

function invalid(rule: string, path: readonly string[]): MillraceError {
  return new MillraceError('EVENT_INVALID', `not a failure that can be read again: ${rule}`, { path })
}

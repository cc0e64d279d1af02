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

/** Counts of a failed batch of which the stream no longer has all records. */
export interface LostRecords {
  /** The number of lost records; undefined if Lambda did not report the batch size. */
  readonly lost: number | undefined
  /** The number of remaining records. */
  readonly found: number
}

export interface ReadFailedBatchOptions {
  /** Most records of a batch. Default 10,000, the most that Lambda delivers. */
  readonly maxRecords?: number
  /** Milliseconds between pages. Default 200, since a shard allows five reads per second. */
  readonly pauseMs?: number
  /** Aborts the reading; its reason is thrown. */
  readonly signal?: AbortSignal
  /** Called with the number of lost records, and the remaining ones are returned; without it a loss is an error. */
  readonly onLost?: (lost: LostRecords) => void
}

/**
 * Fetch the event of a failed batch from the stream again: exactly the records from the start to the end sequence
 * number, in the form in which Lambda delivered them, for `readRecords` or `processBatch`.
 *
 * Lambda sends the position of the batch, not its records; only a file in an S3 destination has them as `payload`, and
 * then the stream is not read. Filters of the event source mapping are not applied: records that they excluded are
 * included.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * @param failure - the failure event, decoded with `jsonPayload(StreamFailureEventSchema)` from a queue, a topic or a file.
 * @param client - the SDK's `Kinesis` or `DynamoDBStreams`, depending on the stream; not needed for a failure with a payload.
 * @param options.maxRecords - most records of a batch.
 * @param options.pauseMs - milliseconds between pages.
 * @param options.signal - aborts the reading; its reason is thrown.
 * @param options.onLost - called with the number of lost records.
 * @returns the event. One request for the iterator and one per page, usually one; holds the records in memory.
 * @throws MillraceError `EVENT_INVALID` for another event, or one of Kafka without payload; `SOURCE_UNAVAILABLE` if the
 * stream no longer has all records, with their number, or cannot be read (the SDK's error is the cause);
 * `LIMIT_EXCEEDED` for more than `maxRecords`; `PAYLOAD_INVALID` for a payload that is not JSON; `OPTION_INVALID` for a
 * client that only accepts commands.
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
  if (info === undefined) throw invalid('a batch of Kafka can only be read from its payload', ['payload'])
  if (client === undefined) throw invalid('without payload, pass a client of its stream to read the batch', ['payload'])
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

/** The longest wait of a Node timer. */
const MAX_PAUSE_MS = 2 ** 31 - 1

const OPTIONS = { maxRecords: 'number', pauseMs: 'number', signal: 'signal', onLost: 'function' } as const

const CLIENT_RULE =
  'client must be the Kinesis or DynamoDBStreams of the SDK: KinesisClient and DynamoDBStreamsClient only accept commands'

/** Parse the event that a file in S3 contains as text. */
function eventOfPayload(payload: unknown): unknown {
  const place = placeAt(undefined, 'payload')
  const event = typeof payload === 'string' ? parseExactJson(payload, place, { maxDepth: 64 }) : payload
  if (detectSource(event) === undefined) throw invalid('its payload is not an event of a stream', ['payload'])
  return event
}

type BatchInfo = NonNullable<StreamFailureEvent['KinesisBatchInfo']>

function rangeOf({ shardId, startSequenceNumber, endSequenceNumber, batchSize }: BatchInfo, name: string): ShardRange {
  const number = (field: string, text: string): bigint => {
    if (!/^\d+$/.test(text)) throw invalid('a sequence number must consist of digits', [name, field])
    return BigInt(text)
  }
  const start = number('startSequenceNumber', startSequenceNumber)
  const end = number('endSequenceNumber', endSequenceNumber)
  if (end < start) throw invalid('the batch ends before it starts', [name, 'endSequenceNumber'])
  return { shardId, start, end, expected: batchSize }
}

function tellLoss({ shardId, expected }: ShardRange, found: number, onLost: ReadFailedBatchOptions['onLost']): void {
  // With filters there may be as many as Lambda counted, although one is missing.
  const lost = expected === undefined ? undefined : Math.max(1, expected - found)
  if (onLost !== undefined) {
    onLost({ lost, found })
    return
  }
  const count = lost === undefined ? 'records' : `${lost} of ${lost + found} records`
  throw new MillraceError(
    'SOURCE_UNAVAILABLE',
    `${count} of the batch are no longer in the stream (shard ${shardId}): read the others with the option onLost`,
  )
}

function invalid(rule: string, path: readonly string[]): MillraceError {
  return new MillraceError('EVENT_INVALID', `not a failure that can be read again: ${rule}`, { path })
}

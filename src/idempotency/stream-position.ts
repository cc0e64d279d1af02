import { MillraceError } from '../errors.ts'
import { checkArgument } from '../internal/check-arguments.ts'

const RECORD_RULE = 'a record does not name its stream, shard and sequence number'
const KAFKA_RULE =
  'a record of Kafka does not name its cluster, without which a recreated topic would have the keys of the old one: pass the records that readRecords returns for the whole event'

/** The position of a record in its stream. */
export interface StreamPosition {
  /** The stream and its shard or partition, as a path. */
  readonly shard: string
  readonly sequenceNumber: string
}

/** A record of a Lambda event, or one returned by `readRecords`. */
export type StreamRecord = object

/**
 * Find the position of a record in its stream: a Kinesis shard, a Kafka partition, or a DynamoDB stream, whose events name no shard.
 *
 * @returns undefined for records of other sources, or without a position.
 */
export function streamPosition(record: StreamRecord): StreamPosition | undefined {
  const raw = fieldOf(record, 'raw') ?? record
  const arn = textOf(fieldOf(raw, 'eventSourceARN'))
  const kinesis = textOf(fieldOf(fieldOf(raw, 'kinesis'), 'sequenceNumber') ?? fieldOf(raw, 'sequenceNumber'))
  if (kinesis !== undefined) {
    const [shard, after] = textOf(fieldOf(raw, 'eventID'))?.split(':') ?? []
    return after === undefined ? undefined : position([...arnPath(arn), shard], kinesis)
  }
  const change = textOf(fieldOf(fieldOf(raw, 'dynamodb'), 'SequenceNumber'))
  if (change !== undefined) return position(arnPath(arn), change)
  const topic = textOf(fieldOf(raw, 'topic'))
  const [partition, offset] = ['partition', 'offset'].map((name) => fieldOf(raw, name))
  return topic !== undefined && Number.isInteger(partition) && Number.isInteger(offset)
    ? position([topic, String(partition)], String(offset))
    : undefined
}

/**
 * Make an object key, without ending, for the file of a stream's batch: the stream, its shard and the range of its sequence numbers.
 *
 * The same records have the same key whenever they are delivered, so a file written under it with `ifNoneMatch` is
 * written once. A second writer gets `WRITE_CONFLICT`; only metadata can show whether the existing object is its own
 * earlier write, since a recreated stream may repeat names and numbers. The guide has the whole recipe. Batches with
 * other boundaries have other keys.
 *
 * @param records - all records of a batch, in order, from the event or from `readRecords`: of Kinesis, DynamoDB
 * streams, or one partition of Kafka; Kafka's own records do not name their cluster, so these must come from
 * `readRecords`.
 * @returns a key such as `orders/shardId-000000000006/4959...01-4959...77`; from DynamoDB, whose events name no shard, the table and stream; from
 * Kafka the cluster, topic and partition.
 * @throws MillraceError `EVENT_INVALID` without records, for records of several shards or out of order, not from a
 * stream, or of Kafka without cluster; `TYPE_MISMATCH` for a value that is not an array.
 * @example
 * const record = (n: string) => ({
 *   eventID: `shardId-000000000006:${n}`,
 *   eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders',
 *   kinesis: { sequenceNumber: n },
 * })
 * batchKey([record('4959'), record('4960')]) // => 'orders/shardId-000000000006/4959-4960'
 */
export function batchKey(records: readonly StreamRecord[]): string {
  checkArgument('batchKey', 'records', records, 'array', 'write batchKey(readRecords(event, payload))')
  const positions = records.map((record) => {
    const place = streamPosition(record)
    if (place === undefined) throw new MillraceError('EVENT_INVALID', `batchKey: ${RECORD_RULE}`)
    return isOfKafka(record) ? { ...place, shard: `${clusterPath(record)}/${place.shard}` } : place
  })
  const [first] = positions
  const last = positions.at(-1)
  if (first === undefined || last === undefined)
    throw new MillraceError('EVENT_INVALID', 'batchKey: there are no records')
  if (positions.some(({ shard }) => shard !== first.shard))
    throw new MillraceError('EVENT_INVALID', 'batchKey: the records come from several shards; write a file for each')
  if (positions.some(({ sequenceNumber }, index) => isAfter(sequenceNumber, positions[index + 1]?.sequenceNumber)))
    throw new MillraceError('EVENT_INVALID', 'batchKey: the records are not in the order of their shard')
  return `${first.shard}/${first.sequenceNumber}-${last.sequenceNumber}`
}

function isOfKafka(record: StreamRecord): boolean {
  return fieldOf(fieldOf(record, 'raw') ?? record, 'topic') !== undefined
}

/** Region, account, name and id of a cluster of MSK; the hash of another's servers. */
function clusterPath(record: StreamRecord): string {
  const cluster = textOf(fieldOf(record, 'cluster') ?? fieldOf(record, 'eventSourceArn'))
  if (cluster === undefined || cluster === '') throw new MillraceError('EVENT_INVALID', `batchKey: ${KAFKA_RULE}`)
  const [region = '', account = ''] = cluster.split(':').slice(3)
  const path = cluster.startsWith('arn:') ? [region, account, ...arnPath(cluster)] : [cluster]
  return path.map(encodeURIComponent).join('/')
}

/** Aggregated Kinesis records share their sequence number. */
function isAfter(left: string, right: string | undefined): boolean {
  return right !== undefined && BigInt(left) > BigInt(right)
}

function position(path: readonly (string | undefined)[], sequenceNumber: string): StreamPosition | undefined {
  if (!/^\d{1,200}$/.test(sequenceNumber) || path.length === 0) return undefined
  return {
    shard: path.map((part) => encodeURIComponent(part ?? '')).join('/'),
    sequenceNumber: `${BigInt(sequenceNumber)}`,
  }
}

/** `orders` of `arn:aws:kinesis:...:stream/orders`; `orders/2026-01-01T00:00:00.000` of a table's stream. */
function arnPath(arn: string | undefined): readonly string[] {
  const resource = arn?.split(':').slice(5).join(':').split('/') ?? []
  return resource.filter((part, index) => index > 0 && part !== 'stream')
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && !/\p{Surrogate}/u.test(value) ? value : undefined
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

import { base64Text } from '../internal/base64.ts'
import type { KinesisRecord } from './kinesis.ts'
import type { Shard, ShardStart } from './shard-range.ts'

/** The methods used of a Kinesis client, such as `Kinesis` of `@aws-sdk/client-kinesis`. */
export interface KinesisReader {
  getShardIterator(
    input: {
      StreamARN: string
      StreamName: string
      ShardId: string
      ShardIteratorType: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER' | 'TRIM_HORIZON'
      StartingSequenceNumber?: string
    },
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ ShardIterator?: string | undefined }>
  getRecords(
    input: { ShardIterator: string; Limit: number; StreamARN: string },
    options?: { abortSignal?: AbortSignal },
  ): Promise<{
    Records: readonly KinesisSdkRecord[] | undefined
    NextShardIterator?: string | undefined
    MillisBehindLatest?: number | undefined
  }>
}

interface KinesisSdkRecord {
  readonly SequenceNumber: string | undefined
  readonly Data: Uint8Array | undefined
  readonly PartitionKey?: string | undefined
  readonly ApproximateArrivalTimestamp?: Date | undefined
}

/** A shard of a Kinesis data stream, with records in the form of Lambda events. */
export function kinesisShard(
  client: KinesisReader,
  { streamArn, shardId }: { readonly streamArn: string; readonly shardId: string },
  signal: AbortSignal | undefined,
): Shard<KinesisRecord> {
  // The ARN of a consumer with enhanced fan-out begins with that of its stream.
  const [StreamARN = streamArn] = streamArn.split('/consumer/')
  const StreamName = StreamARN.slice(StreamARN.indexOf('/') + 1)
  const options = signal === undefined ? {} : { abortSignal: signal }
  return {
    maxPage: 10_000,
    iterator: async (start) => {
      const input = { StreamARN, StreamName, ShardId: shardId, ...startOf(start) }
      return (await client.getShardIterator(input, options)).ShardIterator
    },
    page: async (ShardIterator, Limit) => {
      const answer = await client.getRecords({ ShardIterator, Limit, StreamARN }, options)
      return {
        records: (answer.Records ?? []).map((record) => ({
          sequenceNumber: BigInt(record.SequenceNumber ?? 0),
          record: recordOf(record, StreamARN, shardId),
        })),
        next: answer.NextShardIterator ?? undefined,
        isAtTip: answer.MillisBehindLatest === 0,
      }
    },
  }
}

function startOf(start: ShardStart) {
  if (start === 'oldest') return { ShardIteratorType: 'TRIM_HORIZON' } as const
  return 'at' in start
    ? ({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: String(start.at) } as const)
    : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: String(start.after) } as const)
}

function recordOf(
  { SequenceNumber = '', Data, PartitionKey = '', ApproximateArrivalTimestamp: arrival }: KinesisSdkRecord,
  eventSourceARN: string,
  shardId: string,
): KinesisRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: PartitionKey,
      sequenceNumber: SequenceNumber,
      data: base64Text(Data ?? new Uint8Array(0)),
      ...(arrival !== undefined && { approximateArrivalTimestamp: arrival.getTime() / 1000 }),
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${SequenceNumber}`,
    eventName: 'aws:kinesis:record',
    awsRegion: eventSourceARN.split(':')[3] ?? '',
    eventSourceARN,
  }
}

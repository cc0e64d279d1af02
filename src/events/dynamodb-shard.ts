import { imageJson } from './attribute-value-json.ts'
import type { DynamoDBStreamRecord } from './dynamodb-stream.ts'
import type { Shard, ShardStart } from './shard-range.ts'

/** The methods used of a client of DynamoDB Streams, such as `DynamoDBStreams` of `@aws-sdk/client-dynamodb-streams`. */
export interface DynamoDBStreamsReader {
  getShardIterator(
    input: {
      StreamArn: string
      ShardId: string
      ShardIteratorType: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER' | 'TRIM_HORIZON'
      SequenceNumber?: string
    },
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ ShardIterator?: string | undefined }>
  getRecords(
    input: { ShardIterator: string; Limit: number },
    options?: { abortSignal?: AbortSignal },
  ): Promise<{ Records?: readonly DynamoDBSdkRecord[] | undefined; NextShardIterator?: string | undefined }>
}

interface DynamoDBSdkRecord {
  readonly eventID?: string | undefined
  readonly eventName?: string | undefined
  readonly eventVersion?: string | undefined
  readonly eventSource?: string | undefined
  readonly awsRegion?: string | undefined
  readonly userIdentity?: { readonly PrincipalId?: string | undefined; readonly Type?: string | undefined } | undefined
  readonly dynamodb?:
    | {
        readonly ApproximateCreationDateTime?: Date | undefined
        readonly Keys?: Readonly<Record<string, unknown>> | undefined
        readonly NewImage?: Readonly<Record<string, unknown>> | undefined
        readonly OldImage?: Readonly<Record<string, unknown>> | undefined
        readonly SequenceNumber?: string | undefined
        readonly SizeBytes?: number | undefined
        readonly StreamViewType?: string | undefined
      }
    | undefined
}

/** A shard of a DynamoDB stream, with records in the form of Lambda events. */
export function dynamodbShard(
  client: DynamoDBStreamsReader,
  { streamArn: StreamArn, shardId: ShardId }: { readonly streamArn: string; readonly shardId: string },
  signal: AbortSignal | undefined,
): Shard<DynamoDBStreamRecord> {
  const options = signal === undefined ? {} : { abortSignal: signal }
  return {
    maxPage: 1000,
    iterator: async (start) => {
      return (await client.getShardIterator({ StreamArn, ShardId, ...startOf(start) }, options)).ShardIterator
    },
    page: async (ShardIterator, Limit) => {
      const { Records = [], NextShardIterator: next } = await client.getRecords({ ShardIterator, Limit }, options)
      return {
        records: Records.map((record) => ({
          sequenceNumber: BigInt(record.dynamodb?.SequenceNumber ?? 0),
          record: recordOf(record, StreamArn),
        })),
        next: next ?? undefined,
        isAtTip: false,
      }
    },
  }
}

function startOf(start: ShardStart) {
  if (start === 'oldest') return { ShardIteratorType: 'TRIM_HORIZON' } as const
  return 'at' in start
    ? ({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: String(start.at) } as const)
    : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: String(start.after) } as const)
}

/** Lambda writes the fields of `userIdentity` in lower case, times in seconds and binary in base64. */
function recordOf(
  { userIdentity: user, dynamodb = {}, ...record }: DynamoDBSdkRecord,
  eventSourceARN: string,
): DynamoDBStreamRecord {
  const { ApproximateCreationDateTime: time, Keys, NewImage, OldImage, ...change } = dynamodb
  return {
    ...record,
    eventSource: 'aws:dynamodb',
    eventName: record.eventName as DynamoDBStreamRecord['eventName'],
    dynamodb: {
      ...(time !== undefined && { ApproximateCreationDateTime: time.getTime() / 1000 }),
      ...(Keys !== undefined && { Keys: imageJson(Keys) }),
      ...(NewImage !== undefined && { NewImage: imageJson(NewImage) }),
      ...(OldImage !== undefined && { OldImage: imageJson(OldImage) }),
      ...change,
    },
    ...(user !== undefined && { userIdentity: { principalId: user.PrincipalId, type: user.Type } }),
    eventSourceARN,
  }
}

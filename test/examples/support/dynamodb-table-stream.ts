import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams'
import type { DynamoDBServer } from '../../support/dynamodb-server.ts'

export interface TableStream {
  /** What the table's stream has told since the last call, as Lambda hands it over in batches of up to `size` records. */
  nextEvents(size: number): Promise<{ Records: object[] }[]>
  close(): void
}

/** A table with a stream of both images, its key a text and a number. */
export async function createStreamedTable(client: DynamoDBClient, TableName: string): Promise<string> {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: 'customer', AttributeType: 'S' },
        { AttributeName: 'order', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'customer', KeyType: 'HASH' },
        { AttributeName: 'order', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  return TableDescription?.LatestStreamArn ?? ''
}

/** Reads a stream from its beginning. */
export function openTableStream({ endpoint }: DynamoDBServer, streamArn: string): TableStream {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new DynamoDBStreamsClient({ endpoint, region: 'us-east-1', credentials })
  const iterators = new Map<string, string | undefined>()

  async function nextRecords(): Promise<StreamRecord[]> {
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }))
    const records: StreamRecord[] = []
    for (const { ShardId = '' } of StreamDescription?.Shards ?? []) {
      if (!iterators.has(ShardId)) {
        const start = { StreamArn: streamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const
        iterators.set(ShardId, (await client.send(new GetShardIteratorCommand(start))).ShardIterator)
      }
      for (let isMore = true; isMore; ) {
        const ShardIterator = iterators.get(ShardId)
        if (ShardIterator === undefined) break
        const page = await client.send(new GetRecordsCommand({ ShardIterator }))
        records.push(...(page.Records ?? []))
        iterators.set(ShardId, page.NextShardIterator)
        isMore = (page.Records ?? []).length > 0
      }
    }
    return records
  }

  return {
    nextEvents: async (size) => {
      const records = (await nextRecords()).map((record) => lambdaRecord(record, streamArn))
      const events = []
      for (let at = 0; at < records.length; at += size) events.push({ Records: records.slice(at, at + size) })
      return events
    },
    close: () => client.destroy(),
  }
}

/** A record as Lambda hands it over: JSON, with its ARN, seconds and base64. */
function lambdaRecord(record: StreamRecord, eventSourceARN: string): object {
  const time = record.dynamodb?.ApproximateCreationDateTime
  const dynamodb = { ...record.dynamodb, ApproximateCreationDateTime: time && time.getTime() / 1000 }
  const text = JSON.stringify(
    { ...record, dynamodb, eventSource: 'aws:dynamodb', eventSourceARN },
    (_, value: unknown) => (isBytes(value) ? Buffer.from(Object.values(value)).toString('base64') : value),
  )
  return JSON.parse(text)
}

function isBytes(value: unknown): value is Record<string, number> {
  return value instanceof Uint8Array
}

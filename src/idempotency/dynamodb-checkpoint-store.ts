import { GetItemCommand, type GetItemCommandOutput, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { checkFields } from '../internal/check-arguments.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { keyOfItem } from './dynamodb-item.ts'
import { type DynamoDBSender, type DynamoDBTableLayout, layoutOf } from './dynamodb-layout.ts'
import { recordInvalid, storeFailure } from './store-failure.ts'

export interface DynamoDBCheckpointStoreOptions extends DynamoDBTableLayout {
  readonly client: DynamoDBSender
  /** Separates consumers of one stream, so that each has its own checkpoints. Default: none. */
  readonly namespace?: string
}

/** Longer than the sequence numbers of any stream, so that text compares like the numbers. */
const DIGITS = 64

/**
 * Store checkpoints in a DynamoDB table, which may be that of a `dynamodbStore`: one item for each shard, which does not expire.
 *
 * @param options.client - a `DynamoDBClient` or a document client.
 * @param options.namespace - one for each consumer of a stream.
 * @returns a store for the `checkpointStore` of `processBatch`: one read and one conditional put for each batch of a shard.
 * @throws MillraceError from its calls: `IDEMPOTENCY_STORE_FAILED` with the SDK's error as cause,
 * `IDEMPOTENCY_RECORD_INVALID`. `OPTION_INVALID` at once.
 * @example no-run needs a table
 * const checkpointStore = dynamodbCheckpointStore({ client: new DynamoDBClient(), tableName: 'idempotency', namespace: 'orders' })
 * const work = async (order: unknown) => console.log(order)
 * export const handler = (event: unknown) => processBatch(event, work, { payload: jsonPayload(), checkpointStore })
 */
export function dynamodbCheckpointStore(options: DynamoDBCheckpointStoreOptions): CheckpointStore {
  const layout = layoutOf('dynamodbCheckpointStore', options, { client: 'client', namespace: 'string' })
  checkFields('dynamodbCheckpointStore', 'options', options, { 'client!': 'client' })
  const { client, tableName, namespace = '' } = options
  const keyOf = (shard: string) => keyOfItem(`checkpoint#${namespace}#${shard}`, layout)

  return {
    async readCheckpoint(shard) {
      const command = new GetItemCommand({ TableName: tableName, Key: keyOf(shard), ConsistentRead: true })
      const answer = await (client.send(command as never) as Promise<GetItemCommandOutput>).catch((error: unknown) => {
        throw storeFailure('reading the checkpoint', error)
      })
      if (answer.Item === undefined) return undefined
      const text = answer.Item['checkpoint']?.S
      if (text === undefined || !/^\d+$/.test(text)) throw recordInvalid('must have digits as checkpoint')
      return text.replace(/^0+(?=\d)/, '')
    },
    async writeCheckpoint(shard, sequenceNumber) {
      const checkpoint = { S: sequenceNumber.padStart(DIGITS, '0') }
      const command = new PutItemCommand({
        TableName: tableName,
        Item: { ...keyOf(shard), checkpoint },
        ConditionExpression: 'attribute_not_exists(#checkpoint) OR #checkpoint < :checkpoint',
        ExpressionAttributeNames: { '#checkpoint': 'checkpoint' },
        ExpressionAttributeValues: { ':checkpoint': checkpoint },
      })
      await (client.send(command as never) as Promise<unknown>).catch((error: unknown) => {
        // The checkpoint is already there or beyond.
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return
        throw storeFailure('writing the checkpoint', error)
      })
    },
  }
}

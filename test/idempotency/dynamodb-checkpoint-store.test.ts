import { expect, test, vi } from 'vitest'
import { jsonPayload } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'
import { type DynamoDBSender, dynamodbCheckpointStore, dynamodbStore } from '../../src/idempotency/dynamodb-store.ts'
import { idempotent } from '../../src/idempotency/index.ts'

// Faults and fields that no local server shows.

/** A client that notes the inputs of its commands, and answers with what it is given or throws it. */
function clientOf(answers: Readonly<Record<string, unknown>>) {
  const inputs: [string, Record<string, unknown>][] = []
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    inputs.push([command.constructor.name, command.input])
    const answer = answers[command.constructor.name] ?? {}
    if (answer instanceof Error) throw answer
    return answer
  }
  return { client: { send } as unknown as DynamoDBSender, inputs }
}
const named = (name: string): Error => Object.assign(new Error('secret'), { name })

test('a checkpoint is read consistently', async () => {
  const { client, inputs } = clientOf({})
  await dynamodbCheckpointStore({ client, tableName: 't' }).readCheckpoint('s')
  expect(inputs).toMatchObject([['GetItemCommand', { ConsistentRead: true }]])
})

test('a checkpoint is one item: digits of one length, so that DynamoDB compares them, and written only where it moves on', async () => {
  const { client, inputs } = clientOf({ GetItemCommand: { Item: { checkpoint: { S: '000120' } } } })
  const store = dynamodbCheckpointStore({ client, tableName: 't', namespace: 'n' })
  await store.writeCheckpoint('shard', '120')
  expect(await store.readCheckpoint('shard')).toBe('120')
  const [[, put] = [], [, get] = []] = inputs
  const checkpoint = { S: expect.stringMatching(/^0{10,}120$/) }
  expect(put).toEqual({
    TableName: 't',
    Item: { id: { S: 'checkpoint#n#shard' }, checkpoint },
    ConditionExpression: 'attribute_not_exists(#checkpoint) OR #checkpoint < :checkpoint',
    ExpressionAttributeNames: { '#checkpoint': 'checkpoint' },
    ExpressionAttributeValues: { ':checkpoint': checkpoint },
  })
  expect(get).toEqual({ TableName: 't', Key: { id: { S: 'checkpoint#n#shard' } }, ConsistentRead: true })
})

test.each([
  ['0', '0'],
  ['000', '0'],
  ['00101', '101'],
])('a stored checkpoint %s is %s', async (S, checkpoint) => {
  const { client } = clientOf({ GetItemCommand: { Item: { checkpoint: { S } } } })
  expect(await dynamodbCheckpointStore({ client, tableName: 't' }).readCheckpoint('s')).toBe(checkpoint)
})

test('so is the record where a server does not show the old item of a failed condition', async () => {
  const item = {
    id: { S: 'x' },
    state: { S: 'in-progress' },
    token: { S: 'other' },
    attempt: { N: '1' },
    leaseExpiresAt: { N: '9999999999999' },
    expiresAt: { N: '9999999999999' },
  }
  const { client, inputs } = clientOf({
    PutItemCommand: named('ConditionalCheckFailedException'),
    GetItemCommand: { Item: item },
  })
  const call = idempotent(async (_: string) => 1, { store: dynamodbStore({ client, tableName: 't' }), key: (id) => id })
  await expect(call('a')).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS', leaseExpiresAt: 9999999999999 })
  expect(inputs.find(([name]) => name === 'GetItemCommand')?.[1]).toMatchObject({ ConsistentRead: true })
})

test('access denied on a write is a failure, and a warning of the batch; a condition that fails is none', async () => {
  const denied = dynamodbCheckpointStore({
    client: clientOf({ PutItemCommand: named('AccessDeniedException') }).client,
    tableName: 't',
  })
  await expect(denied.writeCheckpoint('s', '1')).rejects.toMatchObject({ code: 'IDEMPOTENCY_STORE_FAILED' })
  const { client: behind } = clientOf({ PutItemCommand: named('ConditionalCheckFailedException') })
  await dynamodbCheckpointStore({ client: behind, tableName: 't' }).writeCheckpoint('s', '1')

  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const record = {
    eventSource: 'aws:kinesis',
    eventID: 'shardId-0:1',
    eventSourceARN: 'arn:aws:kinesis:r:a:stream/s',
    kinesis: { sequenceNumber: '1', partitionKey: 'k', data: 'MQ==' },
  }
  await processBatch({ Records: [record] }, async () => {}, { payload: jsonPayload(), checkpointStore: denied })
  expect(emitWarning).toHaveBeenCalledWith(
    expect.anything(),
    expect.objectContaining({ code: 'MILLRACE_CHECKPOINT_LEFT' }),
  )
  emitWarning.mockRestore()
})

test.each([
  [{ checkpoint: { S: '12x' } }],
  [{ checkpoint: { S: '' } }],
  [{ checkpoint: { N: '12' } }],
  [{ other: { S: '12' } }],
  [{}],
])('a stored item %j is no checkpoint', async (Item) => {
  const store = dynamodbCheckpointStore({ client: clientOf({ GetItemCommand: { Item } }).client, tableName: 't' })
  await expect(store.readCheckpoint('s')).rejects.toMatchObject({ code: 'IDEMPOTENCY_RECORD_INVALID' })
})

import { describe, expect, test } from 'vitest'
import { dynamodbWriter } from '../../src/send/dynamodb.ts'
import { eventBridgeSender } from '../../src/send/eventbridge.ts'
import { isSendError, SendError } from '../../src/send/index.ts'
import { fakeService } from '../../src/testing/fake-service.ts'
import { QUICK, thrown } from './support/sender-cases.ts'

const table = { tableName: 't', keys: ['id'] } as const
const clientOf = (...outputs: readonly object[]) => {
  const inputs: unknown[] = []
  const send = async ({ input }: { readonly input: object }): Promise<object> => {
    inputs.push(input)
    return outputs[inputs.length - 1] ?? {}
  }
  return { client: { send } as never, inputs }
}

describe('items that DynamoDB did not process', () => {
  test('are written again, puts and deletes', async () => {
    const put = { PutRequest: { Item: { id: { S: 'a' } } } }
    const remove = { DeleteRequest: { Key: { id: { S: 'b' } } } }
    const { client, inputs } = clientOf({ UnprocessedItems: { t: [put, remove] } }, {})
    const write = dynamodbWriter(client, table, QUICK)
    expect(await write([{ put: { id: 'a' } }, { delete: { id: 'b' } }, { put: { id: 'c' } }])).toMatchObject({
      sent: 3,
      requests: 2,
      retries: 2,
    })
    expect(inputs[1]).toEqual({ RequestItems: { t: [put, remove] } })
  })

  test('are named by that where no attempt is left', async () => {
    const { client } = clientOf({ UnprocessedItems: { t: [{ PutRequest: { Item: { id: { S: 'a' } } } }] } })
    const error = await thrown(dynamodbWriter(client, table, { ...QUICK, attempts: 1 })([{ put: { id: 'a' } }]))
    expect(isSendError(error) && error.outcomes[0]?.error.message).toBe(
      'dynamodb: not stored after 1 attempt: Unprocessed',
    )
  })

  test('and were never sent: what was not returned may be stored or not', async () => {
    const items = ['a', 'z'].map((id) => ({ PutRequest: { Item: { id: { S: id } } } }))
    const { client } = clientOf({ UnprocessedItems: { t: items } })
    const write = dynamodbWriter(client, table, { ...QUICK, attempts: 1 })
    const error = await thrown(write([{ put: { id: 'a' } }, { put: { id: 'b' } }]))
    expect(isSendError(error) && error.outcomes.map(({ status }) => status)).toEqual(['failed', 'unknown'])
  })
})

test('an event keeps its own bus where the sender has none', async () => {
  const { client, stored } = fakeService({ service: 'eventbridge' })
  const event = { Source: 'shop', DetailType: 'paid', Detail: '{}', EventBusName: 'own' }
  await eventBridgeSender(client)([event])
  await eventBridgeSender(client, { eventBusName: 'orders' })([event])
  expect(stored).toEqual([event, { ...event, EventBusName: 'orders' }])
})

test('SendError counts all that was not sent, and names the first', () => {
  const report = { sent: 5, refused: 1, failed: 2, unknown: 4, requests: 1, retries: 0, bytes: 0 }
  const outcome = { index: 3, entry: 'x', status: 'failed', error: new SendError(report, []), attempts: 1 } as const
  const counts = '7 of 12 entries were not sent (1 refused, 2 failed, 4 unknown)'
  expect(new SendError(report, []).message).toBe(counts)
  expect(new SendError(report, [outcome, { ...outcome, index: 4 }]).message).toBe(
    `${counts}; the first is entry 3: ${counts}`,
  )
  expect(new SendError({ ...report, refused: 0, failed: 0, unknown: 0 }, []).message).toBe(
    'aborted after 5 entries were sent, before the source had ended',
  )
})

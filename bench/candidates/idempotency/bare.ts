import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { type MakeHandler, work } from './calls.ts'

/** The same two requests, or the one of a replay, and nothing around them: what the SDK costs. */
export const make: MakeHandler = (client) => {
  return async (call) => {
    const put = new PutItemCommand({
      TableName: 't',
      Item: { id: { S: call.id }, state: { S: 'in-progress' } },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    try {
      await client.send(put)
    } catch (error) {
      return JSON.parse((error as { Item: { result: { S: string } } }).Item.result.S)
    }
    const result = await work(call)
    const update = new UpdateItemCommand({
      TableName: 't',
      Key: { id: { S: call.id } },
      UpdateExpression: 'SET #result = :result',
      ExpressionAttributeNames: { '#result': 'result' },
      ExpressionAttributeValues: { ':result': { S: JSON.stringify(result) } },
    })
    await client.send(update)
    return result
  }
}

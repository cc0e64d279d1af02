import { Readable } from 'node:stream'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

type Item = Record<string, { S?: string; N?: string; M?: unknown }>

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * A true `DynamoDBClient` whose requests are answered at once in this process: what is left is the CPU of the library and of the SDK. A put
 * succeeds where nothing is, an update sets what its expression says, and the number of requests is kept.
 */
export function stubDynamoDB(): { readonly client: DynamoDBClient; readonly requests: () => number } {
  const items = new Map<string, Item>()
  let requests = 0
  const answer = (statusCode: number, body: object) => ({
    response: {
      statusCode,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: Readable.from([Buffer.from(JSON.stringify(body))]),
    },
  })
  const handle = async ({ headers, body }: Request) => {
    requests++
    const input = JSON.parse(body)
    if (headers['x-amz-target']?.endsWith('PutItem')) {
      const id: string = input.Item.id.S
      const old = items.get(id)
      if (old === undefined) {
        items.set(id, input.Item)
        return answer(200, {})
      }
      const type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException'
      return answer(400, { __type: type, message: 'The conditional request failed', Item: old })
    }
    const item = items.get(input.Key.id.S) ?? {}
    for (const assignment of input.UpdateExpression.replace(/^SET /, '').split(',')) {
      const [name, value] = assignment.split('=').map((part: string) => part.trim())
      item[input.ExpressionAttributeNames[name]] = input.ExpressionAttributeValues[value]
    }
    return answer(200, {})
  }
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: { handle } as never,
  })
  return { client, requests: () => requests }
}

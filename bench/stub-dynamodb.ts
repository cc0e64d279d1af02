import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'

type Item = Record<string, unknown>

/**
 * A `DynamoDBClient` whose `send` answers at once from a map, so that what is left is the CPU of the library: the SDK takes some 300 us a request,
 * whoever makes it. A put succeeds where nothing is, an update sets what its expression says; what is not remembered costs no memory either.
 */
export function stubDynamoDB({ remembers }: { readonly remembers: boolean }): {
  readonly client: DynamoDBClient
  readonly requests: () => number
} {
  const items = new Map<string, Item>()
  let requests = 0
  const put = (item: Item, id: string): object => {
    const Item = items.get(id)
    if (Item !== undefined) throw Object.assign(conditionFailed, { Item })
    if (remembers) items.set(id, item)
    return {}
  }
  const update = ({ input }: UpdateItemCommand, item: Item): object => {
    for (const assignment of (input.UpdateExpression ?? '').slice('SET '.length).split(', ')) {
      const [name = '', value = ''] = assignment.split(' = ')
      item[input.ExpressionAttributeNames?.[name] ?? name] = input.ExpressionAttributeValues?.[value]
    }
    return {}
  }
  const send = async (command: unknown): Promise<object> => {
    requests++
    if (command instanceof PutItemCommand) return put(command.input.Item ?? {}, command.input.Item?.['id']?.S ?? '')
    if (command instanceof UpdateItemCommand)
      return update(command, items.get(command.input.Key?.['id']?.S ?? '') ?? {})
    throw new Error('the stub knows puts and updates alone')
  }
  const client = new DynamoDBClient({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  return { client: Object.assign(client, { send }), requests: () => requests }
}

/** One for all: a stack trace for each would cost more than the rest. */
const conditionFailed = new ConditionalCheckFailedException({
  message: 'The conditional request failed',
  $metadata: {},
})

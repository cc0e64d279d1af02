import { randomUUID } from 'node:crypto'
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message as SqsMessage,
} from '@aws-sdk/client-sqs'
import { createFinish } from '../../../examples/fan-out/finish.ts'
import { createPlan } from '../../../examples/fan-out/plan.ts'
import { createQueues } from '../../../examples/fan-out/queues.ts'
import { createReduce } from '../../../examples/fan-out/reduce.ts'
import { createWorker } from '../../../examples/fan-out/worker.ts'
import { deserializeImage } from '../../../src/cdc/deserialize-image.ts'
import { dynamodbGather } from '../../../src/fanout/gather/dynamodb-gather.ts'

/** Places of the servers and settings of the plan: plain JSON, for processes of their own. */
export interface FanOutPlaces {
  readonly s3: string
  readonly dynamodb: string
  readonly sqs: string
  readonly queues: Readonly<Record<'splitsUrl' | 'bucketsUrl' | 'runsUrl', string>>
  readonly tableName: string
}

export type PlanSettings = Omit<NonNullable<Parameters<typeof createPlan>[0]>, 'client'>
export type Step = keyof ReturnType<typeof createQueues>

const config = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 }

/** The functions of the example on servers of this machine, alone and over queues. */
export function fanOutFunctions(
  { s3, dynamodb, sqs, queues, tableName }: FanOutPlaces,
  settings: PlanSettings = {},
  retries: { readonly maxAttempts?: number } = {},
) {
  const options = { ...config, ...retries }
  const client = new S3Client({ ...options, endpoint: s3, forcePathStyle: true })
  const table = new DynamoDBClient({ ...options, endpoint: dynamodb })
  const store = dynamodbGather({ client: table, tableName })
  const { codec = {} } = settings
  const functions = {
    plan: createPlan({ ...settings, client }),
    worker: createWorker({ client, store, codec }),
    reduce: createReduce({ client, store }),
    finish: createFinish({ client, dynamodb: table, tableName, store }),
  }
  const messages = new SQSClient({ ...options, endpoint: sqs, useQueueUrlAsEndpoint: false })
  const handlers = createQueues({ client, dynamodb: table, sqs: messages, tableName, ...functions, ...queues })
  return { functions, handlers, client, table, messages }
}

export async function createFanOutTable(endpoint: string): Promise<string> {
  const client = new DynamoDBClient({ ...config, endpoint })
  const TableName = `fan-out-${randomUUID()}`
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  client.destroy()
  return TableName
}

/** The row that `finish` wrote of a run. */
export async function resultRow(client: DynamoDBClient, TableName: string, run: string) {
  const key = { id: { S: `result#${run}` } }
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: key, ConsistentRead: true }))
  return Item && deserializeImage(Item)
}

export type Message = Pick<SqsMessage, 'MessageId' | 'ReceiptHandle' | 'Body'>

/** The event that Lambda makes of messages. */
export function sqsEvent(messages: readonly Message[]) {
  return {
    Records: messages.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:fan-out',
    })),
  }
}

export interface Delivery {
  /** Invoke a function with one message; resolves to whether it was done, rejects where the process died. */
  readonly invoke: (step: Step, message: Message) => Promise<boolean>
  /** Messages that are not delivered again after so many failures. Default 20. */
  readonly maxReceives?: number
}

/** Lambda's poller: messages of all queues until none is left. Resolves to those that were given up, by queue. */
export async function deliverAll(sqs: SQSClient, queues: FanOutPlaces['queues'], delivery: Delivery) {
  const { invoke, maxReceives = 20 } = delivery
  const steps = [
    ['worker', queues.splitsUrl],
    ['reduce', queues.bucketsUrl],
    ['finish', queues.runsUrl],
  ] as const
  const receives = new Map<string, number>()
  const dead: { readonly step: Step; readonly message: Message }[] = []
  for (let idle = 0; idle < steps.length; ) {
    for (const [step, QueueUrl] of steps) {
      const receive = { QueueUrl, MaxNumberOfMessages: 4, VisibilityTimeout: 600 }
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(receive))
      idle = Messages.length === 0 ? idle + 1 : 0
      await Promise.all(
        Messages.map(async (message) => {
          const place = { QueueUrl, ReceiptHandle: message.ReceiptHandle }
          const isDone = await invoke(step, message).catch(() => false)
          const id = message.MessageId ?? ''
          receives.set(id, (receives.get(id) ?? 0) + 1)
          const isDead = !isDone && (receives.get(id) ?? 0) >= maxReceives
          if (isDead) dead.push({ step, message })
          if (isDone || isDead) await sqs.send(new DeleteMessageCommand(place))
          else await sqs.send(new ChangeMessageVisibilityCommand({ ...place, VisibilityTimeout: 0 }))
        }),
      )
    }
  }
  return dead
}

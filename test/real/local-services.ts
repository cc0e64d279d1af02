import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Kinesis } from '@aws-sdk/client-kinesis'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type DynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { type KinesisServer, startKinesis } from '../support/kinesis-server.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'
import { drainQueue } from '../support/sqs-server.ts'
import { type Gates, startGates } from './gates.ts'

/** The embedded servers, behind gates for the functions. */
export interface LocalServices {
  readonly gates: Gates
  /** Environment by which an SDK without options finds the services. */
  readonly env: Readonly<Record<string, string>>
  readonly s3: S3Server
  readonly dynamodb: DynamoDBClient
  readonly dynamodbEndpoint: string
  readonly kinesis: Kinesis
  put(key: string, body: string): Promise<void>
  get(key: string): Promise<Uint8Array>
  /** A fresh name. */
  name(stem: string): string
  /** Make a queue, whose URL leads through a gate. */
  queue(stem: string): Promise<string>
  /** Take every message out of a queue, in order. */
  drain(queueUrl: string): Promise<readonly string[]>
  /** Make a FIFO topic, and a FIFO queue that gets what is published. */
  fifoTopic(stem: string): Promise<{ readonly topicArn: string; readonly queueUrl: string }>
  /** Make a table with one string as its key, or as asked. */
  table(stem: string, input: string | ((tableName: string) => CreateTableCommandInput)): Promise<string>
  /** Make a stream of one shard. */
  stream(stem: string): Promise<string>
  close(): Promise<void>
}

/** A test that works on large objects, or waits, is silent for longer than a server keeps a connection. */
export const RETRYING = { maxAttempts: 3 }
const REGION = 'us-east-1'
const config = { region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }

export async function startLocalServices(): Promise<LocalServices> {
  const [s3, dynamodb, kinesis] = await Promise.all([startS3Server(), startDynamoDB(), startKinesis()])
  const gates = startGates()
  // The server of S3 answers SQS and SNS too, and names queues by the host that is asked.
  const fauxqs = await gates.add(s3.endpoint)
  const sqs = new SQSClient({ ...config, endpoint: fauxqs })
  const sns = new SNSClient({ ...config, endpoint: fauxqs })
  const client = dynamodb.client(RETRYING)
  const objects = s3.client(RETRYING)
  let names = 0
  const name = (stem: string): string => `${stem}-${++names}`
  const queueOf = async (QueueName: string, Attributes: Record<string, string> = {}): Promise<string> =>
    (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? ''

  return {
    gates,
    env: await environment(gates, fauxqs, dynamodb, kinesis),
    s3,
    dynamodb: client,
    dynamodbEndpoint: dynamodb.endpoint,
    kinesis: kinesis.client,
    put: async (Key, Body) => void (await objects.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }))),
    get: async (Key) => {
      const { Body } = await objects.send(new GetObjectCommand({ Bucket: BUCKET, Key }))
      return (await Body?.transformToByteArray()) ?? new Uint8Array(0)
    },
    name,
    queue: (stem) => queueOf(name(stem)),
    drain: (queueUrl) => drainQueue(sqs, queueUrl),
    fifoTopic: async (stem) => {
      const Name = `${name(stem)}.fifo`
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name, Attributes: { FifoTopic: 'true' } }))
      const queueUrl = await queueOf(Name, { FifoQueue: 'true' })
      const attributes = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] })
      const Endpoint = (await sqs.send(attributes)).Attributes?.['QueueArn']
      const Attributes = { RawMessageDelivery: 'true' }
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }))
      return { topicArn: TopicArn ?? '', queueUrl }
    },
    table: async (stem, input) => {
      const tableName = name(stem)
      await client.send(
        new CreateTableCommand(typeof input === 'string' ? tableOf(tableName, input) : input(tableName)),
      )
      return tableName
    },
    stream: async (stem) => {
      const StreamName = name(stem)
      await kinesis.client.createStream({ StreamName, ShardCount: 1 })
      for (;;) {
        const { StreamDescription } = await kinesis.client.describeStream({ StreamName })
        if (StreamDescription?.StreamStatus === 'ACTIVE') return StreamName
      }
    },
    close: async () => {
      sqs.destroy()
      sns.destroy()
      await gates.close()
      await Promise.all([s3.close(), dynamodb.close(), kinesis.close()])
    },
  }
}

async function environment(gates: Gates, fauxqs: string, dynamodb: DynamoDBServer, kinesis: KinesisServer) {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_S3: fauxqs,
    AWS_ENDPOINT_URL_SQS: fauxqs,
    AWS_ENDPOINT_URL_SNS: fauxqs,
    AWS_ENDPOINT_URL_DYNAMODB: await gates.add(dynamodb.endpoint),
    AWS_ENDPOINT_URL_KINESIS: await gates.add(kinesis.endpoint, { http2: true }),
  }
}

function tableOf(TableName: string, AttributeName: string): CreateTableCommandInput {
  return {
    TableName,
    KeySchema: [{ AttributeName, KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName, AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  }
}

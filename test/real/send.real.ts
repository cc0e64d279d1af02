import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { eventBridgeSender } from '../../src/send/eventbridge.ts'
import { firehoseSender } from '../../src/send/firehose.ts'
import { snsSender } from '../../src/send/sns.ts'
import { sqsSender } from '../../src/send/sqs.ts'
import { MOTO } from './servers.ts'

const config = {
  endpoint: MOTO ?? '',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
}
const ACCOUNT = '123456789012'
const texts = Array.from({ length: 23 }, (_, n) => `{"n":${n},"text":"é😀"}`)

describe.skipIf(MOTO === undefined)('senders on moto (needs moto_server)', () => {
  const sqs = new SQSClient(config)
  const makeQueue = async (name: string) => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
    return { QueueUrl, arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}` }
  }
  const drain = async (QueueUrl: string): Promise<string[]> => {
    const bodies: string[] = []
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      if (Messages.length === 0) return bodies.sort()
      bodies.push(...Messages.map(({ Body = '' }) => Body))
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: `${n}`, ReceiptHandle }))
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    }
  }

  test('sqsSender', async () => {
    const { QueueUrl } = await makeQueue('plain')
    const send = sqsSender(sqs, { queueUrl: QueueUrl })
    expect(await send(texts.map((MessageBody) => ({ MessageBody })))).toMatchObject({ sent: 23, requests: 3 })
    expect(await drain(QueueUrl)).toEqual(texts.toSorted())
  })

  test('snsSender: what is published arrives', async () => {
    const sns = new SNSClient(config)
    const { QueueUrl, arn } = await makeQueue('from-topic')
    const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'topic' }))
    const Attributes = { RawMessageDelivery: 'true' }
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: arn, Attributes }))
    const entries = texts.map((Message) => ({ Message }))
    expect(await snsSender(sns, { topicArn })(entries)).toMatchObject({ sent: 23, requests: 3 })
    expect(await drain(QueueUrl)).toEqual(texts.toSorted())
  })

  test('eventBridgeSender: events reach the target of a rule', async () => {
    const client = new EventBridgeClient(config)
    const { QueueUrl, arn } = await makeQueue('from-bus')
    await client.send(new CreateEventBusCommand({ Name: 'bus' }))
    const rule = { Name: 'all', EventBusName: 'bus' }
    await client.send(new PutRuleCommand({ ...rule, EventPattern: '{"source":["shop"]}' }))
    await client.send(new PutTargetsCommand({ Rule: 'all', EventBusName: 'bus', Targets: [{ Id: 'q', Arn: arn }] }))
    const entries = texts.map((Detail) => ({ Source: 'shop', DetailType: 'paid', Detail }))
    expect(await eventBridgeSender(client, { eventBusName: 'bus' })(entries)).toMatchObject({ sent: 23, requests: 3 })
    const details = (await drain(QueueUrl)).map((body) => JSON.stringify(JSON.parse(body).detail))
    expect(details.sort()).toEqual(texts.toSorted())
  })

  test('firehoseSender: records are in the bucket', async () => {
    const client = new FirehoseClient(config)
    const s3 = new S3Client({ ...config, forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket: 'lake' }))
    await client.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName: 'stream',
        ExtendedS3DestinationConfiguration: {
          BucketARN: 'arn:aws:s3:::lake',
          RoleARN: `arn:aws:iam::${ACCOUNT}:role/r`,
        },
      }),
    )
    const entries = texts.map((text) => ({ Data: Buffer.from(`${text}\n`) }))
    expect(await firehoseSender(client, { deliveryStreamName: 'stream' })(entries)).toMatchObject({ sent: 23 })
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake' }))
    const lines: string[] = []
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key }))
      lines.push(...((await Body?.transformToString()) ?? '').trimEnd().split('\n'))
    }
    expect(lines.sort()).toEqual(texts.toSorted())
  })
})

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
import { failInPart } from '../send/support/fail-in-part.ts'
import { MOTO } from './servers.ts'

const config = {
  endpoint: MOTO ?? '',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
}
const ACCOUNT = '123456789012'
// So many attempts that no entry of a group meets an injected fault in each.
const quick = { baseMs: 1, maxMs: 5, attempts: 20 }
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

  test('sqsSender, also where requests fail in part', async () => {
    const { QueueUrl } = await makeQueue('plain')
    const entries = texts.map((MessageBody) => ({ MessageBody }))
    expect(await sqsSender(sqs, { queueUrl: QueueUrl })(entries)).toMatchObject({ sent: 23, requests: 3 })
    expect(await drain(QueueUrl)).toEqual(texts.toSorted())
    const flaky = new SQSClient(config)
    const injected = failInPart(flaky)
    const report = await sqsSender(flaky, { queueUrl: QueueUrl }, quick)(entries)
    expect(report).toMatchObject({ sent: 23, failed: 0, unknown: 0, retries: injected.held })
    expect(injected.held).toBeGreaterThan(0)
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
    const injected = failInPart(sns)
    expect(await snsSender(sns, { topicArn }, quick)(entries)).toMatchObject({ sent: 23, retries: injected.held })
    expect(injected.held).toBeGreaterThan(0)
    expect(await drain(QueueUrl)).toEqual(texts.toSorted())
  })

  test('snsSender to a FIFO topic: groups arrive in order, once, though requests fail in part and answers are lost', async () => {
    const sns = new SNSClient(config)
    const FifoQueue = { FifoQueue: 'true' }
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'order.fifo', Attributes: FifoQueue }))
    const topic = new CreateTopicCommand({ Name: 'order.fifo', Attributes: { FifoTopic: 'true' } })
    const { TopicArn: topicArn = '' } = await sns.send(topic)
    const Endpoint = `arn:aws:sqs:us-east-1:${ACCOUNT}:order.fifo`
    const Attributes = { RawMessageDelivery: 'true' }
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint, Attributes }))
    const injected = failInPart(sns, 4)
    const entries = Array.from({ length: 40 }, (_, n) => ({
      Message: `${n}`,
      MessageGroupId: `g${n % 4}`,
      MessageDeduplicationId: `d${n}`,
    }))
    expect(await snsSender(sns, { topicArn }, quick)(entries)).toMatchObject({ sent: 40, failed: 0, unknown: 0 })
    expect([injected.held > 0, injected.lost > 0]).toEqual([true, true])
    const arrived: number[] = []
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      if (Messages.length === 0) break
      arrived.push(...Messages.map(({ Body }) => Number(Body)))
      const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: `${n}`, ReceiptHandle }))
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    }
    for (const group of [0, 1, 2, 3]) {
      const own = arrived.filter((n) => n % 4 === group)
      expect(own).toEqual(Array.from({ length: 10 }, (_, n) => n * 4 + group))
    }
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
    const injected = failInPart(client)
    const report = await eventBridgeSender(client, { eventBusName: 'bus' }, quick)(entries)
    expect(report).toMatchObject({ sent: 23, retries: injected.held })
    expect(injected.held).toBeGreaterThan(0)
    expect(await drain(QueueUrl)).toHaveLength(23)
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
    const linesOfBucket = async (): Promise<string[]> => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake' }))
      const lines: string[] = []
      for (const { Key } of Contents) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key }))
        lines.push(...((await Body?.transformToString()) ?? '').trimEnd().split('\n'))
      }
      return lines.sort()
    }
    const entries = texts.map((text) => ({ Data: Buffer.from(`${text}\n`) }))
    expect(await firehoseSender(client, { deliveryStreamName: 'stream' })(entries)).toMatchObject({ sent: 23 })
    expect(await linesOfBucket()).toEqual(texts.toSorted())
    const injected = failInPart(client)
    const options = { ...quick, maxEntries: 8 }
    const report = await firehoseSender(client, { deliveryStreamName: 'stream' }, options)(entries)
    expect(report).toMatchObject({ sent: 23, retries: injected.held })
    expect(injected.held).toBeGreaterThan(0)
    expect(await linesOfBucket()).toEqual([...texts, ...texts].sort())
  })
})

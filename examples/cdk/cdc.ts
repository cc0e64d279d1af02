import { type App, Aws, CfnOutput, Stack } from 'aws-cdk-lib'
import { AttributeType, StreamViewType } from 'aws-cdk-lib/aws-dynamodb'
import { Alias } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { createBucket, createStream, createTable } from './data.ts'
import { createJob, createQueue, readStream, readsTableStream, writesObjects } from './job.ts'
import { createDashboard, createStreamAlarms, lambda, messages, millrace, oldestMessage, runsOf } from './monitor.ts'

const TIMEOUT_SECONDS = 60
const BOTH_IMAGES = StreamViewType.NEW_AND_OLD_IMAGES

/** Changes of a table become a log of Parquet files under `changes/` of a bucket. */
export function cdcJobStack(app: App): Stack {
  const stack = new Stack(app, 'cdc-job')
  const sortKey = { name: 'order', type: AttributeType.NUMBER }
  const orders = createTable(stack, 'Orders', 'customer', { sortKey, stream: BOTH_IMAGES })
  const streamArn = orders.tableStreamArn ?? Aws.NO_VALUE
  const bucket = createBucket(stack)
  const failedBatches = createQueue(stack, 'FailedBatches', TIMEOUT_SECONDS)
  const job = createJob(stack, 'Function', {
    entry: '../cdc-job/handler.ts',
    memorySize: 1769,
    timeoutSeconds: TIMEOUT_SECONDS,
    environment: { BUCKET: bucket.bucketName },
    allow: [readsTableStream(streamArn), writesObjects(bucket.arnForObjects('changes/*'))],
  })
  readStream(job, streamArn, { batchSize: 1000, windowSeconds: 30, failedBatches })

  const alarm = createStreamAlarms(stack, job, failedBatches)
  alarm('RunsFailed', millrace(job, 'RunsFailed'), 'A batch failed, and comes again up to ten times.', { periods: 3 })
  createDashboard(stack, {
    'Changes written': ['RowsWritten', 'BytesWritten'].map((name) => millrace(job, name)),
    'Age of the oldest record': [lambda(job, 'IteratorAge')],
    Runs: runsOf(job),
    Duration: [lambda(job, 'Duration')],
    'Failed batches': [messages(failedBatches), oldestMessage(failedBatches)],
  })
  new CfnOutput(stack, 'TableName', { value: orders.tableName })
  new CfnOutput(stack, 'BucketName', { value: bucket.bucketName })
  return stack
}

/** Changes of a table go to a stream, and removals to a FIFO topic too, in order for each item. */
export function cdcFanoutStack(app: App): Stack {
  const stack = new Stack(app, 'cdc-fanout')
  const table = createTable(stack, 'Table', 'id', { stream: BOTH_IMAGES })
  const streamArn = table.tableStreamArn ?? Aws.NO_VALUE
  const changes = createStream(stack, 'Changes')
  const removals = new Topic(stack, 'Removals', {
    fifo: true,
    topicName: `${stack.stackName}-removals.fifo`,
    masterKey: Alias.fromAliasName(stack, 'TopicKey', 'alias/aws/sns'),
  })
  const failedBatches = createQueue(stack, 'FailedBatches', TIMEOUT_SECONDS)
  const job = createJob(stack, 'Function', {
    entry: '../cdc-fanout/handler.ts',
    memorySize: 512,
    timeoutSeconds: TIMEOUT_SECONDS,
    environment: { STREAM_NAME: changes.streamName, TOPIC_ARN: removals.topicArn },
    allow: [
      readsTableStream(streamArn),
      [['kinesis:PutRecords'], [changes.streamArn]],
      [['sns:Publish'], [removals.topicArn]],
    ],
  })
  readStream(job, streamArn, { batchSize: 100, windowSeconds: 0, failedBatches })

  const alarm = createStreamAlarms(stack, job, failedBatches)
  alarm('EntriesFailed', millrace(job, 'EntriesFailed'), 'Changes were refused or throttled beyond all attempts.')
  alarm('EntriesUnknown', millrace(job, 'EntriesUnknown'), 'Requests got no answer: changes may have arrived twice.')
  const throttled = changes.metricWriteProvisionedThroughputExceeded({ statistic: 'Sum' })
  alarm('Throttled', throttled, 'The stream takes no more. Raise its shards.', { periods: 3 })
  createDashboard(stack, {
    Entries: ['EntriesSent', 'EntriesFailed', 'EntriesUnknown', 'EntriesRefused'].map((name) => millrace(job, name)),
    'Age of the oldest record': [lambda(job, 'IteratorAge')],
    Runs: runsOf(job),
    Stream: [changes.metricIncomingRecords({ statistic: 'Sum' }), throttled],
    'Failed batches': [messages(failedBatches), oldestMessage(failedBatches)],
  })
  new CfnOutput(stack, 'TableName', { value: table.tableName })
  new CfnOutput(stack, 'StreamName', { value: changes.streamName })
  new CfnOutput(stack, 'TopicArn', { value: removals.topicArn })
  return stack
}

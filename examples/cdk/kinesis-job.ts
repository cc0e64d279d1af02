import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import { Stream, StreamEncryption } from 'aws-cdk-lib/aws-kinesis'
import type { Construct } from 'constructs'
import { createJob, createQueue, KEPT, readStream, readsKinesis } from './job.ts'
import { createAlarms, createDashboard, lambda, messages, millrace, oldestMessage, runsOf } from './monitor.ts'

/** Records of a stream, each stored once. Batches that keep failing wait in a queue. */
export function kinesisJobStack(app: App): Stack {
  const stack = new Stack(app, 'kinesis-job')
  const timeoutSeconds = 60
  const stream = createStream(stack, 'Stream')
  const events = createTable(stack, 'Events', 'event_id')
  const idempotency = createTable(stack, 'Idempotency', 'id')
  const failedBatches = createQueue(stack, 'FailedBatches', timeoutSeconds)
  const job = createJob(stack, 'Function', {
    entry: '../kinesis-job/handler.ts',
    memorySize: 1024,
    timeoutSeconds,
    environment: { TABLE_NAME: events.tableName, IDEMPOTENCY_TABLE_NAME: idempotency.tableName },
    allow: [
      readsKinesis(stream.streamArn),
      [['dynamodb:BatchWriteItem'], [events.tableArn]],
      [['GetItem', 'PutItem', 'UpdateItem'].map((action) => `dynamodb:${action}`), [idempotency.tableArn]],
    ],
  })
  readStream(job, stream.streamArn, { batchSize: 100, windowSeconds: 1, failedBatches })

  const alarm = createAlarms(stack)
  alarm(
    'FailedBatches',
    messages(failedBatches),
    'A batch was given up. readFailedBatch fetches its records for 24 hours.',
  )
  alarm(
    'LostBatches',
    lambda(job, 'DestinationDeliveryFailures'),
    'The position of a failed batch did not reach the queue.',
  )
  alarm('IteratorAge', lambda(job, 'IteratorAge'), 'Records wait over a minute.', { over: 60_000, periods: 3 })
  alarm('RecordsFailed', millrace(job, 'RecordsFailed'), 'The same records fail again and again.', { periods: 3 })
  alarm('DeadlineHits', millrace(job, 'DeadlineHits'), 'Batches take longer than the function has; work is repeated.')
  alarm('LeasesLost', millrace(job, 'LeasesLost'), 'A run outlived its lease. Raise leaseMs.')
  createDashboard(stack, {
    Records: ['Records', 'RecordsSucceeded', 'RecordsFailed', 'Replays'].map((name) => millrace(job, name)),
    'Age of the oldest record': [lambda(job, 'IteratorAge'), millrace(job, 'IteratorAge')],
    Runs: runsOf(job),
    Writes: ['EntriesSent', 'EntriesFailed', 'EntriesUnknown'].map((name) => millrace(job, name)),
    'Failed batches': [messages(failedBatches), oldestMessage(failedBatches)],
  })
  new CfnOutput(stack, 'StreamName', { value: stream.streamName })
  new CfnOutput(stack, 'FailedBatchesUrl', { value: failedBatches.queueUrl })
  return stack
}

/** One shard: 1 MB or 1,000 records per second. */
export const createStream = (scope: Construct, id: string): Stream =>
  new Stream(scope, id, {
    shardCount: 1,
    retentionPeriod: Duration.hours(24),
    encryption: StreamEncryption.MANAGED,
    removalPolicy: KEPT,
  })

/** Items expire by their `ttl`. */
export function createTable(scope: Construct, id: string, key: string): Table {
  return new Table(scope, id, {
    partitionKey: { name: key, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'ttl',
    removalPolicy: KEPT,
  })
}

import { type App, CfnOutput, Stack } from 'aws-cdk-lib'
import { createStream, createTable } from './data.ts'
import { createJob, createQueue, readStream, readsKinesis } from './job.ts'
import { createDashboard, createStreamAlarms, lambda, messages, millrace, oldestMessage, runsOf } from './monitor.ts'

const EXPIRES = { timeToLiveAttribute: 'ttl' }

/** Records of a stream, each stored once. Batches that keep failing wait in a queue. */
export function kinesisJobStack(app: App): Stack {
  const stack = new Stack(app, 'kinesis-job')
  const timeoutSeconds = 60
  const stream = createStream(stack, 'Stream')
  const events = createTable(stack, 'Events', 'event_id', EXPIRES)
  const idempotency = createTable(stack, 'Idempotency', 'id', EXPIRES)
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

  const alarm = createStreamAlarms(stack, job, failedBatches)
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

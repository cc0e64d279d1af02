import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets'
import { createBucket, createStream } from './data.ts'
import { createJob, createQueue, map, readStream, readsKinesis, writesObjects } from './job.ts'
import { createAlarms, createDashboard, lambda, messages, millrace, oldestMessage } from './monitor.ts'

/** From a stream to a table that Athena queries: ingest, compact, redrive. */
export function streamingEtlStack(app: App): Stack {
  const stack = new Stack(app, 'streaming-etl')
  const slowest = 900
  const stream = createStream(stack, 'Stream')
  const bucket = createBucket(stack, [{ id: 'raw-that-was-compacted', prefix: 'raw/', expiration: Duration.days(30) }])
  const objects = (folder: string) => bucket.arnForObjects(`${folder}/*`)
  const lostBatches = createQueue(stack, 'LostBatches', slowest)
  const failedBatches = createQueue(stack, 'FailedBatches', slowest, { queue: lostBatches, maxReceiveCount: 5 })
  const failedCompactions = createQueue(stack, 'FailedCompactions', slowest)
  const settings = { memorySize: 1769, environment: { LAKE_BUCKET: bucket.bucketName } }

  const ingest = createJob(stack, 'Ingest', {
    ...settings,
    entry: '../streaming-etl/ingest.ts',
    timeoutSeconds: 120,
    allow: [readsKinesis(stream.streamArn), writesObjects(objects('raw'))],
  })
  readStream(ingest, stream.streamArn, { batchSize: 10_000, windowSeconds: 60, failedBatches })

  const compact = createJob(stack, 'Compact', {
    ...settings,
    entry: '../streaming-etl/compact.ts',
    timeoutSeconds: slowest,
    reservedConcurrentExecutions: 1, // two runs of one hour would drop each other's files
    failedEvents: failedCompactions,
    allow: [
      [['s3:GetObject'], [objects('raw')]],
      [['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': ['raw/*', 'processed/*'] } }],
      writesObjects(objects('processed')),
      [['s3:DeleteObject'], [objects('processed')]],
    ],
  })
  new Rule(stack, 'Hourly', {
    schedule: Schedule.cron({ minute: '5' }),
    targets: [new LambdaTarget(compact, { deadLetterQueue: failedCompactions })],
  })

  const redrive = createJob(stack, 'Redrive', {
    ...settings,
    entry: '../streaming-etl/redrive.ts',
    timeoutSeconds: 120,
    allow: [
      [['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((a) => `sqs:${a}`), [failedBatches.queueArn]],
      [['kinesis:GetRecords', 'kinesis:GetShardIterator'], [stream.streamArn]],
      writesObjects(objects('raw')),
      writesObjects(objects('rejected')),
    ],
  })
  map(redrive, 'Batches', { eventSourceArn: failedBatches.queueArn, batchSize: 1, maxConcurrency: 2 })

  const alarm = createAlarms(stack)
  const lost = (id: string, job: typeof ingest, what: string) =>
    alarm(id, lambda(job, 'DestinationDeliveryFailures'), what)
  alarm(
    'LostBatches',
    messages(lostBatches),
    'A batch failed in redrive, too. The stream has its records for 24 hours.',
  )
  alarm('FailedBatches', oldestMessage(failedBatches), 'Redrive does not keep up.', { over: 21_600 })
  alarm('FailedCompactions', messages(failedCompactions), 'An hour was not compacted. Invoke compact with its hour.')
  lost('UndeliveredBatches', ingest, 'The position of a failed batch did not reach the queue.')
  lost('UndeliveredCompactions', compact, 'A failed compaction did not reach the queue.')
  alarm('IteratorAge', lambda(ingest, 'IteratorAge'), 'Records wait over a minute.', { over: 60_000, periods: 3 })
  alarm('RecordsFailed', millrace(ingest, 'RecordsFailed'), 'The same records fail again and again.', { periods: 3 })
  alarm('RecordsRejected', millrace(redrive, 'RecordsQuarantined'), 'Redrive put records under rejected/.')
  alarm('CompactDuration', lambda(compact, 'Duration'), 'Compaction takes four fifths of its time.', { over: 720_000 })
  createDashboard(stack, {
    'Ingest: records': ['Records', 'RecordsSucceeded', 'RecordsFailed', 'RowsWritten'].map((n) => millrace(ingest, n)),
    'Ingest: age of the oldest record': [lambda(ingest, 'IteratorAge'), millrace(ingest, 'IteratorAge')],
    'Compact: rows': ['RowsRead', 'RowsWritten', 'RunsFailed'].map((name) => millrace(compact, name)),
    Duration: [ingest, compact, redrive].map((job) => lambda(job, 'Duration')),
    Errors: [ingest, compact, redrive].map((job) => lambda(job, 'Errors')),
    Failures: [failedBatches, lostBatches, failedCompactions].map(messages),
  })
  new CfnOutput(stack, 'StreamName', { value: stream.streamName })
  new CfnOutput(stack, 'BucketName', { value: bucket.bucketName })
  return stack
}

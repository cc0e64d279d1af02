import { type App, Aws, CfnOutput, Stack } from 'aws-cdk-lib'
import { CfnPermission } from 'aws-cdk-lib/aws-lambda'
import type { CfnBucket } from 'aws-cdk-lib/aws-s3'
import { createBucket } from './data.ts'
import { createJob, createQueue, partitionOf, writesObjects } from './job.ts'
import { createAlarms, createDashboard, lambda, messages, millrace, oldestMessage, runsOf } from './monitor.ts'

/** Files that land in a bucket become clean Parquet. Events of files that keep failing wait in a queue. */
export function s3JobStack(app: App): Stack {
  const stack = new Stack(app, 's3-job')
  const timeoutSeconds = 300
  const failedEvents = createQueue(stack, 'FailedEvents', timeoutSeconds)
  const bucketName = app.node.tryGetContext('bucketName') || `millrace-s3-job-${Aws.ACCOUNT_ID}-${Aws.REGION}`
  // By its name: the bucket waits for the function, which waits for its role.
  const bucketArn = `arn:${partitionOf(stack)}:s3:::${bucketName}`
  const job = createJob(stack, 'Function', {
    entry: '../s3-job/handler.ts',
    memorySize: 1769,
    timeoutSeconds,
    failedEvents,
    allow: [
      [['s3:GetObject'], [`${bucketArn}/landing/*`]],
      // Without it a file that is gone is a 403 rather than a 404.
      [['s3:ListBucket'], [bucketArn], { StringLike: { 's3:prefix': 'landing/*' } }],
      writesObjects(`${bucketArn}/processed/*`),
    ],
  })

  // CDK's own notifications bring a function that may change any bucket of the account.
  const bucket = createBucket(stack, [], { bucketName })
  const permission = new CfnPermission(stack, 'BucketMayInvoke', {
    action: 'lambda:InvokeFunction',
    functionName: job.functionName,
    principal: 's3.amazonaws.com',
    sourceAccount: Aws.ACCOUNT_ID,
    sourceArn: bucketArn,
  })
  const resource = bucket.node.defaultChild as CfnBucket
  resource.addResourceDependency(permission)
  resource.notificationConfiguration = {
    lambdaConfigurations: [
      {
        event: 's3:ObjectCreated:*',
        function: job.functionArn,
        filter: { s3Key: { rules: [{ name: 'prefix', value: 'landing/' }] } },
      },
    ],
  }

  const alarm = createAlarms(stack)
  alarm('FailedEvents', messages(failedEvents), 'A file failed three times. Its event is in the queue, with the error.')
  alarm('LostEvents', lambda(job, 'DestinationDeliveryFailures'), 'A failed event did not reach the queue and is lost.')
  alarm(
    'RunsFailed',
    millrace(job, 'RunsFailed'),
    'A run failed; Lambda tries its event twice more. The log has the code.',
  )
  alarm('RowsRefused', millrace(job, 'RowsRefused'), 'Rows do not have the format that was agreed.')
  alarm('Duration', lambda(job, 'Duration'), "A run took four fifths of the function's timeout.", { over: 240_000 })
  createDashboard(stack, {
    Rows: ['RowsRead', 'RowsRefused', 'RowsWritten'].map((name) => millrace(job, name)),
    Bytes: ['BytesRead', 'BytesWritten'].map((name) => millrace(job, name)),
    Runs: runsOf(job),
    'Duration and waiting time': ['Duration', 'AsyncEventAge'].map((name) => lambda(job, name)),
    'Failed events': [messages(failedEvents), oldestMessage(failedEvents)],
  })
  new CfnOutput(stack, 'BucketName', { value: bucket.bucketName })
  new CfnOutput(stack, 'FailedEventsUrl', { value: failedEvents.queueUrl })
  return stack
}

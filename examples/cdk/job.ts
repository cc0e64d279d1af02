import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  EventSourceMapping,
  type EventSourceMappingOptions,
  type Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { type DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

/** Data outlive the stack, but not a first deployment that fails. */
export const KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

export interface JobOptions {
  /** File of the handler, from this folder. */
  readonly entry: string
  readonly memorySize: number
  readonly timeoutSeconds: number
  readonly environment?: Readonly<Record<string, string>>
  readonly reservedConcurrentExecutions?: number
  /** Where events go that failed three times, for a function that S3 or a schedule invokes. */
  readonly failedEvents?: Queue
  /** What the handler needs, beside its log. */
  readonly allow: readonly Permission[]
}

export type Permission = readonly [actions: readonly string[], resources: readonly string[], conditions?: object]

/** A function with a role of its own, which may do what is listed, and a log that expires. The AWS SDK is that of the runtime. */
export function createJob(scope: Construct, id: string, options: JobOptions): LambdaFunction {
  const { entry, timeoutSeconds, allow, failedEvents, ...settings } = options
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
  logGroup.grantWrite(role)
  for (const [actions, resources, conditions = {}] of allow)
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources], conditions: { ...conditions } }),
    )
  return new NodejsFunction(scope, id, {
    ...settings,
    entry: fileURLToPath(new URL(entry, import.meta.url)),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(timeoutSeconds),
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    bundling: {
      format: OutputFormat.ESM,
      target: 'node24',
      mainFields: ['module', 'main'],
      externalModules: ['@aws-sdk/*'],
      minify: true,
    },
    ...(failedEvents && {
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(failedEvents),
    }),
  })
}

/** A queue whose readers have six times `timeoutSeconds`, the slowest function's. */
export function createQueue(
  scope: Construct,
  id: string,
  timeoutSeconds: number,
  deadLetterQueue?: DeadLetterQueue,
): Queue {
  return new Queue(scope, id, {
    visibilityTimeout: Duration.seconds(6 * timeoutSeconds),
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    removalPolicy: KEPT,
    ...(deadLetterQueue && { deadLetterQueue }),
  })
}

interface StreamOptions {
  readonly batchSize: number
  readonly windowSeconds: number
  /** Where the positions of batches go that were given up. */
  readonly failedBatches: Queue
}

/** A mapping of a Kinesis stream or of a table's stream that loses nothing silently. */
export function readStream(job: LambdaFunction, eventSourceArn: string, options: StreamOptions): void {
  const { batchSize, windowSeconds, failedBatches } = options
  map(job, 'Records', {
    eventSourceArn,
    batchSize,
    maxBatchingWindow: Duration.seconds(windowSeconds),
    startingPosition: StartingPosition.TRIM_HORIZON,
    bisectBatchOnError: true,
    retryAttempts: 10,
    maxRecordAge: Duration.hours(6),
    onFailure: new SqsDlq(failedBatches),
  })
}

/** A mapping of which only the records that failed come again. `grantRead` of CDK's event sources would allow more than Lambda needs. */
export function map(job: LambdaFunction, id: string, options: EventSourceMappingOptions): EventSourceMapping {
  const mapping = new EventSourceMapping(job, id, { ...options, target: job, reportBatchItemFailures: true })
  // Lambda tries the role when it makes the mapping.
  const policy = (job.role as IRole).node.tryFindChild('DefaultPolicy')
  if (policy) mapping.node.addDependency(policy)
  return mapping
}

/** What Lambda's pollers ask of a stream, on behalf of the function's role. */
export const readsKinesis = (streamArn: string): Permission => [
  ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
    (a) => `kinesis:${a}`,
  ),
  [streamArn],
]
export const readsTableStream = (streamArn: string): Permission => [
  ['DescribeStream', 'GetRecords', 'GetShardIterator'].map((action) => `dynamodb:${action}`),
  [streamArn],
]

/** `put` and what aborts an upload, under a prefix. */
export const writesObjects = (arn: string): Permission => [['s3:PutObject', 's3:AbortMultipartUpload'], [arn]]

export const partitionOf = (scope: Construct): string => Stack.of(scope).partition

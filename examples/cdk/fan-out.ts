import { fileURLToPath } from 'node:url'
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import { EventField, type EventPattern, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { SfnStateMachine, SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { createBucket, createTable } from './data.ts'
import { createJob, createQueue, type Permission, writesObjects } from './job.ts'
import { createAlarms, createDashboard, lambda, messages } from './monitor.ts'

const SLOWEST = 900
const DEFINITION = fileURLToPath(new URL('../fan-out/state-machine.asl.json', import.meta.url))

/** A file is read by as many functions as it takes, and becomes one Parquet file. Runs that failed wait in a queue. */
export function fanOutStack(app: App): Stack {
  const stack = new Stack(app, 'fan-out')
  const bucket = createBucket(stack, [{ id: 'work-of-runs', prefix: 'work/', expiration: Duration.days(7) }])
  // CDK's own way brings a function that may change any bucket of the account.
  const resource = bucket.node.defaultChild as CfnBucket
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
  const runs = createTable(stack, 'Runs', 'id', { timeToLiveAttribute: 'ttl' })
  const failedRuns = createQueue(stack, 'FailedRuns', SLOWEST)

  const on = (folder: string) => bucket.arnForObjects(`${folder}/*`)
  const reads = (folder: string): Permission => [['s3:GetObject'], [on(folder)]]
  const lists = (folder: string): Permission => [
    ['s3:ListBucket'],
    [bucket.bucketArn],
    { StringLike: { 's3:prefix': `${folder}/*` } },
  ]
  const usesTable = (...actions: readonly string[]): Permission => [
    actions.map((action) => `dynamodb:${action}`),
    [runs.tableArn],
  ]
  const arrives = usesTable('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem')
  const publishes = usesTable('BatchGetItem', 'BatchWriteItem', 'GetItem', 'PutItem', 'UpdateItem')
  const step = (id: string, timeoutSeconds: number, ...allow: readonly Permission[]) =>
    createJob(stack, id, {
      entry: `../fan-out/${id.toLowerCase()}.ts`,
      memorySize: 1769,
      timeoutSeconds,
      environment: { FAN_OUT_TABLE: runs.tableName },
      allow,
    })
  const steps = {
    Plan: step('Plan', 300, reads('landing'), lists('landing'), writesObjects(on('work'))),
    Worker: step('Worker', SLOWEST, reads('landing'), writesObjects(on('work')), arrives),
    Reduce: step('Reduce', SLOWEST, reads('work'), lists('work'), writesObjects(on('work')), arrives),
    Finish: step('Finish', SLOWEST, reads('work'), writesObjects(on('processed')), publishes),
  }
  const machine = createStateMachine(stack, steps, on('work'))
  startRuns(stack, bucket, machine, failedRuns)

  const { Plan, Worker, Reduce, Finish } = steps
  const alarm = createAlarms(stack)
  alarm('FailedRuns', messages(failedRuns), 'A run failed, or an event started none. The message has the execution.')
  alarm('PlanErrors', lambda(Plan, 'Errors'), 'Files could not be divided. The log has the code.')
  alarm('WorkerDuration', lambda(Worker, 'Duration'), 'Lower targetBytes of plan.', { over: 720_000 })
  alarm('ReduceDuration', lambda(Reduce, 'Duration'), 'Lower bucketBytes of plan.', { over: 720_000 })
  alarm('WorkersThrottled', lambda(Worker, 'Throttles'), 'Workers wait for the concurrency.', { periods: 3 })
  alarm('FinishErrors', lambda(Finish, 'Errors'), 'A run was not published. The row result#RUN says why.')
  createDashboard(stack, {
    Runs: [machine.metricSucceeded(), machine.metricFailed(), machine.metricTimedOut()],
    'Time of a run': [machine.metricTime({ statistic: 'Maximum' })],
    'Workers and reducers': [Worker, Reduce].flatMap((job) => ['Invocations', 'Errors'].map((n) => lambda(job, n))),
    Duration: Object.values(steps).map((job) => lambda(job, 'Duration')),
    'Failed runs': [messages(failedRuns)],
  })
  new CfnOutput(stack, 'BucketName', { value: bucket.bucketName })
  new CfnOutput(stack, 'StateMachineArn', { value: machine.stateMachineArn })
  return stack
}

/** The state machine, with a role that may start its own children: by its name, since it waits for the role. */
function createStateMachine(stack: Stack, steps: Readonly<Record<string, LambdaFunction>>, work: string): StateMachine {
  const { stackName } = stack
  const arnOf = (resource: string, resourceName: string) =>
    `arn:${stack.partition}:states:${stack.region}:${stack.account}:${resource}:${resourceName}`
  const role = new Role(stack, 'StateMachineRole', { assumedBy: new ServicePrincipal('states.amazonaws.com') })
  const allow: readonly Permission[] = [
    [['lambda:InvokeFunction'], Object.values(steps).map(({ functionArn }) => functionArn)],
    [['s3:GetObject'], [work]],
    [['states:StartExecution'], [arnOf('stateMachine', stackName)]],
    [['states:DescribeExecution', 'states:StopExecution'], [arnOf('execution', `${stackName}:*`)]],
    [
      ['states:RedriveExecution'],
      ['ReadSplits', 'ReduceBuckets'].map((label) => arnOf('execution', `${stackName}/${label}:*`)),
    ],
  ]
  for (const [actions, resources] of allow)
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }))
  return new StateMachine(stack, 'StateMachine', {
    stateMachineName: stackName,
    definitionBody: DefinitionBody.fromFile(DEFINITION),
    definitionSubstitutions: Object.fromEntries(
      Object.entries(steps).map(([name, { functionArn }]) => [`${name}FunctionArn`, functionArn]),
    ),
    role,
  })
}

/** A run for each file that lands; one that does not end well, or does not begin, leaves a message. */
function startRuns(stack: Stack, bucket: Bucket, machine: StateMachine, failedRuns: Queue): void {
  const landed: EventPattern = {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: 'landing/' }] } },
  }
  const input = RuleTargetInput.fromObject({
    bucket: EventField.fromPath('$.detail.bucket.name'),
    key: EventField.fromPath('$.detail.object.key'),
  })
  const run = new SfnStateMachine(machine, { input, deadLetterQueue: failedRuns })
  new Rule(stack, 'Landed', { eventPattern: landed, targets: [run] })
  const failed: EventPattern = {
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    detail: { stateMachineArn: [machine.stateMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
  }
  new Rule(stack, 'Failed', { eventPattern: failed, targets: [new SqsQueue(failedRuns)] })
}

import { type CheckedEventSource, checkEventSource } from '../../../src/limits/index.ts'
import { metricNames } from '../../../src/telemetry/metrics.ts'
import { allowedActions, policyFaults } from './policies.ts'
import {
  type Bag,
  bagOf,
  functionsOf,
  type Json,
  listOf,
  mappingsOf,
  referredBy,
  resourcesOf,
  type StackFunction,
  type Template,
} from './template.ts'

/** AWS's metrics that an alarm or a dashboard may watch, by namespace; those of `Millrace` are the library's own. */
const METRICS: Readonly<Record<string, readonly string[]>> = {
  Millrace: metricNames(),
  'AWS/Lambda':
    'Invocations Errors Throttles Duration IteratorAge AsyncEventAge DestinationDeliveryFailures ConcurrentExecutions'.split(
      ' ',
    ),
  'AWS/SQS': ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage', 'NumberOfMessagesSent'],
  'AWS/Kinesis': ['WriteProvisionedThroughputExceeded', 'ReadProvisionedThroughputExceeded', 'IncomingRecords'],
  'AWS/ApiGateway': ['4xx', '5xx', 'Count', 'Latency'],
  'AWS/DynamoDB': ['WriteThrottleEvents', 'ReadThrottleEvents'],
  'AWS/States': ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsSucceeded', 'ExecutionTime', 'ExecutionsAborted'],
}

/** The dimension by which a metric of a namespace is kept, and the types of resources that it names. */
const DIMENSIONS: Readonly<Record<string, readonly [name: string, ...types: readonly string[]]>> = {
  Millrace: ['FunctionName', 'AWS::Serverless::Function', 'AWS::Lambda::Function'],
  'AWS/Lambda': ['FunctionName', 'AWS::Serverless::Function', 'AWS::Lambda::Function'],
  'AWS/SQS': ['QueueName', 'AWS::SQS::Queue'],
  'AWS/Kinesis': ['StreamName', 'AWS::Kinesis::Stream'],
  'AWS/ApiGateway': ['ApiId', 'AWS::Serverless::HttpApi', 'AWS::ApiGatewayV2::Api'],
  'AWS/DynamoDB': ['TableName', 'AWS::DynamoDB::Table'],
  'AWS/States': ['StateMachineArn', 'AWS::Serverless::StateMachine', 'AWS::StepFunctions::StateMachine'],
}

const SOURCES: Readonly<Record<string, CheckedEventSource>> = {
  'AWS::SQS::Queue': 'sqs',
  'AWS::Kinesis::Stream': 'kinesis',
  'AWS::DynamoDB::Table': 'dynamodb-stream',
}

/** What Lambda's pollers ask of a source, on behalf of the function's role. */
const POLLING: Readonly<Record<CheckedEventSource, readonly string[]>> = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  kinesis: ['kinesis:DescribeStreamSummary', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
  'dynamodb-stream': ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  kafka: [],
}

/** Property that says how a resource's data is encrypted. */
const ENCRYPTION: Readonly<Record<string, (properties: Bag) => boolean>> = {
  'AWS::S3::Bucket': ({ BucketEncryption }) => BucketEncryption !== undefined,
  'AWS::SQS::Queue': ({ SqsManagedSseEnabled, KmsMasterKeyId }) =>
    SqsManagedSseEnabled === true || KmsMasterKeyId !== undefined,
  'AWS::SNS::Topic': ({ KmsMasterKeyId }) => KmsMasterKeyId !== undefined,
  'AWS::Kinesis::Stream': ({ StreamEncryption }) => bagOf(StreamEncryption)['EncryptionType'] === 'KMS',
  'AWS::DynamoDB::Table': ({ SSESpecification }) => bagOf(SSESpecification)['SSEEnabled'] === true,
}

/** Resources that hold what nobody else has. */
const STATEFUL = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::Kinesis::Stream']

const VISIBILITY_TIMEOUTS = 6

/** What is wrong in a template, each with the resource and the rule. */
export function findFaults(template: Template): readonly string[] {
  return [
    ...sourceFaults,
    ...[functionFaults, queueFaults, encryptionFaults, retentionFaults, metricFaults, parameterFaults, policyFaults],
  ].flatMap((check) => check(template))
}

const sourceFaults = [
  (template: Template): readonly string[] =>
    mappingsOf(template).flatMap(({ functionId, sourceId, properties }) => {
      const { Type = '', Properties = {} } = template.Resources[sourceId] ?? {}
      const source = SOURCES[Type]
      if (source === undefined) return [`${functionId}: its source ${sourceId} is not in the template`]
      const { VisibilityTimeout, RedrivePolicy, FifoQueue } = Properties
      const config = { ...properties, ...(source === 'sqs' && { VisibilityTimeout, RedrivePolicy, FifoQueue }) }
      const owner = functionsOf(template).find(({ id }) => id === functionId)
      const { Timeout } = owner?.properties ?? {}
      const found = checkEventSource(source, { ...config, Timeout }).map(({ rule }) => `${functionId}: ${rule}`)
      const missing = POLLING[source].filter((action) => !isAllowed(template, owner, action, sourceId))
      const target = referredBy(bagOf(bagOf(properties['DestinationConfig'])['OnFailure'])['Destination'])
      return [
        ...found,
        ...missing.map((action) => `${functionId}: its role lacks ${action} of ${sourceId}`),
        ...(target === undefined ? [] : destinationFaults(template, owner, target)),
      ]
    }),
]

function isAllowed(template: Template, owner: StackFunction | undefined, action: string, id: string): boolean {
  const role = referredBy(owner?.properties['Role']) ?? ''
  return allowedActions(template, role).some(([allowed, resource]) => allowed === action && resource === id)
}

function destinationFaults(template: Template, owner: StackFunction | undefined, target: string): readonly string[] {
  const id = owner?.id ?? ''
  if (template.Resources[target]?.Type !== 'AWS::SQS::Queue') return [`${id}: failures go to ${target}, no queue`]
  return isAllowed(template, owner, 'sqs:SendMessage', target) ? [] : [`${id}: its role may not send to ${target}`]
}

/** A role of its own, a log that expires, and a place for events that keep failing. */
function functionFaults(template: Template): readonly string[] {
  return functionsOf(template).flatMap((owner) => {
    const { id, properties, triggers, invoke } = owner
    const fault = (isFault: boolean, what: string) => (isFault ? [`${id}: ${what}`] : [])
    const log = template.Resources[referredBy(bagOf(properties['LoggingConfig'])['LogGroup']) ?? '']
    const target = referredBy(bagOf(bagOf(invoke['DestinationConfig'])['OnFailure'])['Destination'])
    const isEvent = triggers.has('event')
    return [
      ...fault(properties['Timeout'] === undefined || properties['MemorySize'] === undefined, 'no timeout or memory'),
      ...fault(triggers.size === 0, 'nothing invokes it'),
      ...fault(properties['Policies'] !== undefined, 'Policies: SAM adds managed ones, with wildcards'),
      ...fault(template.Resources[referredBy(properties['Role']) ?? '']?.Type !== 'AWS::IAM::Role', 'no role'),
      ...fault(log?.Type !== 'AWS::Logs::LogGroup', 'no log group'),
      ...fault(isEvent && invoke['MaximumRetryAttempts'] === undefined, 'no retries of events'),
      ...fault(isEvent && invoke['MaximumEventAgeInSeconds'] === undefined, 'no age of events'),
      ...fault(isEvent && target === undefined, 'no destination of events that failed'),
      ...(isEvent && target !== undefined ? destinationFaults(template, owner, target) : []),
    ]
  })
}

/** Whoever polls a queue has six times the time of the slowest function, and what it gives up is kept. */
function queueFaults(template: Template): readonly string[] {
  const slowest = Math.max(0, ...functionsOf(template).map(({ properties }) => Number(properties['Timeout'])))
  const queues = resourcesOf(template, 'AWS::SQS::Queue')
  const polled = new Set(mappingsOf(template).map(({ sourceId }) => sourceId))
  return queues.flatMap(([id, { VisibilityTimeout, RedrivePolicy, MessageRetentionPeriod }]) => [
    ...(Number(VisibilityTimeout) >= VISIBILITY_TIMEOUTS * slowest ? [] : [`${id}: visibility under six timeouts`]),
    ...(polled.has(id) && RedrivePolicy === undefined ? [`${id}: no dead-letter queue`] : []),
    ...(RedrivePolicy === undefined && MessageRetentionPeriod !== 1_209_600 ? [`${id}: failures expire early`] : []),
  ])
}

function encryptionFaults(template: Template): readonly string[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) =>
    ENCRYPTION[Type]?.(Properties) === false ? [`${id}: not encrypted`] : [],
  )
}

function retentionFaults(template: Template): readonly string[] {
  const logs = resourcesOf(template, 'AWS::Logs::LogGroup').filter(([, { RetentionInDays }]) => !RetentionInDays)
  const stateful = Object.entries(template.Resources).filter(
    ([, { Type, DeletionPolicy, UpdateReplacePolicy }]) =>
      STATEFUL.includes(Type) && !(String(DeletionPolicy).startsWith('Retain') && UpdateReplacePolicy === 'Retain'),
  )
  return [...logs.map(([id]) => `${id}: logs never expire`), ...stateful.map(([id]) => `${id}: lost with the stack`)]
}

type Watched = readonly [place: string, namespace: string, metric: string, dimension: string, resource: Json]

/** What alarms and dashboards watch exists: metrics by their names, of resources of this template. */
function metricFaults(template: Template): readonly string[] {
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
  const faults = alarms.flatMap(([id, { AlarmActions, TreatMissingData, AlarmDescription }]) => [
    ...(listOf(AlarmActions).length === 0 ? [`${id}: informs nobody`] : []),
    ...(TreatMissingData === undefined ? [`${id}: missing data are not treated`] : []),
    ...(AlarmDescription === undefined ? [`${id}: does not say what to do`] : []),
  ])
  const owners = functionsOf(template).filter(({ id }) =>
    alarms.every(([, { Dimensions }]) => !namesOf(Dimensions).includes(id)),
  )
  return [
    ...faults,
    ...owners.map(({ id }) => `${id}: no alarm`),
    ...(resourcesOf(template, 'AWS::CloudWatch::Dashboard').length === 1 ? [] : ['no dashboard']),
    ...watchedBy(template).flatMap(([place, namespace, metric, dimension, resource]) => {
      const [name, ...types] = DIMENSIONS[namespace] ?? []
      const isKnown = METRICS[namespace]?.includes(metric) && dimension === name
      const target = template.Resources[referredBy(resource) ?? '']
      return isKnown && types.includes(target?.Type ?? '')
        ? []
        : [`${place}: watches ${namespace} ${metric}, which nobody sends`]
    }),
  ]
}

const namesOf = (dimensions: Json | undefined): readonly (string | undefined)[] =>
  listOf(dimensions).map((each) => referredBy(bagOf(each)['Value']))

/** The metrics of alarms and dashboards. */
export function watchedBy(template: Template): readonly Watched[] {
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(
    ([id, { Namespace, MetricName, Dimensions }]) =>
      listOf(Dimensions).map((each): Watched => {
        const { Name, Value = null } = bagOf(each)
        return [id, String(Namespace), String(MetricName), String(Name), Value]
      }),
  )
  const dashboards = resourcesOf(template, 'AWS::CloudWatch::Dashboard').flatMap(([id, { DashboardBody }]) =>
    widgetsOf(DashboardBody).flatMap((metrics) => metricsOf(id, metrics)),
  )
  return [...alarms, ...dashboards]
}

/** The `metrics` of each widget: text with `${Resource}`, or the pieces that CDK joins. */
function widgetsOf(body: Json | undefined): readonly (readonly Json[])[] {
  const { 'Fn::Sub': text, 'Fn::Join': join } = bagOf(body)
  const pieces = listOf(listOf(join)[1])
  const joined = pieces.map((piece) => (typeof piece === 'string' ? piece : `\${${referredBy(piece)}}`)).join('')
  const { widgets } = JSON.parse(typeof text === 'string' ? text : joined) as { readonly widgets: readonly Bag[] }
  return widgets.map(({ properties }) => listOf(bagOf(properties)['metrics']))
}

/** Rows of a widget, in which `.` repeats what is above. */
function metricsOf(place: string, rows: readonly Json[]): readonly Watched[] {
  const watched: Watched[] = []
  let above: readonly string[] = []
  for (const row of rows) {
    const texts = listOf(row).filter((each) => typeof each === 'string')
    above = texts.map((text, index) => (text === '.' ? (above[index] ?? '') : text))
    const [namespace = '', metric = '', dimension = '', value = ''] = above
    watched.push([place, namespace, metric, dimension, { Ref: /^\$\{(\w+)/.exec(value)?.[1] ?? '' }])
  }
  return watched
}

/** Nothing is to be filled in but names. */
function parameterFaults({ Parameters = {} }: Template): readonly string[] {
  return Object.entries(Parameters).flatMap(([id, { Type, Default, AllowedPattern }]) =>
    id.endsWith('Name') &&
    Type === 'String' &&
    AllowedPattern !== undefined &&
    (Default === undefined || Default === '')
      ? []
      : [`${id}: a parameter that is no name`],
  )
}

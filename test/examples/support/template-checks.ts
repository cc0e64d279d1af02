import { type CheckedEventSource, checkEventSource } from '../../../src/limits/index.ts'
import { metricFaults } from './metric-checks.ts'
import { allowedActions, policyFaults } from './policies.ts'
import {
  type Bag,
  bagOf,
  functionsOf,
  mappingsOf,
  referredBy,
  resourcesOf,
  type StackFunction,
  type Template,
} from './template.ts'

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

const CHECKS: readonly ((template: Template) => readonly string[])[] = [
  mappingFaults,
  functionFaults,
  queueFaults,
  encryptionFaults,
  retentionFaults,
  metricFaults,
  parameterFaults,
  policyFaults,
]

/** What is wrong in a template, each with the resource and the rule. */
export const findFaults = (template: Template): readonly string[] => CHECKS.flatMap((check) => check(template))

/** Settings of the mappings, and what the roles must allow for them. */
function mappingFaults(template: Template): readonly string[] {
  return mappingsOf(template).flatMap(({ functionId, sourceId, properties }) => {
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
  })
}

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

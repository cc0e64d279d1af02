// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of CloudFormation
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseTemplate } from './support/template.ts'
import { findFaults } from './support/template-checks.ts'

const REF = '"Name":"FunctionName","Value":{"Ref":"Function"}'
const UNSENT = 'LostEventsAlarm: watches AWS/Lambda DestinationDeliveryFailures, which nobody sends'

/** Changes of a template, as JSON, and the fault that each makes. `"Gone":` is a property that means nothing. */
const MUTATIONS: readonly (readonly [name: string, from: string | RegExp, to: string, fault: string])[] = [
  ['s3-job', '"MaximumRetryAttempts":', '"Gone":', 'Function: no retries of events'],
  ['s3-job', '"MaximumEventAgeInSeconds":', '"Gone":', 'Function: no age of events'],
  ['s3-job', '"DestinationConfig":', '"Gone":', 'Function: no destination of events that failed'],
  ['s3-job', '"sqs:SendMessage"', '"sqs:GetQueueUrl"', 'Function: its role may not send to FailedEvents'],
  ['s3-job', '"Timeout":300', '"Timeout":301', 'FailedEvents: visibility under six timeouts'],
  ['s3-job', '"Timeout":', '"Gone":', 'Function: no timeout or memory'],
  ['s3-job', '"Role":', '"Gone":', 'Function: no role'],
  ['s3-job', '"Role":', '"Policies":', 'Function: Policies: SAM adds managed ones, with wildcards'],
  ['s3-job', '"LoggingConfig":', '"Gone":', 'Function: no log group'],
  ['s3-job', '"RetentionInDays":', '"Gone":', 'Logs: logs never expire'],
  ['s3-job', '"MessageRetentionPeriod":', '"Gone":', 'FailedEvents: failures expire early'],
  ['s3-job', '"SqsManagedSseEnabled":true', '"SqsManagedSseEnabled":false', 'FailedEvents: not encrypted'],
  ['s3-job', '"BucketEncryption":', '"Gone":', 'Bucket: not encrypted'],
  ['s3-job', '"DeletionPolicy":"RetainExceptOnCreate"', '"DeletionPolicy":"Delete"', 'Bucket: lost with the stack'],
  ['s3-job', '"UpdateReplacePolicy":"Retain"', '"UpdateReplacePolicy":"Delete"', 'Bucket: lost with the stack'],
  ['s3-job', /\{"Fn::Sub":"[^"]*\/landing\/\*"\}/, '"*"', 'Role: * is open'],
  ['s3-job', '${BucketName}/landing/*', '${BucketName}*', 'Role: arn:${AWS::Partition}:s3:::${BucketName}* is open'],
  ['s3-job', '${BucketName}/landing/*', '*/landing/*', 'Role: arn:${AWS::Partition}:s3:::*/landing/* is open'],
  ['s3-job', '"Action":"s3:GetObject"', '"Action":"s3:Get*"', 'Role: s3:Get* is open'],
  ['s3-job', '"Action":"s3:GetObject"', '"NotAction":"s3:GetObject"', 'Role: all but some is open'],
  ['s3-job', '"Policies":', '"ManagedPolicyArns":["X"],"Policies":', 'Role: a managed policy, with wildcards'],
  ['s3-job', '"Effect":"Deny"', '"Effect":"Allow"', 'BucketPolicy: allowed to anybody'],
  ['s3-job', '"RunsFailed"', '"RunFailed"', 'RunsFailedAlarm: watches Millrace RunFailed, which nobody sends'],
  ['s3-job', REF, '"Name":"service","Value":{"Ref":"Function"}', UNSENT],
  ['s3-job', REF, '"Name":"FunctionName","Value":{"Ref":"Bucket"}', UNSENT],
  ['s3-job', '\\"RowsRead\\"', '\\"RowsReed\\"', 'Dashboard: watches Millrace RowsReed, which nobody sends'],
  ['s3-job', '${Function}', '${Functio}', 'Dashboard: watches Millrace RowsRead, which nobody sends'],
  ['s3-job', '"AlarmActions":', '"Gone":', 'FailedEventsAlarm: informs nobody'],
  ['s3-job', '"TreatMissingData":', '"Gone":', 'FailedEventsAlarm: missing data are not treated'],
  ['s3-job', '"AlarmDescription":', '"Gone":', 'FailedEventsAlarm: does not say what to do'],
  ['s3-job', '"AWS::CloudWatch::Dashboard"', '"Gone"', 'no dashboard'],
  ['s3-job', '"Default":""', '"Default":"alarms"', 'AlarmTopicName: a parameter that is no name'],
  ['s3-job', '"BucketName":{"Type":"String"', '"Shards":{"Type":"Number"', 'Shards: a parameter that is no name'],
  ['kinesis-job', '"BisectBatchOnFunctionError":true', '"BisectBatchOnFunctionError":false', 'Function: no-bisect'],
  ['kinesis-job', '"FunctionResponseTypes":', '"Gone":', 'Function: no-partial-response'],
  ['kinesis-job', '"DestinationConfig":', '"Gone":', 'Function: no-failure-destination'],
  [
    'kinesis-job',
    /("Destination":.*?)FailedBatches/,
    '"Destination":{"Fn::GetAtt":["Events',
    'Function: failures go to Events, no queue',
  ],
  [
    'kinesis-job',
    '"kinesis:ListShards"',
    '"kinesis:ListStreams"',
    'Function: its role lacks kinesis:ListShards of Stream',
  ],
  ['kinesis-job', '"EncryptionType":"KMS"', '"EncryptionType":"NONE"', 'Stream: not encrypted'],
  ['kinesis-job', '"SSEEnabled":true', '"SSEEnabled":false', 'Events: not encrypted'],
  ['streaming-etl', '"RedrivePolicy":', '"Gone":', 'FailedBatches: no dead-letter queue'],
  ['streaming-etl', '"maxReceiveCount":5', '"maxReceiveCount":2', 'Redrive: few-receives'],
  ['streaming-etl', '"VisibilityTimeout":5400', '"VisibilityTimeout":719', 'Redrive: visibility-under-six-timeouts'],
  ['streaming-etl', '"Condition":{"ArnEquals"', '"Gone":{"ArnEquals"', 'FailedCompactionsPolicy: allowed to anybody'],
  [
    'cdc-job',
    '"dynamodb:DescribeStream"',
    '"dynamodb:ListStreams"',
    'Function: its role lacks dynamodb:DescribeStream of Orders',
  ],
  ['cdc-fanout', '"KmsMasterKeyId":', '"Gone":', 'Removals: not encrypted'],
  [
    'kinesis-job',
    '"MetricName":"ApproximateNumberOf',
    '"MetricName":"Gone',
    'FailedBatches: nobody learns of its messages',
  ],
  [
    'kinesis-job',
    '"MetricName":"IteratorAge"',
    '"MetricName":"Errors"',
    'Function: nobody learns that it falls behind',
  ],
  ['api-ingest', '"Events":', '"Gone":', 'Function: nothing invokes it'],
]

test.each(MUTATIONS)('%s with %s as %s: %s', (name, from, to, fault) => {
  const template = parseTemplate(readFileSync(new URL(`../../examples/${name}/template.yaml`, import.meta.url), 'utf8'))
  const text = JSON.stringify(template)
  const changed = text.replace(from, () => to)
  expect(changed).not.toBe(text)
  expect(findFaults(template)).toEqual([])
  expect(findFaults(JSON.parse(changed))).toContain(fault)
})

test.each([
  ['a: [b', 'Flow sequence'],
  ['a: 1\na: 2', 'unique'],
  ['a: !Ref [\n', 'Flow sequence'],
])('%s is no template', (text, message) => {
  expect(() => parseTemplate(text)).toThrow(message)
})

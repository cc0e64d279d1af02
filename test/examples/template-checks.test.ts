// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of CloudFormation
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseTemplate } from './support/template.ts'
import { findFaults } from './support/template-checks.ts'

/** Changes of a template, and the fault that each makes. */
const MUTATIONS: readonly (readonly [name: string, from: string | RegExp, to: string, fault: string])[] = [
  ['s3-job', 'MaximumRetryAttempts: 2', 'Qualifier: live', 'Function: no retries of events'],
  ['s3-job', 'MaximumEventAgeInSeconds: 21600', 'Qualifier: live', 'Function: no age of events'],
  ['s3-job', /DestinationConfig: .*/, 'Qualifier: live', 'Function: no destination of events that failed'],
  ['s3-job', 'Action: sqs:SendMessage', 'Action: sqs:GetQueueUrl', 'Function: its role may not send to FailedEvents'],
  ['s3-job', 'Timeout: 300', 'Timeout: 301', 'FailedEvents: visibility under six timeouts'],
  ['s3-job', 'Timeout: 300', 'Tracing: Active', 'Function: no timeout or memory'],
  ['s3-job', 'Role: !GetAtt Role.Arn', 'Policies: []', 'Function: no role'],
  ['s3-job', 'Role: !GetAtt Role.Arn', 'Policies: []', 'Function: Policies: SAM adds managed ones, with wildcards'],
  ['s3-job', /LoggingConfig: .*/, 'Tracing: Active', 'Function: no log group'],
  ['s3-job', 'RetentionInDays: 30', 'LogGroupClass: STANDARD', 'Logs: logs never expire'],
  ['s3-job', 'MessageRetentionPeriod: 1209600', 'DelaySeconds: 0', 'FailedEvents: failures expire early'],
  ['s3-job', 'SqsManagedSseEnabled: true', 'SqsManagedSseEnabled: false', 'FailedEvents: not encrypted'],
  ['s3-job', /BucketEncryption:[\s\S]*?AES256 } }]/, 'Tags: []', 'Bucket: not encrypted'],
  ['s3-job', 'DeletionPolicy: RetainExceptOnCreate', 'DeletionPolicy: Delete', 'Bucket: lost with the stack'],
  ['s3-job', 'UpdateReplacePolicy: Retain', 'UpdateReplacePolicy: Delete', 'Bucket: lost with the stack'],
  ['s3-job', /'arn:.*\/landing\/\*'/, "'*'", 'Role: * is open'],
  ['s3-job', 'BucketName}/landing/*', 'BucketName}*', 'Role: arn:${AWS::Partition}:s3:::${BucketName}* is open'],
  ['s3-job', '${BucketName}/landing/*', '*/landing/*', 'Role: arn:${AWS::Partition}:s3:::*/landing/* is open'],
  ['s3-job', 'Action: s3:GetObject', "Action: 's3:Get*'", 'Role: s3:Get* is open'],
  ['s3-job', 'Action: s3:GetObject', 'NotAction: s3:GetObject', 'Role: all but some is open'],
  [
    's3-job',
    'Policies:',
    'ManagedPolicyArns: [arn:aws:iam::aws:policy/X]\n      Policies:',
    'Role: a managed policy, with wildcards',
  ],
  ['s3-job', 'Effect: Deny', 'Effect: Allow', 'BucketPolicy: allowed to anybody'],
  [
    's3-job',
    'MetricName: RunsFailed',
    'MetricName: RunFailed',
    'RunsFailedAlarm: watches Millrace RunFailed, which nobody sends',
  ],
  [
    's3-job',
    'Name: FunctionName, Value: !Ref Function',
    'Name: service, Value: !Ref Function',
    'LostEventsAlarm: watches AWS/Lambda DestinationDeliveryFailures, which nobody sends',
  ],
  [
    's3-job',
    'Name: FunctionName, Value: !Ref Function',
    'Name: FunctionName, Value: !Ref Bucket',
    'LostEventsAlarm: watches AWS/Lambda DestinationDeliveryFailures, which nobody sends',
  ],
  ['s3-job', '"RowsRead"', '"RowsReed"', 'Dashboard: watches Millrace RowsReed, which nobody sends'],
  [
    's3-job',
    '"FunctionName", "${Function}"',
    '"FunctionName", "${Functio}"',
    'Dashboard: watches Millrace RowsRead, which nobody sends',
  ],
  ['s3-job', /AlarmActions: .*/, 'OKActions: []', 'FailedEventsAlarm: informs nobody'],
  ['s3-job', 'TreatMissingData: notBreaching', 'Unit: Count', 'FailedEventsAlarm: missing data are not treated'],
  ['s3-job', /AlarmDescription: .*/, 'Unit: Count', 'FailedEventsAlarm: does not say what to do'],
  ['s3-job', 'AWS::CloudWatch::Dashboard', 'AWS::CloudWatch::Other', 'no dashboard'],
  ['s3-job', "Default: ''", 'Default: alarms', 'AlarmTopicName: a parameter that is no name'],
  [
    's3-job',
    /BucketName:\s+Type: String/,
    'BucketCount:\n    Type: Number',
    'BucketCount: a parameter that is no name',
  ],
  ['kinesis-job', 'BisectBatchOnFunctionError: true', 'BisectBatchOnFunctionError: false', 'Function: no-bisect'],
  ['kinesis-job', 'FunctionResponseTypes: [ReportBatchItemFailures]', 'Enabled: true', 'Function: no-partial-response'],
  ['kinesis-job', /DestinationConfig: .*/, 'Enabled: true', 'Function: no-failure-destination'],
  [
    'kinesis-job',
    'Destination: !GetAtt FailedBatches.Arn',
    'Destination: !GetAtt Events.Arn',
    'Function: failures go to Events, no queue',
  ],
  ['kinesis-job', ', kinesis:ListShards', '', 'Function: its role lacks kinesis:ListShards of Stream'],
  ['kinesis-job', 'EncryptionType: KMS', 'EncryptionType: NONE', 'Stream: not encrypted'],
  ['kinesis-job', 'SSEEnabled: true', 'SSEEnabled: false', 'Events: not encrypted'],
  ['streaming-etl', /RedrivePolicy: .*/, 'DelaySeconds: 0', 'FailedBatches: no dead-letter queue'],
  ['streaming-etl', 'maxReceiveCount: 5', 'maxReceiveCount: 2', 'Redrive: few-receives'],
  ['streaming-etl', 'VisibilityTimeout: 5400', 'VisibilityTimeout: 719', 'Redrive: visibility-under-six-timeouts'],
  ['cdc-job', 'dynamodb:DescribeStream, ', '', 'Function: its role lacks dynamodb:DescribeStream of Orders'],
  ['cdc-fanout', 'KmsMasterKeyId: alias/aws/sns', 'DisplayName: removals', 'Removals: not encrypted'],
  ['api-ingest', /Events:\n.*/, 'Tracing: Active', 'Function: nothing invokes it'],
]

test.each(MUTATIONS)('%s with %s as %s: %s', (name, from, to, fault) => {
  const text = readFileSync(new URL(`../../examples/${name}/template.yaml`, import.meta.url), 'utf8')
  const changed = text.replace(from, () => to)
  expect(changed).not.toBe(text)
  expect(findFaults(parseTemplate(changed))).toContain(fault)
})

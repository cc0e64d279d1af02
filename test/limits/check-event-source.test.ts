import { describe, expect, test } from 'vitest'
import { checkEventSource, LAMBDA_LIMITS } from '../../src/limits/index.ts'

const rules = (...call: Parameters<typeof checkEventSource>) =>
  checkEventSource(...call).map(({ severity, rule, setting }) => `${severity} ${rule} ${setting}`)

const REPORT = { FunctionResponseTypes: ['ReportBatchItemFailures'] }
const queue = {
  ...REPORT,
  BatchSize: 10,
  VisibilityTimeout: 180,
  Timeout: 30,
  RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
}
const stream = {
  ...REPORT,
  MaximumRetryAttempts: 10,
  MaximumRecordAgeInSeconds: 3600,
  BisectBatchOnFunctionError: true,
  DestinationConfig: { OnFailure: { Destination: { Ref: 'DeadLetters' } } },
}
const kafka = { ...REPORT, DestinationConfig: stream.DestinationConfig }

describe('checkEventSource', () => {
  test('finds nothing where nothing is wrong', () => {
    expect(rules('sqs', queue)).toEqual([])
    expect(rules('kinesis', stream)).toEqual([])
    expect(rules('dynamodb-stream', stream)).toEqual([])
    expect(rules('kafka', kafka)).toEqual([])
  })

  test('what the defaults lose', () => {
    expect(rules('sqs', {})).toEqual([
      'warning no-partial-response FunctionResponseTypes',
      'warning no-dead-letter-queue RedrivePolicy',
    ])
    expect(rules('kinesis', {})).toEqual([
      'warning no-partial-response FunctionResponseTypes',
      'warning no-attempts-limit MaximumRetryAttempts',
      'warning no-age-limit MaximumRecordAgeInSeconds',
      'warning no-bisect BisectBatchOnFunctionError',
      'warning no-failure-destination DestinationConfig',
    ])
    expect(rules('kafka', {})).toEqual([
      'warning no-partial-response FunctionResponseTypes',
      'warning no-failure-destination DestinationConfig',
    ])
  })

  test.each([
    [{ VisibilityTimeout: 179 }, 'warning visibility-under-six-timeouts VisibilityTimeout'],
    [{ VisibilityTimeout: 29 }, 'error visibility-under-timeout VisibilityTimeout'],
    [{ VisibilityTimeout: undefined, Timeout: 31 }, 'error visibility-under-timeout VisibilityTimeout'],
    [
      { RedrivePolicy: { deadLetterTargetArn: 'x', maxReceiveCount: 4 } },
      'warning few-receives RedrivePolicy.maxReceiveCount',
    ],
    [
      { RedrivePolicy: '{"deadLetterTargetArn":"x","maxReceiveCount":"4"}' },
      'warning few-receives RedrivePolicy.maxReceiveCount',
    ],
    [{ RedrivePolicy: { deadLetterTargetArn: 'x' } }, 'error out-of-range RedrivePolicy.maxReceiveCount'],
    [{ RedrivePolicy: '{' }, 'error out-of-range RedrivePolicy.maxReceiveCount'],
    [{ RedrivePolicy: undefined }, 'warning no-dead-letter-queue RedrivePolicy'],
    [{ BatchSize: 100 }, 'error batch-needs-window MaximumBatchingWindowInSeconds'],
    [{ BatchSize: 11, FifoQueue: true }, 'error out-of-range BatchSize'],
    [{ BatchSize: 11, EventSourceArn: 'arn:aws:sqs:eu-west-1:1:orders.fifo' }, 'error out-of-range BatchSize'],
    [{ MaximumBatchingWindowInSeconds: 5, FifoQueue: 'true' }, 'error out-of-range MaximumBatchingWindowInSeconds'],
    [{ MaximumBatchingWindowInSeconds: 301 }, 'error out-of-range MaximumBatchingWindowInSeconds'],
    [{ BatchSize: 10, RecordBytes: 700_000 }, 'warning batch-over-payload BatchSize'],
    [{ RecordBytes: 7_000_000 }, 'error record-over-payload RecordBytes'],
    [{ FunctionResponseTypes: ['ReportBatchFailures'] }, 'error out-of-range FunctionResponseTypes'],
    [{ FunctionResponseTypes: [] }, 'warning no-partial-response FunctionResponseTypes'],
    [{ MaximumRetryAttempts: 5 }, 'error other-source MaximumRetryAttempts'],
    [{ ScalingConfig: { MaximumConcurrency: 1 } }, 'error out-of-range ScalingConfig.MaximumConcurrency'],
    [{ Timeout: 901 }, 'error out-of-range Timeout'],
    [{ BatchSize: 2.5 }, 'error out-of-range BatchSize'],
    [{ FifoQueue: 'yes' }, 'error out-of-range FifoQueue'],
  ])('a queue with %j', (setting, finding) => {
    expect(rules('sqs', { ...queue, ...setting })).toEqual([finding])
  })

  test.each([
    [{ ParallelizationFactor: 11 }, 'error out-of-range ParallelizationFactor'],
    [{ MaximumRecordAgeInSeconds: 59 }, 'error out-of-range MaximumRecordAgeInSeconds'],
    [{ MaximumRetryAttempts: 0 }, 'warning no-retries MaximumRetryAttempts'],
    [{ BisectBatchOnFunctionError: 'false' }, 'warning no-bisect BisectBatchOnFunctionError'],
    [{ DestinationConfig: {} }, 'error no-failure-destination DestinationConfig'],
    [{ DestinationConfig: { OnFailure: { Destination: '' } } }, 'error no-failure-destination DestinationConfig'],
    [{ DestinationConfig: { OnFailure: 'x' } }, 'error unreadable DestinationConfig'],
    [{ TumblingWindowInSeconds: 901 }, 'error out-of-range TumblingWindowInSeconds'],
    [{ BatchSize: 10_001 }, 'error out-of-range BatchSize'],
    [{ ScalingConfig: {} }, 'error other-source ScalingConfig'],
  ])('a stream with %j', (setting, finding) => {
    expect(rules('kinesis', { ...stream, ...setting })).toEqual([finding])
  })

  test.each([
    ['sqs', { ...queue, EventSourceArn: 'arn:aws:sqs:eu-west-1:1:orders', MaximumBatchingWindowInSeconds: 5 }],
    ['sqs', { ...queue, BatchSize: 11, MaximumBatchingWindowInSeconds: 1 }],
    ['sqs', { ...queue, BatchSize: null, VisibilityTimeout: '', Timeout: 5 }],
    ['sqs', { ...queue, BatchSize: 1, RecordBytes: LAMBDA_LIMITS.payloadBytes }],
    ['sqs', { ...queue, RedrivePolicy: '\n {"deadLetterTargetArn":"x","maxReceiveCount":5}' }],
    ['sqs', { ...queue, FunctionResponseTypes: Array(1000).fill('ReportBatchItemFailures') }],
    ['kinesis', { ...stream, EventSourceArn: 'arn:aws:kinesis:eu-west-1:1:stream/orders.fifo', BatchSize: 10_000 }],
  ] as const)('nothing is wrong with %s %j', (source, config) => {
    expect(rules(source, config)).toEqual([])
  })

  test.each([
    [{ BatchSize: { Reference: 1 } }, 'error out-of-range BatchSize'],
    [{ BatchSize: { MyRef: 1 } }, 'error out-of-range BatchSize'],
    [{ BatchSize: '10x' }, 'error out-of-range BatchSize'],
    [{ ProvisionedPollerConfig: { MinimumPollers: 1 } }, 'error out-of-range ProvisionedPollerConfig.MinimumPollers'],
    [
      { ProvisionedPollerConfig: { MaximumPollers: 10_001 } },
      'error out-of-range ProvisionedPollerConfig.MaximumPollers',
    ],
    [{ RecordBytes: '1000000000000000' }, 'error out-of-range RecordBytes'],
    [{ BatchSize: 'x10' }, 'error out-of-range BatchSize'],
    [{ FifoQueue: 'untrue' }, 'error out-of-range FifoQueue'],
    [{ FifoQueue: 'trueish' }, 'error out-of-range FifoQueue'],
    [{ VisibilityTimeout: 30 }, 'warning visibility-under-six-timeouts VisibilityTimeout'],
    [
      { FunctionResponseTypes: Array(1001).fill('ReportBatchItemFailures') },
      'error out-of-range FunctionResponseTypes',
    ],
  ])('a queue whose setting only looks right: %#', (setting, finding) => {
    expect(rules('sqs', { ...queue, ...setting })).toEqual([finding])
  })

  test.each([{ MaximumRetryAttempts: 1 }, { MaximumRetryAttempts: 0 }, { MaximumRecordAgeInSeconds: 60 }])(
    'records that %j gives up are lost without a destination: an error, not a warning',
    (limit) => {
      expect(rules('kinesis', limit)).toContain('error no-failure-destination DestinationConfig')
    },
  )

  test.each(['ParallelizationFactor', 'TumblingWindowInSeconds', 'ScalingConfig'])('Kafka has no %s', (setting) => {
    expect(rules('kafka', { ...kafka, [setting]: 1 })).toContain(`error other-source ${setting}`)
  })

  test('base64 makes four thirds of a Kinesis record: 4.5 MB of records fill an event', () => {
    const records = (RecordBytes: number) => rules('kinesis', { ...stream, BatchSize: 10, RecordBytes })
    expect(records(470_000)).toEqual([])
    expect(records(480_000)).toEqual(['warning batch-over-payload BatchSize'])
    expect(rules('dynamodb-stream', { ...stream, BatchSize: 10, RecordBytes: 480_000 })).toEqual([])
  })

  test('functions of CloudFormation count as present, AWS::NoValue as absent', () => {
    const unknown = Object.fromEntries(Object.keys(queue).map((name) => [name, { 'Fn::If': ['A', 1, 2] }]))
    expect(rules('sqs', unknown)).toEqual([])
    expect(rules('sqs', { ...queue, RedrivePolicy: { Ref: 'AWS::NoValue' } })).toEqual([
      'warning no-dead-letter-queue RedrivePolicy',
    ])
    expect(rules('sqs', { ...queue, VisibilityTimeout: '{{resolve:ssm:/timeout}}' })).toEqual([])
  })

  test('messages say what to set', () => {
    const [finding] = checkEventSource('sqs', { ...queue, VisibilityTimeout: 60, MaximumBatchingWindowInSeconds: 20 })
    const [batch] = checkEventSource('kinesis', { ...stream, BatchSize: 0 })
    expect(batch?.message).toBe('it must be a whole number from 1 to 10000')
    const [age] = checkEventSource('kinesis', { ...stream, MaximumRecordAgeInSeconds: 59 })
    expect(age?.message).toBe('it must be a whole number from 60 to 604800, or -1')
    expect(finding?.message).toMatch(/60 s against the function's Timeout of 30 s.*set 200 s or more/)
  })

  test('an unknown source is refused, an unusable configuration is a finding', () => {
    expect(() => checkEventSource('sns' as never, {})).toThrow(/source: must be one of/)
    for (const config of [undefined, null, 3, 'text', []]) {
      expect(rules('sqs', config)).toEqual(['error unreadable EventSourceMapping'])
    }
  })
})

import { Duration, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

const SUM = { statistic: 'Sum', period: Duration.minutes(5) } as const
const MAXIMUM = { statistic: 'Maximum', period: Duration.minutes(5) } as const

/** A metric of `collectMetrics`, which the handlers send under the function's name. */
export const millrace = ({ functionName: FunctionName }: IFunction, metricName: string): Metric =>
  new Metric({ namespace: 'Millrace', metricName, dimensionsMap: { FunctionName }, ...SUM })

const AGES = ['Duration', 'IteratorAge', 'AsyncEventAge']

export const lambda = ({ functionName: FunctionName }: IFunction, metricName: string): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName },
    ...(AGES.includes(metricName) ? MAXIMUM : SUM),
  })

export const messages = (queue: Queue): Metric => queue.metricApproximateNumberOfMessagesVisible(MAXIMUM)
export const oldestMessage = (queue: Queue): Metric => queue.metricApproximateAgeOfOldestMessage(MAXIMUM)

export interface AlarmOptions {
  /** Default 0. */
  readonly over?: number
  /** Periods of five minutes in a row. Default 1. */
  readonly periods?: number
}

/** Makes alarms, which are sent to the topic of the context's `alarmTopicName`, if there is one. */
export function createAlarms(scope: Construct) {
  const name = scope.node.tryGetContext('alarmTopicName') || undefined
  const topic =
    name && Topic.fromTopicArn(scope, 'AlarmTopic', Stack.of(scope).formatArn({ service: 'sns', resource: name }))
  return (id: string, metric: Metric, alarmDescription: string, { over = 0, periods = 1 }: AlarmOptions = {}): void => {
    const alarm = new Alarm(scope, `${id}Alarm`, {
      metric,
      alarmDescription,
      threshold: over,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    if (topic) alarm.addAlarmAction(new SnsAction(topic))
  }
}

/** A dashboard, with a graph for each title. */
export function createDashboard(scope: Construct, graphs: Readonly<Record<string, readonly IMetric[]>>): void {
  const widgets = Object.entries(graphs).map(
    ([title, metrics]) => new GraphWidget({ title, left: [...metrics], width: 12, height: 6 }),
  )
  const { stackName, region } = Stack.of(scope)
  new Dashboard(scope, 'Dashboard', { dashboardName: `${stackName}-${region}`, widgets: [widgets] })
}

/** What every function is seen by: runs, errors, throttles. */
export const runsOf = (job: IFunction): readonly Metric[] => [
  ...['Invocations', 'Errors', 'Throttles'].map((name) => lambda(job, name)),
  millrace(job, 'RunsFailed'),
]

/** The alarms of whoever reads a stream; makes more, as `createAlarms` does. */
export function createStreamAlarms(scope: Construct, job: IFunction, failedBatches: Queue) {
  const alarm = createAlarms(scope)
  alarm(
    'FailedBatches',
    messages(failedBatches),
    'A batch was given up. readFailedBatch fetches its records for 24 hours.',
  )
  alarm(
    'LostBatches',
    lambda(job, 'DestinationDeliveryFailures'),
    'The position of a failed batch did not reach the queue.',
  )
  alarm('IteratorAge', lambda(job, 'IteratorAge'), 'Records wait over a minute.', { over: 60_000, periods: 3 })
  return alarm
}

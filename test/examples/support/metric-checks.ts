import { metricNames } from '../../../src/telemetry/metrics.ts'
import {
  type Bag,
  bagOf,
  functionsOf,
  type Json,
  listOf,
  mappingsOf,
  referredBy,
  resourcesOf,
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

type Watched = readonly [place: string, namespace: string, metric: string, dimension: string, resource: Json]

/** What alarms and dashboards watch exists: metrics by their names, of resources of this template. */
export function metricFaults(template: Template): readonly string[] {
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
  const faults = alarms.flatMap(([id, { AlarmActions, TreatMissingData, AlarmDescription }]) => [
    ...(listOf(AlarmActions).length === 0 ? [`${id}: informs nobody`] : []),
    ...(TreatMissingData === undefined ? [`${id}: missing data are not treated`] : []),
    ...(AlarmDescription === undefined ? [`${id}: does not say what to do`] : []),
  ])
  const [queues, streams] = [unwatchedQueues(template), unwatchedStreams(template)]
  const owners = functionsOf(template).filter(({ id }) =>
    alarms.every(([, { Dimensions }]) => !namesOf(Dimensions).includes(id)),
  )
  return [
    ...faults,
    ...owners.map(({ id }) => `${id}: no alarm`),
    ...queues.map((id) => `${id}: nobody learns of its messages`),
    ...streams.map((id) => `${id}: nobody learns that it falls behind`),
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

/** Queues that nothing reads, in which failures end. */
function unwatchedQueues(template: Template): readonly string[] {
  const polled = mappingsOf(template).map(({ sourceId }) => sourceId)
  return resourcesOf(template, 'AWS::SQS::Queue')
    .filter(([id, { RedrivePolicy }]) => RedrivePolicy === undefined && !polled.includes(id))
    .filter(([id]) => !isAlarmedOn(template, 'ApproximateNumberOfMessagesVisible', id))
    .map(([id]) => id)
}

/** Functions that read a stream, whose records expire. */
function unwatchedStreams(template: Template): readonly string[] {
  return mappingsOf(template)
    .filter(({ sourceId }) => template.Resources[sourceId]?.Type !== 'AWS::SQS::Queue')
    .map(({ functionId }) => functionId)
    .filter((id) => !isAlarmedOn(template, 'IteratorAge', id))
}

function isAlarmedOn(template: Template, metric: string, id: string): boolean {
  const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
  return alarms.some(([, { MetricName, Dimensions }]) => MetricName === metric && namesOf(Dimensions).includes(id))
}

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

import { type App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { HttpApi, HttpMethod, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { createJob, createQueue } from './job.ts'
import { createAlarms, createDashboard, lambda, messages, millrace, oldestMessage, runsOf } from './monitor.ts'

/** The slowest consumer of the orders that the queue suits. */
const CONSUMER_SECONDS = 30

/** Orders that are posted to an API go to a queue. Callers sign their requests (IAM). */
export function apiIngestStack(app: App): Stack {
  const stack = new Stack(app, 'api-ingest')
  const deadOrders = createQueue(stack, 'DeadOrders', CONSUMER_SECONDS)
  const orders = createQueue(stack, 'Orders', CONSUMER_SECONDS, { queue: deadOrders, maxReceiveCount: 5 })
  const job = createJob(stack, 'Function', {
    entry: '../api-ingest/handler.ts',
    memorySize: 512,
    timeoutSeconds: 20,
    environment: { QUEUE_URL: orders.queueUrl },
    allow: [[['sqs:SendMessage'], [orders.queueArn]]],
  })

  const defaultAuthorizer = new HttpIamAuthorizer()
  const api = new HttpApi(stack, 'Api', { createDefaultStage: false, defaultAuthorizer })
  api.addRoutes({ path: '/orders', methods: [HttpMethod.POST], integration: new HttpLambdaIntegration('Post', job) })
  const accessLogs = new LogGroup(stack, 'AccessLogs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const stage = api.addStage('Stage', {
    stageName: '$default',
    autoDeploy: true,
    throttle: { burstLimit: 200, rateLimit: 100 },
    accessLogSettings: { destination: new LogGroupLogDestination(accessLogs) },
  })

  const alarm = createAlarms(stack)
  const serverErrors = api.metricServerError({ statistic: 'Sum' })
  alarm('DeadOrders', messages(deadOrders), 'Orders failed five times. Start a redrive when the cause is gone.')
  alarm('OrdersWait', oldestMessage(orders), 'Orders wait over ten minutes.', { over: 600 })
  alarm('EntriesFailed', millrace(job, 'EntriesFailed'), 'Orders did not reach the queue; the callers got a 503.')
  alarm('EntriesUnknown', millrace(job, 'EntriesUnknown'), 'Requests got no answer: orders may be there twice.')
  alarm('ServerErrors', serverErrors, 'Callers get a 5xx.')
  createDashboard(stack, {
    Requests: [api.metricCount({ statistic: 'Sum' }), api.metricClientError({ statistic: 'Sum' }), serverErrors],
    Latency: [api.metricLatency({ statistic: 'p99' }), lambda(job, 'Duration')],
    Runs: runsOf(job),
    Orders: ['EntriesSent', 'EntriesFailed', 'EntriesUnknown'].map((name) => millrace(job, name)),
    Queues: [messages(orders), oldestMessage(orders), messages(deadOrders)],
  })
  new CfnOutput(stack, 'Url', { value: `${stage.url}orders` })
  new CfnOutput(stack, 'QueueUrl', { value: orders.queueUrl })
  return stack
}

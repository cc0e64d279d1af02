// What `@types/aws-lambda` types: its events where this package has a type for them, its handlers around the functions of this package.
import type * as aws from 'aws-lambda'
import type * as own from 'millrace/events'
import { jsonPayload, readRecords, SqsEventSchema, s3Objects } from 'millrace/events'
import { type BatchResponse, processBatch, processBatches } from 'millrace/flow'

declare function given<T>(): T

/** A function that takes an event of this package is called with AWS's. */
export const events = {
  s3: given<aws.S3Event>() satisfies own.S3Event,
  s3Bus: given<aws.S3ObjectCreatedNotificationEvent>() satisfies own.S3EventBridgeEvent,
  s3Batch: given<aws.S3BatchEvent>() satisfies own.S3BatchEvent,
  kinesis: given<aws.KinesisStreamEvent>() satisfies own.KinesisEvent,
  sqs: given<aws.SQSEvent>() satisfies own.SqsEvent,
  sns: given<aws.SNSEvent>() satisfies own.SnsEvent,
  bus: given<aws.EventBridgeEvent<string, { id: number }>>() satisfies own.EventBridgeEvent,
  scheduled: given<aws.ScheduledEvent>() satisfies own.ScheduledEvent,
  logs: given<aws.CloudWatchLogsEvent>() satisfies own.CloudWatchLogsEvent,
  alarm: given<aws.CloudWatchAlarmEvent>() satisfies own.CloudWatchAlarmEvent,
  firehose: given<aws.FirehoseTransformationEvent>() satisfies own.FirehoseEvent,
  msk: given<aws.MSKEvent>() satisfies own.KafkaEvent,
  kafka: given<aws.SelfManagedKafkaEvent>() satisfies own.KafkaEvent,
  rest: given<aws.APIGatewayProxyEvent>() satisfies own.ApiGatewayRestEvent,
  http: given<aws.APIGatewayProxyEventV2>() satisfies own.ApiGatewayHttpEvent,
  url: given<aws.LambdaFunctionURLEvent>() satisfies own.ApiGatewayHttpEvent,
  webSocket: given<aws.APIGatewayProxyWebsocketEventV2>() satisfies own.WebSocketEvent,
  alb: given<aws.ALBEvent>() satisfies own.AlbEvent,
  ses: given<aws.SESEvent>() satisfies own.SesEvent,
}

/** What a schema parses is an event of this package, and what it does not list is there as unknown. */
export const parsed: own.SqsEvent = SqsEventSchema.parse({})
export const unlisted: unknown = SqsEventSchema.parse({}).Records[0]?.['messageAttributes']
// @ts-expect-error: an event of another source
export const other: own.SqsEvent = given<aws.SNSEvent>()

const payload = jsonPayload()
const work = async (order: unknown): Promise<void> => void order

// Queues and streams: the response is the one that the handler type asks for.
export const sqs: aws.SQSHandler = (event, context) => processBatch(event, work, { payload, context })
export const kinesis: aws.KinesisStreamHandler = (event, context) => processBatch(event, work, { payload, context })
export const dynamodb: aws.DynamoDBStreamHandler = (event, context) => processBatch(event, work, { payload, context })
export const groups: aws.SQSHandler = (event, context) => processBatches(event, work, { payload, context })
export const firehose: aws.FirehoseTransformationHandler = (event, context) =>
  processBatch(event, async () => 'text', { payload, context })
export const s3Batch: aws.S3BatchHandler = (event, context) =>
  processBatch(event, async () => ({ resultCode: 'Succeeded' as const }), { payload, context })

// Kafka's handler types of AWS know no response yet: the general one does; without ReportBatchItemFailures nothing is to be returned.
export const kafkaResponse: aws.Handler<aws.MSKEvent, BatchResponse> = (event, context) =>
  processBatch(event, work, { payload, context })
export const msk: aws.MSKHandler = async (event, context) => {
  await processBatch(event, work, { payload, context })
}
export const kafka: aws.SelfManagedKafkaHandler = async (event, context) => {
  await processBatch(event, work, { payload, context })
}
export const s3: aws.S3Handler = async (event) => s3Objects(event).forEach(({ key }) => void key)
export const sns: aws.SNSHandler = async (event, context) => {
  await processBatch(event, work, { payload, context })
}
export const bus: aws.EventBridgeHandler<'Order', { id: number }, void> = async (event, context) => {
  await processBatch(event, work, { payload, context })
}
export const alb: aws.ALBHandler = async (event) => ({
  statusCode: readRecords(event, payload)[0]?.payload.ok ? 200 : 400,
})
export const rest: aws.APIGatewayProxyHandler = async (event) => ({
  statusCode: readRecords(event, payload)[0]?.payload.ok ? 200 : 400,
  body: '',
})

// Handlers whose event is typed by this package.
export const typed: aws.SQSHandler = async (event: own.SqsEvent) => {
  for (const { body, attributes } of event.Records) console.log(body, attributes?.SentTimestamp)
}
export const typedStream: aws.Handler<aws.KinesisStreamEvent, aws.KinesisStreamBatchResponse> = (
  event: own.KinesisEvent,
  context,
) => processBatch(event, work, { payload, context })

declare function archive(event: aws.SQSEvent): Promise<void>
// An event that a schema of this package accepts keeps AWS's type.
export const validated: aws.SQSHandler = async (event) => {
  if (SqsEventSchema.safeParse(event).success) await archive(event)
}

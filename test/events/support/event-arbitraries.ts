import type fc from 'fast-check'
import type * as z from 'zod/mini'
import * as events from '../../../src/events/index.ts'
import * as testing from '../../../src/testing/index.ts'

/** Every source of events with its schema and its arbitrary: laws of one hold for all. */
export const SOURCES: readonly {
  readonly source: events.EventSource
  readonly schema: z.ZodMiniType
  readonly arbitrary: fc.Arbitrary<unknown>
}[] = [
  { source: 'activemq', schema: events.ActiveMqEventSchema, arbitrary: testing.arbitraryActiveMqEvent() },
  { source: 'rabbitmq', schema: events.RabbitMqEventSchema, arbitrary: testing.arbitraryRabbitMqEvent() },
  { source: 'documentdb', schema: events.DocumentDbEventSchema, arbitrary: testing.arbitraryDocumentDbEvent() },
  {
    source: 'api-gateway-websocket',
    schema: events.WebSocketEventSchema,
    arbitrary: testing.arbitraryWebSocketEvent(),
  },
  { source: 'vpc-lattice', schema: events.VpcLatticeEventSchema, arbitrary: testing.arbitraryVpcLatticeEvent() },
  { source: 'ses', schema: events.SesEventSchema, arbitrary: testing.arbitrarySesEvent() },
  { source: 'alb', schema: events.AlbEventSchema, arbitrary: testing.arbitraryAlbEvent() },
  {
    source: 'api-gateway-http',
    schema: events.ApiGatewayHttpEventSchema,
    arbitrary: testing.arbitraryApiGatewayHttpEvent(),
  },
  {
    source: 'api-gateway-rest',
    schema: events.ApiGatewayRestEventSchema,
    arbitrary: testing.arbitraryApiGatewayRestEvent(),
  },
  { source: 'async-failure', schema: events.AsyncFailureEventSchema, arbitrary: testing.arbitraryAsyncFailureEvent() },
  {
    source: 'cloudwatch-alarm',
    schema: events.CloudWatchAlarmEventSchema,
    arbitrary: testing.arbitraryCloudWatchAlarmEvent(),
  },
  {
    source: 'cloudwatch-logs',
    schema: events.CloudWatchLogsEventSchema,
    arbitrary: testing.arbitraryCloudWatchLogsEvent(),
  },
  {
    source: 'distributed-map',
    schema: events.DistributedMapEventSchema,
    arbitrary: testing.arbitraryDistributedMapEvent(),
  },
  {
    source: 'dynamodb-stream',
    schema: events.DynamoDBStreamEventSchema,
    arbitrary: testing.arbitraryDynamoDBStreamEvent(),
  },
  { source: 'eventbridge', schema: events.EventBridgeEventSchema, arbitrary: testing.arbitraryEventBridgeEvent() },
  { source: 'firehose', schema: events.FirehoseEventSchema, arbitrary: testing.arbitraryFirehoseEvent() },
  { source: 'kafka', schema: events.KafkaEventSchema, arbitrary: testing.arbitraryKafkaEvent() },
  { source: 'kinesis', schema: events.KinesisEventSchema, arbitrary: testing.arbitraryKinesisEvent() },
  { source: 's3', schema: events.S3EventSchema, arbitrary: testing.arbitraryS3Event() },
  { source: 's3-batch', schema: events.S3BatchEventSchema, arbitrary: testing.arbitraryS3BatchEvent() },
  {
    source: 's3-eventbridge',
    schema: events.S3EventBridgeEventSchema,
    arbitrary: testing.arbitraryS3EventBridgeEvent(),
  },
  { source: 'scheduled', schema: events.ScheduledEventSchema, arbitrary: testing.arbitraryScheduledEvent() },
  { source: 'sns', schema: events.SnsEventSchema, arbitrary: testing.arbitrarySnsEvent() },
  { source: 'sqs', schema: events.SqsEventSchema, arbitrary: testing.arbitrarySqsEvent() },
  {
    source: 'stream-failure',
    schema: events.StreamFailureEventSchema,
    arbitrary: testing.arbitraryStreamFailureEvent(),
  },
]

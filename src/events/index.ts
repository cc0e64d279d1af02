export { type AlbEvent, AlbEventSchema } from './alb.ts'
export { type ApiGatewayHttpEvent, ApiGatewayHttpEventSchema } from './api-gateway-http.ts'
export { type ApiGatewayRestEvent, ApiGatewayRestEventSchema } from './api-gateway-rest.ts'
export { type AsyncFailureEvent, AsyncFailureEventSchema } from './async-failure.ts'
export { bytesPayload } from './bytes-payload.ts'
export { type CloudWatchAlarmEvent, CloudWatchAlarmEventSchema } from './cloudwatch-alarm.ts'
export {
  type CloudWatchLogsData,
  CloudWatchLogsDataSchema,
  type CloudWatchLogsEvent,
  CloudWatchLogsEventSchema,
} from './cloudwatch-logs.ts'
export type { PayloadOption } from './decoder-of.ts'
export { type DistributedMapEvent, DistributedMapEventSchema } from './distributed-map.ts'
export type { DynamoDBStreamsReader } from './dynamodb-shard.ts'
export {
  type DynamoDBStreamEvent,
  DynamoDBStreamEventSchema,
  type DynamoDBStreamRecord,
} from './dynamodb-stream.ts'
export type { EventRecord, KafkaIdentifier } from './event-record.ts'
export { detectSource, type EventSource } from './event-source.ts'
export { type EventBridgeEvent, EventBridgeEventSchema } from './eventbridge.ts'
export { type FirehoseEvent, FirehoseEventSchema, type FirehoseRecord } from './firehose.ts'
export { type GunzipOptions, gunzipPayload } from './gunzip-payload.ts'
export { jsonPayload } from './json-payload.ts'
export { type KafkaEvent, KafkaEventSchema, type KafkaRecord } from './kafka.ts'
export { type KinesisEvent, KinesisEventSchema, type KinesisRecord } from './kinesis.ts'
export type { KinesisReader } from './kinesis-shard.ts'
export { kplPayload } from './kpl-payload.ts'
export type { Payload, PayloadDecoder, UserRecord } from './payload.ts'
export { type LostRecords, type ReadFailedBatchOptions, readFailedBatch } from './read-failed-batch.ts'
export { readRecords } from './records.ts'
export { type S3Event, S3EventSchema, type S3Record } from './s3.ts'
export { type S3BatchEvent, S3BatchEventSchema, type S3BatchTask } from './s3-batch.ts'
export { type S3EventBridgeEvent, S3EventBridgeEventSchema } from './s3-eventbridge.ts'
export type { S3ObjectRef } from './s3-object-ref.ts'
export { type S3ObjectsOptions, s3Objects } from './s3-objects.ts'
export { type ScheduledEvent, ScheduledEventSchema } from './scheduled.ts'
export { type SnsEvent, SnsEventSchema, type SnsRecord } from './sns.ts'
export { type SqsEvent, SqsEventSchema, type SqsRecord } from './sqs.ts'
export type { StandardSchema } from './standard-schema.ts'
export { type StreamFailureEvent, StreamFailureEventSchema } from './stream-failure.ts'
export { textPayload } from './text-payload.ts'

export { aggregateRecords, arbitraryAggregatedRecord, type KplUserRecord } from './aggregate-records.ts'
export { arbitraryActiveMqEvent } from './arbitrary-active-mq-event.ts'
export { arbitraryAlbEvent } from './arbitrary-alb-event.ts'
export { arbitraryApiGatewayHttpEvent } from './arbitrary-api-gateway-http-event.ts'
export { arbitraryApiGatewayRestEvent } from './arbitrary-api-gateway-rest-event.ts'
export { arbitraryAsyncFailureEvent } from './arbitrary-async-failure-event.ts'
export { arbitraryChange, type ChangeOptions } from './arbitrary-change.ts'
export { arbitraryCloudWatchAlarmEvent } from './arbitrary-cloudwatch-alarm-event.ts'
export { arbitraryCloudWatchLogsData, arbitraryCloudWatchLogsEvent } from './arbitrary-cloudwatch-logs-event.ts'
export { arbitraryCsv, type CsvOptions } from './arbitrary-csv.ts'
export { arbitraryDistributedMapEvent } from './arbitrary-distributed-map-event.ts'
export { arbitraryDocumentDbEvent } from './arbitrary-document-db-event.ts'
export { arbitraryDynamoDBStreamEvent, type DynamoDBStreamEventOptions } from './arbitrary-dynamodb-stream-event.ts'
export { arbitraryEventBridgeEvent } from './arbitrary-event-bridge-event.ts'
export { arbitraryFirehoseEvent } from './arbitrary-firehose-event.ts'
export { arbitraryImage, type ImageOptions } from './arbitrary-image.ts'
export { arbitraryKafkaEvent } from './arbitrary-kafka-event.ts'
export { arbitraryKinesisEvent } from './arbitrary-kinesis-event.ts'
export { arbitraryGzip, arbitraryPayload, type PayloadArbitrary, type PayloadOption } from './arbitrary-payload.ts'
export { arbitraryRabbitMqEvent } from './arbitrary-rabbit-mq-event.ts'
export { arbitraryS3BatchEvent } from './arbitrary-s3-batch-event.ts'
export { arbitraryS3Event, type S3EventOptions } from './arbitrary-s3-event.ts'
export { arbitraryS3EventBridgeEvent } from './arbitrary-s3-event-bridge-event.ts'
export { arbitraryScheduledEvent } from './arbitrary-scheduled-event.ts'
export { arbitrarySesEvent } from './arbitrary-ses-event.ts'
export { arbitrarySnsEvent } from './arbitrary-sns-event.ts'
export { arbitrarySqsEvent, type SqsEventOptions } from './arbitrary-sqs-event.ts'
export { arbitraryStreamFailureEvent } from './arbitrary-stream-failure-event.ts'
export { arbitraryTable, type TableOptions } from './arbitrary-table.ts'
export { arbitraryVpcLatticeEvent } from './arbitrary-vpc-lattice-event.ts'
export { arbitraryWebSocketEvent } from './arbitrary-web-socket-event.ts'
export type { RecordCount } from './event-parts.ts'

export {
  type FakeAnswer,
  type FakeService,
  type FakeServiceName,
  type FakeServiceOptions,
  fakeService,
} from './fake-service.ts'

export { gatherLaws, type MakeGatherStore } from './gather/gather-laws.ts'
export { type MakeStore, type StoreLaw, type StoreLawOptions, storeLaws, type Wire } from './store/store-laws.ts'

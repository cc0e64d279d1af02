/** The source of an event. */
export type EventSource =
  | 's3'
  | 's3-eventbridge'
  | 'kinesis'
  | 'dynamodb-stream'
  | 'sqs'
  | 'sns'
  | 'eventbridge'
  | 'scheduled'
  | 'cloudwatch-logs'
  | 'cloudwatch-alarm'
  | 'firehose'
  | 'kafka'
  | 'api-gateway-rest'
  | 'api-gateway-http'
  | 'alb'
  | 's3-batch'
  | 'distributed-map'
  | 'stream-failure'
  | 'async-failure'
  | 'activemq'
  | 'rabbitmq'
  | 'documentdb'
  | 'api-gateway-websocket'
  | 'vpc-lattice'
  | 'ses'

type Fields = Readonly<Record<string, unknown>>

/** The sources by the `eventSource` of their records. */
const RECORD_SOURCES: ReadonlyMap<unknown, EventSource> = new Map([
  ['aws:s3', 's3'],
  ['aws:kinesis', 'kinesis'],
  ['aws:dynamodb', 'dynamodb-stream'],
  ['aws:sqs', 'sqs'],
  ['aws:sns', 'sns'],
  ['aws:kafka', 'kafka'],
  ['SelfManagedKafka', 'kafka'],
])

/** The sources by the service in an ARN, for an event without records: the last one of a tumbling window. */
const STREAM_SERVICES: ReadonlyMap<string | undefined, EventSource> = new Map([
  ['kinesis', 'kinesis'],
  ['dynamodb', 'dynamodb-stream'],
])

/**
 * Detect the source of an event by its shape. The event may still be malformed: the schemas and `readRecords` check
 * that.
 *
 * An array comes from EventBridge Pipes, and has the source of its records. Function URLs are `api-gateway-http`, HTTP APIs with payload
 * format 1.0 are `api-gateway-rest`. A queue or topic is `sqs` or `sns`, independent of the content of its messages.
 *
 * @param event - any value; nothing is thrown.
 * @returns the source, or undefined for an unknown event, or a list without records that names no source. O(1), except
 * for invalid leading records.
 * @example
 * detectSource({ source: 'my.shop', 'detail-type': 'Order Placed', detail: {} }) // => 'eventbridge'
 */
export function detectSource(event: unknown): EventSource | undefined {
  try {
    return sourceOf(event)
  } catch {
    return undefined
  }
}

function sourceOf(event: unknown): EventSource | undefined {
  if (Array.isArray(event)) return sourceOfRecords(event) ?? brokerOf(event)
  if (!isObject(event)) return undefined
  if (Array.isArray(event['Records'])) {
    return sourceOfRecords(event['Records']) ?? (event['Records'].length === 0 ? sourceOfArn(event) : undefined)
  }
  if (isObject(event['requestContext'])) return sourceOfRequest(event, event['requestContext'])
  if (typeof event['detail-type'] === 'string') return sourceOfBusEvent(event)
  return sourceOfOthers(event)
}

function sourceOfRecords(records: readonly unknown[]): EventSource | undefined {
  for (const record of records) {
    if (!isObject(record)) continue
    const source = RECORD_SOURCES.get(record['eventSource'] ?? record['EventSource'])
    if (source !== undefined) return source
    if (record['eventSource'] === 'aws:ses' && isObject(record['ses'])) return 'ses'
  }
  return undefined
}

function sourceOfArn(event: Fields): EventSource | undefined {
  const arn = event['eventSourceARN']
  return typeof arn === 'string' ? STREAM_SERVICES.get(arn.split(':', 3)[2]) : undefined
}

function sourceOfRequest(event: Fields, context: Fields): EventSource | undefined {
  if (isObject(event['KinesisBatchInfo'] ?? event['DDBStreamBatchInfo'] ?? event['KafkaBatchInfo'])) {
    return 'stream-failure'
  }
  if ('requestPayload' in event) return context['condition'] === 'Success' ? undefined : 'async-failure'
  if (isObject(context['elb'])) return 'alb'
  if (isWebSocket(event, context)) return 'api-gateway-websocket'
  if (isLattice(event, context)) return 'vpc-lattice'
  if (event['version'] === '2.0')
    return isObject(context['http']) && !isAuthorizer(event) ? 'api-gateway-http' : undefined
  const isRest = typeof event['httpMethod'] === 'string' && typeof event['resource'] === 'string'
  return isRest && !isAuthorizer(event) ? 'api-gateway-rest' : undefined
}

/** Test for the request to a Lambda authorizer: like a request of API Gateway, but with the ARN of its target and without body. */
function isAuthorizer(event: Fields): boolean {
  return event['type'] === 'REQUEST' && ('methodArn' in event || 'routeArn' in event)
}

const WEBSOCKET_EVENTS: readonly unknown[] = ['CONNECT', 'MESSAGE', 'DISCONNECT']

function isWebSocket(event: Fields, { connectionId, eventType }: Fields): boolean {
  return typeof connectionId === 'string' && WEBSOCKET_EVENTS.includes(eventType) && !isAuthorizer(event)
}

/** In version 2 of its events VPC Lattice looks like an HTTP API, but has ARNs of its own resources. */
function isLattice(event: Fields, { serviceNetworkArn, serviceArn, targetGroupArn }: Fields): boolean {
  const isNamed = [serviceNetworkArn, serviceArn, targetGroupArn].some((arn) => typeof arn === 'string')
  return event['version'] === '2.0' && isNamed && typeof event['path'] === 'string'
}

function sourceOfBusEvent(event: Fields): EventSource | undefined {
  const { source, detail, 'detail-type': type } = event
  if (typeof source !== 'string' || !('detail' in event)) return undefined
  if ((source === 'aws.events' || source === 'aws.scheduler') && type === 'Scheduled Event') return 'scheduled'
  // Calls of S3's API recorded by CloudTrail have this source too.
  const isOfObject = isObject(detail) && isObject(detail['bucket']) && isObject(detail['object'])
  return source === 'aws.s3' && isOfObject ? 's3-eventbridge' : 'eventbridge'
}

function sourceOfOthers(event: Fields): EventSource | undefined {
  if (isObject(event['awslogs'])) return 'cloudwatch-logs'
  if (event['source'] === 'aws.cloudwatch' && isObject(event['alarmData'])) return 'cloudwatch-alarm'
  if (typeof event['deliveryStreamArn'] === 'string' && Array.isArray(event['records'])) return 'firehose'
  if (RECORD_SOURCES.get(event['eventSource']) === 'kafka' && isObject(event['records'])) return 'kafka'
  if (typeof event['raw_path'] === 'string' && typeof event['method'] === 'string') return 'vpc-lattice'
  const list = BROKER_LISTS.get(event['eventSource'])
  if (list !== undefined) return isList(event[list.name], list) ? list.source : undefined
  if (Array.isArray(event['tasks']) && isObject(event['job'])) return 's3-batch'
  // The event that S3 sends when a notification is configured, without records.
  if (event['Event'] === 's3:TestEvent') return 's3'
  return Array.isArray(event['Items']) ? 'distributed-map' : undefined
}

interface BrokerList {
  readonly source: EventSource
  /** The field that holds the records. */
  readonly name: string
  /** Events with lists by the name of their queue, instead of one list. */
  readonly isByQueue?: boolean
}

const ACTIVE_MQ: BrokerList = { source: 'activemq', name: 'messages' }

/** Events whose records do not name their source themselves. */
const BROKER_LISTS: ReadonlyMap<unknown, BrokerList> = new Map([
  ['aws:mq', ACTIVE_MQ],
  ['aws:amq', ACTIVE_MQ],
  ['aws:rmq', { source: 'rabbitmq', name: 'rmqMessagesByQueue', isByQueue: true }],
  ['aws:docdb', { source: 'documentdb', name: 'events' }],
])

/** EventBridge Pipes writes the source into each message. */
function brokerOf(records: readonly unknown[]): EventSource | undefined {
  const named = records.find((record) => isObject(record) && BROKER_LISTS.has(record['eventSource']))
  return isObject(named) ? BROKER_LISTS.get(named['eventSource'])?.source : undefined
}

function isList(value: unknown, { isByQueue = false }: BrokerList): boolean {
  return isByQueue ? isObject(value) : Array.isArray(value)
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { describe, expect, test } from 'vitest'
import { detectSource } from '../../src/events/index.ts'

const context = { requestContext: { requestId: 'r' } }

describe('detectSource', () => {
  test.each([
    ['s3', { Records: [{ eventSource: 'aws:s3' }] }],
    ['s3', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }],
    ['kinesis', { Records: [null, 7, { eventSource: 'aws:kinesis' }] }],
    ['kinesis', [{ eventSource: 'aws:kinesis' }]],
    ['kinesis', { Records: [], eventSourceARN: 'arn:aws-cn:kinesis:cn-north-1:1:stream/s' }],
    ['dynamodb-stream', { Records: [], eventSourceARN: 'arn:aws:dynamodb:eu-west-1:1:table/t/stream/x' }],
    ['dynamodb-stream', { Records: [{ eventSource: 'aws:dynamodb' }] }],
    ['sqs', { Records: [{ eventSource: 'aws:sqs', body: '{"Records":[{"eventSource":"aws:s3"}]}' }] }],
    ['sns', { Records: [{ EventSource: 'aws:sns' }] }],
    ['kafka', { eventSource: 'aws:kafka', records: {} }],
    ['kafka', { eventSource: 'SelfManagedKafka', records: {} }],
    ['kafka', [{ eventSource: 'aws:kafka' }]],
    ['firehose', { deliveryStreamArn: 'arn', records: [] }],
    ['cloudwatch-logs', { awslogs: { data: '' } }],
    ['cloudwatch-alarm', { source: 'aws.cloudwatch', alarmArn: 'arn', alarmData: {} }],
    ['eventbridge', { source: 'my.shop', 'detail-type': 'Order Placed', detail: {} }],
    [
      'eventbridge',
      { source: 'aws.s3', 'detail-type': 'AWS API Call via CloudTrail', detail: { eventName: 'GetObject' } },
    ],
    ['eventbridge', { source: 'my.shop', 'detail-type': 'Scheduled Event', detail: {} }],
    ['eventbridge', { source: 'aws.cloudwatch', 'detail-type': 'CloudWatch Alarm State Change', detail: {} }],
    ['s3-eventbridge', { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: {}, object: {} } }],
    ['scheduled', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
    ['scheduled', { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', detail: '{}' }],
    ['api-gateway-rest', { ...context, resource: '/', path: '/', httpMethod: 'GET' }],
    ['api-gateway-rest', { ...context, version: '1.0', resource: '/', path: '/', httpMethod: 'GET' }],
    ['api-gateway-http', { version: '2.0', rawPath: '/', requestContext: { http: { method: 'GET' } } }],
    ['alb', { requestContext: { elb: { targetGroupArn: 'arn' } }, httpMethod: 'GET', path: '/' }],
    ['activemq', { eventSource: 'aws:mq', messages: [] }],
    ['activemq', { eventSource: 'aws:amq', messages: [{}] }],
    ['activemq', [{ eventSource: 'aws:amq', messageID: 'm', data: '' }]],
    ['rabbitmq', { eventSource: 'aws:rmq', rmqMessagesByQueue: {} }],
    ['documentdb', { eventSource: 'aws:docdb', events: [] }],
    ['ses', { Records: [{ eventSource: 'aws:ses', ses: {} }] }],
    ['api-gateway-websocket', { requestContext: { connectionId: 'c', eventType: 'CONNECT' }, headers: {} }],
    ['api-gateway-websocket', { requestContext: { connectionId: 'c', eventType: 'MESSAGE' }, body: '' }],
    ['vpc-lattice', { raw_path: '/', method: 'GET', headers: {} }],
    ['vpc-lattice', { version: '2.0', path: '/', method: 'GET', requestContext: { serviceArn: 'arn' } }],
    ['s3-batch', { invocationId: 'i', job: { id: 'j' }, tasks: [] }],
    ['distributed-map', { Items: [] }],
    ['distributed-map', { BatchInput: {}, Items: [1] }],
    ['stream-failure', { ...context, KinesisBatchInfo: {} }],
    ['stream-failure', { ...context, DDBStreamBatchInfo: {} }],
    ['stream-failure', { ...context, KafkaBatchInfo: {}, payload: '{}' }],
    ['async-failure', { requestContext: { condition: 'RetriesExhausted' }, requestPayload: null }],
  ])('%s: %o', (source, event) => {
    expect(detectSource(event)).toBe(source)
  })

  test.each([
    [undefined],
    [null],
    ['text'],
    [[]],
    [{}],
    [{ Records: [] }],
    [{ Records: [{ eventSource: 'aws:ses' }] }],
    [{ requestContext: { condition: 'Success' }, requestPayload: 1 }],
    [{ type: 'REQUEST', methodArn: 'arn', resource: '/', httpMethod: 'GET', requestContext: {} }],
    [{ version: '2.0', type: 'REQUEST', routeArn: 'arn', requestContext: { http: {} } }],
    [{ requestContext: { connectionId: 'c', routeKey: '$connect' } }],
    [{ requestContext: { connectionId: 'c', eventType: 'CONNECT' }, type: 'REQUEST', methodArn: 'arn' }],
    [{ requestContext: { connectionId: 'c', eventType: 'OTHER' } }],
    [{ eventSource: 'aws:mq', messages: {} }],
    [{ eventSource: 'aws:rmq', rmqMessagesByQueue: [] }],
    [{ eventSource: 'aws:docdb', events: 7 }],
    [{ raw_path: '/' }],
    [{ tasks: [] }],
    [{ records: [], eventSource: 'aws:kafka' }],
  ])('none: %o', (event) => {
    expect(detectSource(event)).toBeUndefined()
  })
})

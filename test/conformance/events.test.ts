import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type * as z from 'zod/mini'
import * as events from '../../src/events/index.ts'

const corpus = new URL('../../../shared/corpora/events/', import.meta.url)

/** The folders of the corpus and the schemas of what they hold. */
const FOLDERS: readonly (readonly [folder: string, source: events.EventSource, schema: z.ZodMiniType])[] = [
  ['alb', 'alb', events.AlbEventSchema],
  ['api-gateway-http', 'api-gateway-http', events.ApiGatewayHttpEventSchema],
  ['api-gateway-rest', 'api-gateway-rest', events.ApiGatewayRestEventSchema],
  ['cloudwatch-alarm', 'cloudwatch-alarm', events.CloudWatchAlarmEventSchema],
  ['cloudwatch-logs', 'cloudwatch-logs', events.CloudWatchLogsEventSchema],
  ['dynamodb-stream', 'dynamodb-stream', events.DynamoDBStreamEventSchema],
  ['eventbridge', 'eventbridge', events.EventBridgeEventSchema],
  ['firehose', 'firehose', events.FirehoseEventSchema],
  ['function-url', 'api-gateway-http', events.ApiGatewayHttpEventSchema],
  ['kafka', 'kafka', events.KafkaEventSchema],
  ['kinesis', 'kinesis', events.KinesisEventSchema],
  ['s3', 's3', events.S3EventSchema],
  ['s3-batch', 's3-batch', events.S3BatchEventSchema],
  ['s3-eventbridge', 's3-eventbridge', events.S3EventBridgeEventSchema],
  ['scheduled', 'scheduled', events.ScheduledEventSchema],
  ['sns', 'sns', events.SnsEventSchema],
  ['sqs', 'sqs', events.SqsEventSchema],
]

const samples = FOLDERS.flatMap(([folder, source, schema]) =>
  namesIn(folder).map((name) => ({ name: `${folder}/${name}`, source, schema })),
)

if (samples.length === 0) test.skip('event samples: skipped, the corpora are not here', () => {})

describe.each(samples)('$name', ({ name, source, schema }) => {
  const event = JSON.parse(readFileSync(new URL(name, corpus), 'utf8'))

  test('is of its schema, and keeps every key', () => {
    expect(schema.parse(event)).toEqual(event)
  })

  test('tells its source by its shape', () => {
    expect(events.detectSource(event)).toBe(source)
  })

  test('is of no other schema but the wider ones', () => {
    const others = FOLDERS.filter(([folder, , other]) => folder !== 'function-url' && other.safeParse(event).success)
    const wider = ['s3-eventbridge', 'scheduled'].includes(source) ? ['eventbridge', source] : [source]
    expect(others.map(([, other]) => other).sort()).toEqual(wider.sort())
  })
})

function namesIn(folder: string): readonly string[] {
  const url = new URL(`${folder}/`, corpus)
  return existsSync(url) ? readdirSync(url).filter((name) => name.endsWith('.json')) : []
}

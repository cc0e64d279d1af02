import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { CloudWatchLogsData, CloudWatchLogsEvent } from '../events/index.ts'
import { arbitraryPayload, type PayloadOption, textOfPayload } from './arbitrary-payload.ts'
import { checkArbitrary, SIZED } from './check-arbitrary.ts'
import { ACCOUNT, epochMs, plainRecord, type RecordCount, resourceName, withOptional } from './event-parts.ts'

/**
 * Events that a subscription filter of CloudWatch Logs sends to Lambda; at times the control message that only checks the destination.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
 *
 * @param options.payload - the messages: text unchanged, bytes as base64, everything else as JSON.
 * @returns an arbitrary of events of `CloudWatchLogsEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryCloudWatchLogsEvent(), (event) => detectSource(event) === 'cloudwatch-logs'))
 */
export function arbitraryCloudWatchLogsEvent(
  options: PayloadOption & RecordCount = {},
): fc.Arbitrary<CloudWatchLogsEvent> {
  checkArbitrary('arbitraryCloudWatchLogsEvent', options, SIZED)
  return arbitraryCloudWatchLogsData(options).map((data) => ({
    awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') },
  }))
}

/**
 * Data inside that event, and inside the records of a Kinesis or Firehose stream that a subscription filter fills.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 *
 * @param options.payload - the messages, as above.
 * @returns an arbitrary of values of `CloudWatchLogsDataSchema`.
 * @example
 * fc.assert(fc.property(arbitraryCloudWatchLogsData(), ({ logEvents }) => logEvents.length > 0))
 */
export function arbitraryCloudWatchLogsData(
  options: PayloadOption & RecordCount = {},
): fc.Arbitrary<CloudWatchLogsData> {
  checkArbitrary('arbitraryCloudWatchLogsData', options, SIZED)
  const { payload = arbitraryPayload(), minRecords = 1, maxRecords = Math.max(minRecords, 5) } = options
  const logEvent = withOptional(
    { id: fc.stringMatching(/^[0-9]{56}$/), timestamp: epochMs, message: payload.map(textOfPayload) },
    { extractedFields: fc.constant({ level: 'INFO' }) },
  )
  const data = plainRecord({
    messageType: fc.constant('DATA_MESSAGE' as const),
    owner: fc.constant(ACCOUNT),
    logGroup: resourceName.map((name) => `/aws/lambda/${name}`),
    logStream: resourceName,
    subscriptionFilters: fc.array(resourceName, { minLength: 1, maxLength: 2 }),
    logEvents: fc.uniqueArray(logEvent, { minLength: minRecords, maxLength: maxRecords, selector: ({ id }) => id }),
  })
  const control = plainRecord({
    messageType: fc.constant('CONTROL_MESSAGE' as const),
    owner: fc.constant('CloudwatchLogs'),
    logGroup: fc.constant(''),
    logStream: fc.constant(''),
    subscriptionFilters: fc.constant([]),
    logEvents: epochMs.map((timestamp) => [
      { id: '', timestamp, message: 'CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.' },
    ]),
  })
  return fc.oneof({ weight: 6, arbitrary: data }, control)
}

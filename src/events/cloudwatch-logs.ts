import * as z from 'zod/mini'
import { nonEmptyText, optionalNumber, optionalText } from './fields.ts'

/**
 * What a subscription filter of CloudWatch Logs sends to Lambda: base64 of gzip of JSON, of the shape of {@link CloudWatchLogsDataSchema}.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
 *
 * @example
 * CloudWatchLogsEventSchema.safeParse({ awslogs: { data: 'H4sIAAAAAAAAAKtWKkktLlGyUlAqzy/KSVGqBQDyXzvVFAAAAA==' } }).success // => true
 */
export const CloudWatchLogsEventSchema = z.looseObject({ awslogs: z.looseObject({ data: nonEmptyText }) })

/**
 * What stands inside that event, and inside the records of a Kinesis or Firehose stream that a subscription filter fills. Of the two types
 * of message, `CONTROL_MESSAGE` only checks that the destination can be reached.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 *
 * @example
 * const logs = gunzipPayload(jsonPayload(CloudWatchLogsDataSchema))
 * readRecords({ deliveryStreamArn: 'arn', records: [{ recordId: 'r', data: 'e30=' }] }, logs).map(({ payload }) => payload.ok) // => [false]
 */
export const CloudWatchLogsDataSchema = z.looseObject({
  messageType: z.literal(['DATA_MESSAGE', 'CONTROL_MESSAGE']),
  owner: optionalText,
  logGroup: optionalText,
  logStream: optionalText,
  logEvents: z.array(
    z.looseObject({
      id: z.string(),
      /** Milliseconds since 1970. */
      timestamp: optionalNumber,
      message: z.string(),
    }),
  ),
})

export type CloudWatchLogsEvent = z.infer<typeof CloudWatchLogsEventSchema>
export type CloudWatchLogsData = z.infer<typeof CloudWatchLogsDataSchema>

import * as z from 'zod/mini'
import { fieldsOf, nonEmptyTextIn, noteOrder, noteTime, type RecordReader, textOrNone } from './event-record.ts'
import type { TypeOf } from './event-type.ts'
import { anyObject, nonEmptyText, type ObjectWith, optionalText } from './fields.ts'

/**
 * What a CloudWatch alarm, on a metric or composite, sends when it changes its state and Lambda is its action.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 *
 * @example
 * const event = { source: 'aws.cloudwatch', alarmArn: 'arn', alarmData: { alarmName: 'late', state: { value: 'ALARM' } } }
 * CloudWatchAlarmEventSchema.safeParse(event).success // => true
 */
export const CloudWatchAlarmEventSchema = z.looseObject({
  source: z.literal('aws.cloudwatch'),
  alarmArn: nonEmptyText,
  accountId: optionalText,
  /** ISO 8601, the offset written `+0000`. */
  time: optionalText,
  region: optionalText,
  alarmData: z.looseObject({
    alarmName: optionalText,
    state: z.optional(z.looseObject({ value: optionalText, reason: optionalText, timestamp: optionalText })),
    previousState: z.optional(z.looseObject({ value: optionalText, reason: optionalText, timestamp: optionalText })),
    configuration: z.optional(anyObject as ObjectWith<{ readonly description?: string | undefined }>),
  }),
})

export type CloudWatchAlarmEvent = TypeOf<z.infer<typeof CloudWatchAlarmEventSchema>>

export const readCloudWatchAlarmEvent: RecordReader = (event, place, draft) => {
  const fields = fieldsOf(event, place)
  draft.id = textOrNone(fields['alarmArn']) ?? ''
  noteOrder(draft, fields['alarmArn'])
  noteTime(draft, textOrNone(fields['time']))
  nonEmptyTextIn(fields, 'alarmArn', place)
  return { kind: 'json', data: event, place }
}

import fc from 'fast-check'
import type { CloudWatchAlarmEvent } from '../events/index.ts'
import { checkNone } from '../internal/check-arguments.ts'
import { ACCOUNT, anyText, isoTime, region, resourceName, withOptional } from './event-parts.ts'

/**
 * Events that a CloudWatch alarm, on a metric or composite, sends when it changes its state.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 *
 * @returns an arbitrary of events of `CloudWatchAlarmEventSchema`.
 * @example
 * fc.assert(fc.property(arbitraryCloudWatchAlarmEvent(), (event) => readRecords(event, jsonPayload())[0]?.id === event.alarmArn))
 */
export function arbitraryCloudWatchAlarmEvent(): fc.Arbitrary<CloudWatchAlarmEvent>
export function arbitraryCloudWatchAlarmEvent(...given: readonly unknown[]): fc.Arbitrary<CloudWatchAlarmEvent> {
  checkNone('arbitraryCloudWatchAlarmEvent', given)
  // CloudWatch writes the offset as +0000.
  const time = isoTime.map((text) => text.replace('Z', '+0000'))
  const state = withOptional(
    { value: fc.constantFrom('ALARM', 'OK', 'INSUFFICIENT_DATA'), reason: anyText(), timestamp: time },
    { reasonData: fc.constant('{"version":"1.0"}'), actionsSuppressedBy: fc.constant('WaitPeriod') },
  )
  const metric = fc.constant({
    metrics: [
      {
        id: 'm1',
        metricStat: {
          metric: { namespace: 'AWS/Logs', name: 'CallCount', dimensions: {} },
          period: 60,
          stat: 'Average',
        },
        returnData: true,
      },
    ],
  })
  const composite = fc.constant({ alarmRule: 'ALARM("late") AND ALARM("large")', actionsSuppressorWaitPeriod: 120 })
  const alarmData = withOptional(
    { alarmName: resourceName, state, configuration: fc.oneof(metric, composite) },
    { previousState: state },
  )
  return fc.tuple(region, time, alarmData).map(([awsRegion, at, data]) => ({
    source: 'aws.cloudwatch' as const,
    alarmArn: `arn:aws:cloudwatch:${awsRegion}:${ACCOUNT}:alarm:${data.alarmName}`,
    accountId: ACCOUNT,
    time: at,
    region: awsRegion,
    alarmData: data,
  }))
}

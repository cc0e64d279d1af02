import fc from 'fast-check'
import type { SnsEvent } from '../events/index.ts'
import { arbitraryPayload, type PayloadOption, textOfPayload } from './arbitrary-payload.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { ACCOUNT, anyText, isoTime, plainRecord, region, resourceName } from './event-parts.ts'

/**
 * Events that Lambda delivers from an SNS topic: one notification, whose subject may be null.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 *
 * @param options.payload - the message: text unchanged, bytes as base64, everything else as JSON.
 * @returns an arbitrary of events of `SnsEventSchema`.
 * @example
 * fc.assert(fc.property(arbitrarySnsEvent(), (event) => readRecords(event, textPayload()).length === 1))
 */
export function arbitrarySnsEvent(options: PayloadOption = {}): fc.Arbitrary<SnsEvent> {
  checkArbitrary('arbitrarySnsEvent', options, ['payload'])
  const { payload = arbitraryPayload() } = options
  const parts = plainRecord({
    topic: resourceName,
    awsRegion: region,
    MessageId: fc.uuid(),
    Message: payload.map(textOfPayload),
    Subject: fc.option(anyText()),
    Timestamp: isoTime,
    MessageAttributes: fc.constantFrom({}, { store: { Type: 'String', Value: 'zurich' } }),
  })
  return parts.map(({ topic, awsRegion, ...notification }) => {
    const TopicArn = `arn:aws:sns:${awsRegion}:${ACCOUNT}:${topic}`
    return {
      Records: [
        {
          EventSource: 'aws:sns' as const,
          EventVersion: '1.0',
          EventSubscriptionArn: `${TopicArn}:21be56ed-a058-49f5-8c98-aedd2564c486`,
          Sns: {
            Type: 'Notification',
            TopicArn,
            ...notification,
            SignatureVersion: '1',
            Signature: 'EXAMPLE',
            SigningCertUrl: `https://sns.${awsRegion}.amazonaws.com/SimpleNotificationService.pem`,
            UnsubscribeUrl: `https://sns.${awsRegion}.amazonaws.com/?Action=Unsubscribe`,
          },
        },
      ],
    }
  })
}

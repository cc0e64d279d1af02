import fc from 'fast-check'
import type { SesEvent } from '../events/index.ts'
import { checkArbitrary } from './check-arbitrary.ts'
import { anyText, isoTime, plainRecord, type RecordCount } from './event-parts.ts'

/**
 * Events that SES sends for a mail that a receipt rule passes to Lambda. The body of a mail is not in it.
 *
 * Source: https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html
 *
 * @returns an arbitrary of events of `SesEventSchema`.
 * @example
 * fc.assert(fc.property(arbitrarySesEvent(), (event) => readRecords(event, jsonPayload()).length === event.Records.length))
 */
export function arbitrarySesEvent(options: RecordCount = {}): fc.Arbitrary<SesEvent> {
  checkArbitrary('arbitrarySesEvent', options, ['minRecords', 'maxRecords'])
  const { minRecords = 1, maxRecords = Math.max(minRecords, 1) } = options
  const address = fc.emailAddress()
  const verdict = fc.constantFrom('PASS', 'FAIL', 'GRAY', 'PROCESSING_FAILED').map((status) => ({ status }))
  const mail = plainRecord({
    messageId: fc.stringMatching(/^[a-z0-9]{40}$/),
    timestamp: isoTime,
    source: address,
    destination: fc.array(address, { minLength: 1, maxLength: 2 }),
    commonHeaders: plainRecord({ subject: anyText() }),
  })
  const receipt = plainRecord({
    timestamp: isoTime,
    recipients: fc.array(address, { maxLength: 2 }),
    spamVerdict: verdict,
  })
  const record = plainRecord({
    eventSource: fc.constant('aws:ses' as const),
    eventVersion: fc.constant('1.0'),
    ses: plainRecord({ mail, receipt }),
  })
  return plainRecord({ Records: fc.array(record, { minLength: minRecords, maxLength: maxRecords }) })
}

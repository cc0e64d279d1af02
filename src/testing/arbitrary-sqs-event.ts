import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { SqsEvent } from '../events/index.ts'
import { arbitraryPayload, type PayloadOption, textOfPayload } from './arbitrary-payload.ts'
import { checkArbitrary, SIZED } from './check-arbitrary.ts'
import { ACCOUNT, epochMs, plainRecord, type RecordCount, region, resourceName } from './event-parts.ts'

export interface SqsEventOptions extends PayloadOption, RecordCount {
  /** Events of FIFO queues only, or of standard queues only; both when absent. */
  readonly fifo?: boolean
}

/**
 * Events that Lambda delivers from an SQS queue, standard or FIFO; at times with attributes of messages.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 *
 * @param options.payload - the bodies: text unchanged, bytes as base64, everything else as JSON.
 * @returns an arbitrary of events of `SqsEventSchema`.
 * @example
 * fc.assert(fc.property(arbitrarySqsEvent({ fifo: true }), (event) => readRecords(event, textPayload())[0]?.orderingKey !== undefined))
 */
export function arbitrarySqsEvent(options: SqsEventOptions = {}): fc.Arbitrary<SqsEvent> {
  checkArbitrary('arbitrarySqsEvent', options, [...SIZED, 'fifo'])
  const { payload = arbitraryPayload(), fifo, minRecords = 1, maxRecords = Math.max(minRecords, 5) } = options
  const message = plainRecord({
    messageId: fc.uuid(),
    body: payload.map(textOfPayload),
    sentMs: epochMs,
    receives: fc.integer({ min: 1, max: 9 }),
    group: fc.constantFrom('a', 'b', 'c'),
    deduplicationId: fc.uuid(),
    messageAttributes: fc.constantFrom(
      {},
      { trace: { stringValue: '1', stringListValues: [], binaryListValues: [], dataType: 'Number' } },
    ),
  })
  const messages = fc.uniqueArray(message, {
    minLength: minRecords,
    maxLength: maxRecords,
    selector: ({ messageId }) => messageId,
  })
  return fc
    .tuple(resourceName, region, fifo === undefined ? fc.boolean() : fc.constant(fifo), messages)
    .map(([queue, awsRegion, isFifo, list]) => ({
      Records: list.map(({ messageId, body, sentMs, receives, group, deduplicationId, messageAttributes }, index) => ({
        messageId,
        receiptHandle: `AQEB${messageId}`,
        body,
        attributes: {
          ApproximateReceiveCount: String(receives),
          SentTimestamp: String(sentMs),
          SenderId: 'AIDAEXAMPLE',
          ApproximateFirstReceiveTimestamp: String(sentMs + 1),
          ...(isFifo && {
            MessageGroupId: group,
            MessageDeduplicationId: deduplicationId,
            SequenceNumber: String(18_849_496_460_467_696_128n + BigInt(index)),
          }),
        },
        messageAttributes,
        md5OfBody: createHash('md5').update(body).digest('hex'),
        eventSource: 'aws:sqs' as const,
        eventSourceARN: `arn:aws:sqs:${awsRegion}:${ACCOUNT}:${queue}${isFifo ? '.fifo' : ''}`,
        awsRegion,
      })),
    }))
}

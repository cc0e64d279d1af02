import { type _Record, PutRecordBatchCommand, type PutRecordBatchCommandOutput } from '@aws-sdk/client-firehose'
import { checkArgument, checkFields } from '../internal/check-arguments.ts'
import { createSender } from './create-sender.ts'
import { checkEntry, dataBytes } from './entry-rules.ts'
import { answersByIndex } from './read-answers.ts'
import { type SendOptions, settingsOf } from './send-options.ts'
import type { Sender } from './send-report.ts'
import type { SendClient, SendService } from './send-service.ts'

export { isSendError, SendError } from './send-error.ts'
export type { SendOptions } from './send-options.ts'
export type { Sender, SendOutcome, SendReport, SentOutcome, UnsentOutcome } from './send-report.ts'
export type { SendClient } from './send-service.ts'

/** A record in the form of `PutRecordBatchCommand`. Firehose adds no separator between records: end JSON with a line break. */
export type FirehoseEntry = _Record

export interface FirehoseTarget {
  readonly deliveryStreamName: string
}

const LIMITS = { maxEntries: 500, maxBytes: 4_096_000, maxEntryBytes: 1_024_000 }

/**
 * Create a sender of records to a Firehose stream: every record has exactly one outcome.
 *
 * Requests hold up to 500 records and 4,096,000 bytes, a record 1,024,000 bytes of data. Rejected before anything is
 * sent: data that is not bytes, a record that is too large. Firehose keeps no order and does not detect duplicates: a
 * retry after a lost response may store a record twice.
 *
 * @param client - a `FirehoseClient`. Its own retries come first: `maxAttempts: 1` leaves them to the sender.
 * @param target - the stream.
 * @returns a function of the records, also for the end of `pipeline`. O(records); holds at most `maxPending` records.
 * @throws MillraceError from the calls: `SEND_FAILED`, a {@link SendError}, unless everything was sent or `onOutcome`
 * is given; `TYPE_MISMATCH`. `OPTION_INVALID` at once.
 * @example
 * const { client } = fakeService({ service: 'firehose' })
 * const put = firehoseSender(client, { deliveryStreamName: 'orders' })
 * const report = await put([{ Data: new TextEncoder().encode('{"id":1}\n') }])
 * report // => { sent: 1, refused: 0, failed: 0, unknown: 0, requests: 1, retries: 0, bytes: 9 }
 */
export function firehoseSender(
  client: SendClient,
  target: FirehoseTarget,
  options: SendOptions<FirehoseEntry> = {},
): Sender<FirehoseEntry> {
  checkArgument('firehoseSender', 'client', client, 'client')
  checkFields('firehoseSender', 'target', target, { 'deliveryStreamName!': 'text' })
  const { deliveryStreamName } = target
  const service: SendService<FirehoseEntry, FirehoseEntry> = {
    name: 'firehose',
    toWire(entry) {
      checkEntry(entry)
      return { ...entry }
    },
    bytesOf: ({ Data }) => dataBytes('Data', Data),
    send(wires, abortSignal) {
      const command = new PutRecordBatchCommand({ DeliveryStreamName: deliveryStreamName, Records: wires })
      return client.send(command as never, { abortSignal })
    },
    answersOf(output, { length }) {
      const { RequestResponses, FailedPutCount } = output as PutRecordBatchCommandOutput
      return answersByIndex(length, RequestResponses, FailedPutCount, ({ RecordId }) => RecordId)
    },
  }
  return createSender(service, settingsOf('firehoseSender', options, LIMITS))
}

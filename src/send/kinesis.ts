import { PutRecordsCommand, type PutRecordsCommandOutput, type PutRecordsRequestEntry } from '@aws-sdk/client-kinesis'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkFields } from '../internal/check-arguments.ts'
import { createSender } from './create-sender.ts'
import { checkEntry, checkLength, dataBytes, refused, textBytes } from './entry-rules.ts'
import { answersByIndex } from './read-answers.ts'
import { type OrderedSendOptions, settingsOf } from './send-options.ts'
import type { Sender } from './send-report.ts'
import type { SendClient, SendService } from './send-service.ts'

export { isSendError, SendError } from './send-error.ts'
export type { OrderedSendOptions, SendOptions } from './send-options.ts'
export type { Sender, SendOutcome, SendReport, SentOutcome, UnsentOutcome } from './send-report.ts'
export type { SendClient } from './send-service.ts'

/** A record in the form of `PutRecordsCommand`. */
export type KinesisEntry = PutRecordsRequestEntry

/** A stream, by its name or its ARN. */
export type KinesisTarget =
  | { readonly streamName: string; readonly streamArn?: undefined }
  | { readonly streamArn: string; readonly streamName?: undefined }

const LIMITS = { maxEntries: 500, maxBytes: 10_485_760, maxEntryBytes: 1_048_576, order: 'key' } as const
const HASH_KEY = /^(?:0|[1-9]\d{0,38})$/
const MAX_HASH_KEY = 2n ** 128n - 1n

/**
 * Create a sender of records to a stream: every record has exactly one outcome.
 *
 * Requests hold up to 500 records and 10 MiB, a record 1 MiB: data and UTF-8 of the partition key; for a stream with a
 * larger `MaxRecordSizeInKiB` raise `maxEntryBytes`. Rejected before anything is sent: data that is not bytes, a record
 * that is too large, an invalid key. Order is kept within a partition key: one record of a key is in flight at a time,
 * so requests are full only with many keys.
 *
 * @param client - a `KinesisClient`. Its own retries come first: `maxAttempts: 1` leaves them to the sender.
 * @param target - the stream.
 * @returns a function of the records, also for the end of `pipeline`. O(records); holds at most `maxPending` records.
 * @throws MillraceError from the calls: `SEND_FAILED`, a {@link SendError}, unless everything was sent or `onOutcome`
 * is given; `TYPE_MISMATCH`. `OPTION_INVALID` at once.
 * @example
 * const { client } = fakeService({ service: 'kinesis' })
 * const put = kinesisSender(client, { streamName: 'orders' })
 * const report = await put([{ PartitionKey: 'k', Data: new Uint8Array(3) }])
 * report // => { sent: 1, refused: 0, failed: 0, unknown: 0, requests: 1, retries: 0, bytes: 4 }
 */
export function kinesisSender(
  client: SendClient,
  target: KinesisTarget,
  options: OrderedSendOptions<KinesisEntry> = {},
): Sender<KinesisEntry> {
  checkArgument('kinesisSender', 'client', client, 'client')
  checkFields('kinesisSender', 'target', target, { streamName: 'text', streamArn: 'text' })
  const { streamName, streamArn } = target
  if ((streamName === undefined) === (streamArn === undefined)) {
    throw new MillraceError('OPTION_INVALID', 'kinesisSender: pass either streamName or streamArn')
  }
  const stream = streamArn === undefined ? { StreamName: streamName } : { StreamARN: streamArn }
  const service: SendService<KinesisEntry, KinesisEntry> = {
    name: 'kinesis',
    toWire(entry) {
      checkEntry(entry)
      return { ...entry }
    },
    bytesOf: recordBytes,
    keyOf: ({ PartitionKey }) => PartitionKey,
    send(wires, abortSignal) {
      return client.send(new PutRecordsCommand({ ...stream, Records: wires }) as never, { abortSignal })
    },
    answersOf(output, { length }) {
      const { Records, FailedRecordCount } = output as PutRecordsCommandOutput
      return answersByIndex(length, Records, FailedRecordCount, ({ SequenceNumber }) => SequenceNumber)
    },
  }
  return createSender(service, settingsOf('kinesisSender', options, LIMITS))
}

function recordBytes({ Data, PartitionKey, ExplicitHashKey }: KinesisEntry): number {
  if (ExplicitHashKey !== undefined && !(HASH_KEY.test(ExplicitHashKey) && BigInt(ExplicitHashKey) <= MAX_HASH_KEY)) {
    throw refused('TYPE_MISMATCH', 'ExplicitHashKey', 'must be digits of an integer below 2^128')
  }
  const bytes = dataBytes('Data', Data)
  if (PartitionKey === undefined) return bytes
  const keyBytes = textBytes('PartitionKey', PartitionKey)
  if (keyBytes > 256) checkLength('PartitionKey', PartitionKey, 256)
  return bytes + keyBytes
}

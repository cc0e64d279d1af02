import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs'
import { checkArgument, checkFields } from '../internal/check-arguments.ts'
import { createSender } from './create-sender.ts'
import { checkEntry } from './entry-rules.ts'
import { attributesBytes, checkIds, xmlTextBytes } from './message-rules.ts'
import { answersById, ENTRY_IDS } from './read-answers.ts'
import { type OrderedSendOptions, settingsOf } from './send-options.ts'
import type { Sender } from './send-report.ts'
import type { SendClient, SendService } from './send-service.ts'

export { isSendError, SendError } from './send-error.ts'
export type { OrderedSendOptions, SendOptions } from './send-options.ts'
export type { Sender, SendOutcome, SendReport, SentOutcome, UnsentOutcome } from './send-report.ts'
export type { SendClient } from './send-service.ts'

/** A message in the form of `SendMessageBatchCommand`; the sender sets `Id`. */
export type SqsEntry = Omit<SendMessageBatchRequestEntry, 'Id'>

export interface SqsTarget {
  /** URL of the queue; one that ends in `.fifo` is a FIFO queue. */
  readonly queueUrl: string
}

interface SqsWire extends SqsEntry {
  Id: string
}

const LIMITS = { maxEntries: 10, maxBytes: 1_048_576, maxEntryBytes: 1_048_576, order: 'key' } as const

/**
 * Create a sender of messages to a queue: every message has exactly one outcome.
 *
 * Requests hold up to 10 messages and 1 MiB: UTF-8 of the body, names, types and values of its attributes. Rejected
 * before anything is sent: a body that is empty, too large or has characters that SQS rejects; invalid attributes and
 * ids; no group id for a FIFO queue. On a FIFO queue, order is kept within a message group, and retries never store a
 * message with a deduplication id twice.
 *
 * @param client - an `SQSClient`. Its own retries come first: `maxAttempts: 1` leaves them to the sender.
 * @param target - the queue; pass a lower `MaximumMessageSize` of the queue as `maxBytes`.
 * @returns a function of the messages, also for the end of `pipeline`. O(bytes); holds at most `maxPending` messages.
 * @throws MillraceError from the calls: `SEND_FAILED`, a {@link SendError}, unless everything was sent or `onOutcome`
 * is given; `TYPE_MISMATCH`. `OPTION_INVALID` at once.
 * @example
 * const { client } = fakeService({ service: 'sqs' })
 * const send = sqsSender(client, { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/orders' })
 * await send([{ MessageBody: 'a' }, { MessageBody: 'b' }]) // => { sent: 2, refused: 0, failed: 0, unknown: 0, requests: 1, retries: 0, bytes: 2 }
 */
export function sqsSender(
  client: SendClient,
  target: SqsTarget,
  options: OrderedSendOptions<SqsEntry> = {},
): Sender<SqsEntry> {
  checkArgument('sqsSender', 'client', client, 'client')
  checkFields('sqsSender', 'target', target, { 'queueUrl!': 'text' })
  const { queueUrl } = target
  const isFifo = queueUrl.endsWith('.fifo')
  const service: SendService<SqsEntry, SqsWire> = {
    name: 'sqs',
    toWire(entry) {
      checkEntry(entry)
      return { ...entry, Id: '' }
    },
    bytesOf(wire) {
      checkIds(wire, isFifo)
      return xmlTextBytes('MessageBody', wire.MessageBody) + attributesBytes(wire, 10)
    },
    keyOf: ({ MessageGroupId }) => (isFifo ? MessageGroupId : undefined),
    isRepeatable: ({ MessageDeduplicationId }) => isFifo && MessageDeduplicationId !== undefined,
    send(wires, abortSignal) {
      for (let at = 0; at < wires.length; at++) (wires[at] as SqsWire).Id = ENTRY_IDS[at] as string
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: wires })
      return client.send(command as never, { abortSignal })
    },
    answersOf(output, { length }) {
      const { Successful, Failed } = output as SendMessageBatchCommandOutput
      return answersById(length, Successful, Failed, ({ MessageId }) => MessageId)
    },
  }
  return createSender(service, settingsOf('sqsSender', options, LIMITS))
}

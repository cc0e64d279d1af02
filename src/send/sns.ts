import { PublishBatchCommand, type PublishBatchCommandOutput, type PublishBatchRequestEntry } from '@aws-sdk/client-sns'
import { checkArgument, checkFields } from '../internal/check-arguments.ts'
import { createSender } from './create-sender.ts'
import { checkEntry, checkLength, refused, textBytes } from './entry-rules.ts'
import { attributesBytes, checkIds, xmlTextBytes } from './message-rules.ts'
import { answersById, ENTRY_IDS } from './read-answers.ts'
import { type OrderedSendOptions, settingsOf } from './send-options.ts'
import type { Sender } from './send-report.ts'
import type { SendClient, SendService } from './send-service.ts'

export { isSendError, SendError } from './send-error.ts'
export type { OrderedSendOptions, SendOptions } from './send-options.ts'
export type { Sender, SendOutcome, SendReport, SentOutcome, UnsentOutcome } from './send-report.ts'
export type { SendClient } from './send-service.ts'

/** A message in the form of `PublishBatchCommand`; the sender sets `Id`. */
export type SnsEntry = Omit<PublishBatchRequestEntry, 'Id'>

export interface SnsTarget {
  /** ARN of the topic; one that ends in `.fifo` is a FIFO topic. */
  readonly topicArn: string
}

interface SnsWire extends SnsEntry {
  Id: string
}

const LIMITS = { maxEntries: 10, maxBytes: 262_144, maxEntryBytes: 262_144, order: 'key' } as const

/**
 * Create a sender of messages to a topic: every message has exactly one outcome.
 *
 * Requests hold up to 10 messages and 262,144 bytes, the default of a topic: UTF-8 of the message, names, types and
 * values of its attributes; for a topic with a larger `MaximumMessageSize` raise `maxBytes` (up to 1,048,576). Rejected
 * before anything is sent: a message that is empty, too large or has characters that SNS rejects; invalid attributes,
 * ids and subjects; `MessageStructure: 'json'` without a `default`; no group id for a FIFO topic. On a FIFO topic,
 * order is kept within a message group, and retries never store a message with a deduplication id twice.
 *
 * @param client - an `SNSClient`. Its own retries come first: `maxAttempts: 1` leaves them to the sender.
 * @param target - the topic.
 * @returns a function of the messages, also for the end of `pipeline`. O(bytes); holds at most `maxPending` messages.
 * @throws MillraceError from the calls: `SEND_FAILED`, a {@link SendError}, unless everything was sent or `onOutcome`
 * is given; `TYPE_MISMATCH`. `OPTION_INVALID` at once.
 * @example
 * const { client } = fakeService({ service: 'sns' })
 * const publish = snsSender(client, { topicArn: 'arn:aws:sns:eu-west-1:1:orders' })
 * await publish([{ Message: 'a' }, { Message: 'b' }]) // => { sent: 2, refused: 0, failed: 0, unknown: 0, requests: 1, retries: 0, bytes: 2 }
 */
export function snsSender(
  client: SendClient,
  target: SnsTarget,
  options: OrderedSendOptions<SnsEntry> = {},
): Sender<SnsEntry> {
  checkArgument('snsSender', 'client', client, 'client')
  checkFields('snsSender', 'target', target, { 'topicArn!': 'text' })
  const { topicArn } = target
  const isFifo = topicArn.endsWith('.fifo')
  const service: SendService<SnsEntry, SnsWire> = {
    name: 'sns',
    toWire(entry) {
      checkEntry(entry)
      return { ...entry, Id: '' }
    },
    bytesOf(wire) {
      checkIds(wire, isFifo)
      if (wire.Subject !== undefined) checkSubject(wire.Subject)
      const bytes = xmlTextBytes('Message', wire.Message)
      if (wire.MessageStructure === 'json') checkStructure(wire.Message as string)
      return bytes + attributesBytes(wire, Number.POSITIVE_INFINITY)
    },
    keyOf: ({ MessageGroupId }) => (isFifo ? MessageGroupId : undefined),
    isRepeatable: ({ MessageDeduplicationId }) => isFifo && MessageDeduplicationId !== undefined,
    send(wires, abortSignal) {
      for (let at = 0; at < wires.length; at++) (wires[at] as SnsWire).Id = ENTRY_IDS[at] as string
      const command = new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: wires })
      return client.send(command as never, { abortSignal })
    },
    answersOf(output, { length }) {
      const { Successful, Failed } = output as PublishBatchCommandOutput
      return answersById(length, Successful, Failed, ({ MessageId }) => MessageId)
    },
  }
  return createSender(service, settingsOf('snsSender', options, LIMITS))
}

function checkSubject(subject: string): void {
  textBytes('Subject', subject)
  checkLength('Subject', subject, 100)
  if (/\p{Cc}/u.test(subject)) throw refused('ENCODING_INVALID', 'Subject', 'has a line break or control character')
}

/** A message that differs by protocol. */
function checkStructure(message: string): void {
  let value: unknown
  try {
    value = JSON.parse(message)
  } catch {
    // Reported below.
  }
  if (typeof (Object(value) as { default?: unknown }).default === 'string') return
  throw refused('PAYLOAD_INVALID', 'Message', "must be JSON with a string 'default', since MessageStructure is 'json'")
}

import { types } from 'node:util'
import { PutEventsCommand, type PutEventsCommandOutput, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import { checkArgument, checkFields } from '../internal/check-arguments.ts'
import { createSender } from './create-sender.ts'
import { checkEntry, checkLength, refused, textBytes } from './entry-rules.ts'
import { answersByIndex } from './read-answers.ts'
import { type SendOptions, settingsOf } from './send-options.ts'
import type { Sender } from './send-report.ts'
import type { SendClient, SendService } from './send-service.ts'

export { isSendError, SendError } from './send-error.ts'
export type { SendOptions } from './send-options.ts'
export type { Sender, SendOutcome, SendReport, SentOutcome, UnsentOutcome } from './send-report.ts'
export type { SendClient } from './send-service.ts'

/** An event in the form of `PutEventsCommand`; the sender sets `EventBusName`. */
export type EventBridgeEntry = Omit<PutEventsRequestEntry, 'EventBusName'>

export interface EventBridgeTarget {
  /** Name or ARN of the bus. Default: the account's default bus. */
  readonly eventBusName?: string
}

const LIMITS = { maxEntries: 10, maxBytes: 1_000_000, maxEntryBytes: 1_000_000 }
const TIME_BYTES = 14

/** Errors of an event for which a retry cannot help. */
const FINAL_CODES: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'AccessDenied',
  'InvalidAccountId',
  'InvalidArgument',
  'MalformedDetail',
  'NotAuthorizedForDetailType',
  'NotAuthorizedForSource',
  'RedactionFailure',
])

/**
 * Create a sender of events to a bus: every event has exactly one outcome.
 *
 * Requests hold up to 10 events and 1,000,000 bytes: 14 for a time, UTF-8 of source, detail type, detail and resources.
 * Rejected before anything is sent: an event without source, detail type or detail; a detail that is not a JSON object;
 * a detail type over 128 characters; an event that is too large. EventBridge keeps no order and does not detect
 * duplicates: a retry after a lost response may deliver an event twice.
 *
 * @param client - an `EventBridgeClient`. Its own retries come first: `maxAttempts: 1` leaves them to the sender.
 * @param target - the bus.
 * @returns a function of the events, also for the end of `pipeline`. O(bytes); holds at most `maxPending` events.
 * @throws MillraceError from the calls: `SEND_FAILED`, a {@link SendError}, unless everything was sent or `onOutcome`
 * is given; `TYPE_MISMATCH`. `OPTION_INVALID` at once.
 * @example
 * const { client } = fakeService({ service: 'eventbridge' })
 * const put = eventBridgeSender(client, { eventBusName: 'orders' })
 * const report = await put([{ Source: 'shop', DetailType: 'paid', Detail: '{}' }])
 * report // => { sent: 1, refused: 0, failed: 0, unknown: 0, requests: 1, retries: 0, bytes: 10 }
 */
export function eventBridgeSender(
  client: SendClient,
  target: EventBridgeTarget = {},
  options: SendOptions<EventBridgeEntry> = {},
): Sender<EventBridgeEntry> {
  checkArgument('eventBridgeSender', 'client', client, 'client')
  checkFields('eventBridgeSender', 'target', target, { eventBusName: 'text' })
  const bus = target.eventBusName === undefined ? {} : { EventBusName: target.eventBusName }
  const service: SendService<EventBridgeEntry, PutEventsRequestEntry> = {
    name: 'eventbridge',
    toWire(entry) {
      checkEntry(entry)
      return { ...entry, ...bus }
    },
    bytesOf: eventBytes,
    send(wires, abortSignal) {
      return client.send(new PutEventsCommand({ Entries: wires }) as never, { abortSignal })
    },
    answersOf(output, { length }) {
      const { Entries, FailedEntryCount } = output as PutEventsCommandOutput
      return answersByIndex(length, Entries, FailedEntryCount, ({ EventId }) => EventId, FINAL_CODES)
    },
  }
  return createSender(service, settingsOf('eventBridgeSender', options, LIMITS))
}

function eventBytes({ Time, Source, DetailType, Detail, Resources }: PutEventsRequestEntry): number {
  let bytes = textBytes('Source', Source) + textBytes('DetailType', DetailType) + textBytes('Detail', Detail)
  checkLength('DetailType', DetailType as string, 128)
  if (Time !== undefined) {
    if (!types.isDate(Time) || Number.isNaN(Time.getTime())) throw refused('TYPE_MISMATCH', 'Time', 'must be a Date')
    bytes += TIME_BYTES
  }
  if (Resources !== undefined) {
    if (!Array.isArray(Resources)) throw refused('TYPE_MISMATCH', 'Resources', 'must be an array of strings')
    for (const resource of Resources) bytes += textBytes('a member of Resources', resource)
  }
  if (!isJsonObject(Detail as string)) throw refused('PAYLOAD_INVALID', 'Detail', 'must be the JSON of an object')
  return bytes
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

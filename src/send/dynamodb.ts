import {
  type AttributeValue,
  BatchWriteItemCommand,
  type BatchWriteItemCommandOutput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { serializeImage } from '../cdc/serialize-image.ts'
import { MillraceError } from '../errors.ts'
import { checkArgument, checkFields } from '../internal/check-arguments.ts'
import { createSender } from './create-sender.ts'
import { checkEntry } from './entry-rules.ts'
import { imageBytes, MAX_DEPTH } from './image-bytes.ts'
import { itemKey } from './item-key.ts'
import { type OrderedSendOptions, settingsOf } from './send-options.ts'
import type { Sender } from './send-report.ts'
import type { EntryAnswer, SendClient, SendService } from './send-service.ts'

export { isSendError, SendError } from './send-error.ts'
export type { OrderedSendOptions, SendOptions } from './send-options.ts'
export type { Sender, SendOutcome, SendReport, SentOutcome, UnsentOutcome } from './send-report.ts'
export type { SendClient } from './send-service.ts'

export interface DynamoDBTarget {
  /** Name or ARN of the table. */
  readonly tableName: string
  /** Names of its partition key and, if it has one, its sort key. */
  readonly keys: readonly [partitionKey: string, sortKey?: string]
}

/** A write: an item to put, or the key of one to delete. */
export type DynamoDBEntry<Item = Readonly<Record<string, unknown>>> =
  | { readonly put: Item; readonly delete?: undefined }
  | { readonly delete: Item; readonly put?: undefined }

/** A write whose item or key is attribute values. */
export type RawDynamoDBEntry = DynamoDBEntry<Readonly<Record<string, AttributeValue>>>

export interface DynamoDBWriterOptions<Entry> extends OrderedSendOptions<Entry> {
  /** Items and keys are attribute values in the SDK's form, `{ id: { S: 'a' } }`. Default false: plain values. */
  readonly raw?: boolean
}

interface ItemWrite {
  readonly request: WriteRequest
  readonly key: string
  readonly bytes: number
}

const LIMITS = { maxEntries: 25, maxBytes: 16_000_000, maxEntryBytes: 409_600, order: 'key', raw: false } as const

/**
 * Create a writer of puts and deletes to a table: every write has exactly one outcome.
 *
 * Plain values are written as `serializeImage` writes them, exactly or not at all. Requests hold up to 25 writes, never
 * two of one key: one write per key is in flight at a time, in the order of the input, so the last one wins.
 * Unprocessed writes are retried from the writer's own copy. Writes are repeatable, so they are also retried after a
 * lost response.
 *
 * @param client - a `DynamoDBClient`. Its own retries come first: `maxAttempts: 1` leaves them to the writer.
 * @param target - the table and the names of its keys.
 * @returns a function of the writes, also for the end of `pipeline`. O(bytes); holds at most `maxPending` writes.
 * @throws MillraceError from the calls: `SEND_FAILED`, a {@link SendError}, unless everything was written or
 * `onOutcome` is given; `TYPE_MISMATCH`. `OPTION_INVALID` at once.
 * @example
 * const { client } = fakeService({ service: 'dynamodb' })
 * const write = dynamodbWriter(client, { tableName: 'events', keys: ['id'] })
 * const report = await write([{ put: { id: 'a', views: 9007199254740993n } }, { delete: { id: 'b' } }])
 * report.sent // => 2
 */
export function dynamodbWriter(
  client: SendClient,
  target: DynamoDBTarget,
  options: DynamoDBWriterOptions<RawDynamoDBEntry> & { readonly raw: true },
): Sender<RawDynamoDBEntry>
export function dynamodbWriter(
  client: SendClient,
  target: DynamoDBTarget,
  options?: DynamoDBWriterOptions<DynamoDBEntry> & { readonly raw?: false },
): Sender<DynamoDBEntry>
export function dynamodbWriter(
  client: SendClient,
  target: DynamoDBTarget,
  options: DynamoDBWriterOptions<never> = {},
): Sender<DynamoDBEntry> | Sender<RawDynamoDBEntry> {
  checkArgument('dynamodbWriter', 'client', client, 'client')
  checkFields('dynamodbWriter', 'target', target, { 'tableName!': 'text', 'keys!': 'strings' })
  const { tableName } = target
  const names = target.keys.filter((name) => name !== undefined)
  if (names.length < 1 || names.length > 2 || names.includes('') || names[0] === names[1]) {
    throw new MillraceError('OPTION_INVALID', 'dynamodbWriter: keys must be the partition key, or it and a sort key')
  }
  const service: SendService<DynamoDBEntry, ItemWrite> = {
    name: 'dynamodb',
    isKeyExclusive: true,
    toWire: (entry) => itemWrite(entry, names, options.raw === true),
    bytesOf: ({ bytes }) => bytes,
    keyOf: ({ key }) => key,
    isRepeatable: () => true,
    send(writes, abortSignal) {
      const RequestItems = { [tableName]: writes.map(({ request }) => request) }
      return client.send(new BatchWriteItemCommand({ RequestItems }) as never, { abortSignal })
    },
    answersOf: (output, writes) => writeAnswers(output as BatchWriteItemCommandOutput, writes, names),
  }
  const settings = settingsOf<DynamoDBEntry>('dynamodbWriter', options as object, LIMITS)
  return createSender(service, settings)
}

function itemWrite(entry: DynamoDBEntry, names: readonly string[], isRaw: boolean): ItemWrite {
  checkEntry(entry)
  if ((entry.put === undefined) === (entry.delete === undefined)) {
    throw new MillraceError('TYPE_MISMATCH', 'entry must be a put or a delete')
  }
  const values = entry.put ?? entry.delete
  const image = isRaw ? values : serializeImage(values, { maxDepth: MAX_DEPTH })
  const bytes = imageBytes(image)
  const key = itemKey(image as Readonly<Record<string, unknown>>, names)
  const attributes = (isRaw ? { ...image } : image) as Record<string, AttributeValue>
  if (entry.put !== undefined) return { request: { PutRequest: { Item: attributes } }, key, bytes }
  if (Object.keys(attributes).length !== names.length) {
    throw new MillraceError('ATTRIBUTE_INVALID', 'a delete must have only the attributes of the key')
  }
  return { request: { DeleteRequest: { Key: attributes } }, key, bytes }
}

/** All writes are stored except those returned as unprocessed. */
function writeAnswers(
  { UnprocessedItems = {} }: BatchWriteItemCommandOutput,
  writes: readonly ItemWrite[],
  names: readonly string[],
): readonly EntryAnswer[] {
  const unprocessed = Object.values(UnprocessedItems).flat()
  if (unprocessed.length === 0) return writes.map(() => '')
  const left = new Set(
    unprocessed.map(({ PutRequest, DeleteRequest }) => itemKey(PutRequest?.Item ?? DeleteRequest?.Key ?? {}, names)),
  )
  const answers = writes.map(
    ({ key }): EntryAnswer => (left.delete(key) ? { code: 'Unprocessed', isFinal: false } : ''),
  )
  // Items that were never sent: then the outcome of those not returned is unknown.
  return left.size === 0 ? answers : answers.map((answer) => (answer === '' ? undefined : answer))
}

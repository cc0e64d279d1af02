import { checkFields, checkOptions } from '../internal/check-arguments.ts'
import { checkChoice } from '../internal/check-choice.ts'
import { isTransientError } from '../internal/transient-error.ts'

/** Services that a sender of `millrace/send` writes to. */
export type FakeServiceName = 'sqs' | 'sns' | 'kinesis' | 'firehose' | 'eventbridge' | 'dynamodb'

/**
 * The action of a fake service on a request: `'ok'` stores and confirms the whole request, `'lost'` stores it and loses
 * the response, an error rejects it, and codes by index fail only those entries.
 */
export type FakeAnswer = 'ok' | 'lost' | Error | { readonly [index: number]: string }

export interface FakeServiceOptions {
  readonly service: FakeServiceName
  /** Called for each request with its input and its number, from 1. Default: every request is `'ok'`. */
  readonly script?: (request: Readonly<Record<string, unknown>>, call: number) => FakeAnswer
}

export interface FakeService {
  /** For a sender, instead of the SDK's client. */
  readonly client: { send(command: { readonly input: object }): Promise<object> }
  /** The stored entries, as sent, in the order of storing. */
  readonly stored: readonly unknown[]
  /** The inputs of all requests. */
  readonly requests: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Create a service with a client for a sender, which fails by a script: to test your own handler against throttling,
 * partial failures and lost responses.
 *
 * @param options - the service, and a script of its responses. For DynamoDB an entry with a code is returned as unprocessed.
 * @returns the client, the stored entries and the requests. O(entries).
 * @throws MillraceError `OPTION_INVALID`, `TYPE_MISMATCH` at once.
 * @example
 * const queue = fakeService({ service: 'sqs', script: (_, call) => (call === 1 ? { 1: 'InternalError' } : 'ok') })
 * const send = sqsSender(queue.client, { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/orders' }, { baseMs: 0 })
 * await send([{ MessageBody: 'a' }, { MessageBody: 'b' }]) // => { sent: 2, refused: 0, failed: 0, unknown: 0, requests: 2, retries: 1, bytes: 2 }
 * queue.stored.length // => 2
 */
export function fakeService(options: FakeServiceOptions): FakeService {
  checkFields('fakeService', 'options', options, { 'service!': 'string' }, "write fakeService({ service: 'sqs' })")
  checkOptions('fakeService', options, { service: 'string', script: 'function' })
  const { service, script = () => 'ok' } = options
  checkChoice('fakeService: service', service, [...Object.keys(ENTRIES_FIELD), 'dynamodb'])
  const stored: unknown[] = []
  const requests: Record<string, unknown>[] = []
  const send = async (command: { readonly input: object }): Promise<object> => {
    const request = { ...command.input } as Record<string, unknown>
    requests.push(request)
    const entries = entriesOf(service, request)
    const answer = script(request, requests.length)
    if (answer instanceof Error) throw answer
    const codes: { readonly [index: number]: string } = typeof answer === 'string' ? {} : answer
    stored.push(...entries.filter((_, index) => codes[index] === undefined).map((entry) => ({ ...(entry as object) })))
    if (answer === 'lost') throw Object.assign(new Error('the response was lost'), { name: 'TimeoutError' })
    return { $metadata: { httpStatusCode: 200, attempts: 1 }, ...outputOf(service, request, entries, codes) }
  }
  return { client: { send }, stored, requests }
}

const ENTRIES_FIELD: Readonly<Record<Exclude<FakeServiceName, 'dynamodb'>, string>> = {
  sqs: 'Entries',
  sns: 'PublishBatchRequestEntries',
  kinesis: 'Records',
  firehose: 'Records',
  eventbridge: 'Entries',
}

function entriesOf(service: FakeServiceName, request: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (service !== 'dynamodb') return request[ENTRIES_FIELD[service]] as readonly unknown[]
  return Object.values(request['RequestItems'] as Readonly<Record<string, readonly unknown[]>>).flat()
}

function outputOf(
  service: FakeServiceName,
  request: Readonly<Record<string, unknown>>,
  entries: readonly unknown[],
  codes: { readonly [index: number]: string },
): object {
  const isFailed = (_: unknown, index: number): boolean => codes[index] !== undefined
  const FailedCount = entries.filter(isFailed).length
  const byIndex = (nameOfId: string) =>
    entries.map((_, index) => (isFailed(_, index) ? { ErrorCode: codes[index] } : { [nameOfId]: `fake-${index}` }))
  switch (service) {
    case 'sqs':
    case 'sns':
      return answersById(entries as readonly { readonly Id: string }[], codes)
    case 'kinesis':
      return { FailedRecordCount: FailedCount, Records: byIndex('SequenceNumber') }
    case 'firehose':
      return { FailedPutCount: FailedCount, RequestResponses: byIndex('RecordId') }
    case 'eventbridge':
      return { FailedEntryCount: FailedCount, Entries: byIndex('EventId') }
    case 'dynamodb': {
      const [tableName = ''] = Object.keys(request['RequestItems'] as object)
      return { UnprocessedItems: FailedCount === 0 ? {} : { [tableName]: entries.filter(isFailed) } }
    }
  }
}

function answersById(entries: readonly { readonly Id: string }[], codes: { readonly [index: number]: string }): object {
  const Successful: object[] = []
  const Failed: object[] = []
  for (const [index, { Id }] of entries.entries()) {
    const Code = codes[index]
    if (Code === undefined) Successful.push({ Id, MessageId: `fake-${index}` })
    else Failed.push({ Id, Code, SenderFault: !isTransientError({ name: Code }) })
  }
  return { Successful, Failed }
}

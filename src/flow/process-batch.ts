import { MillraceError } from '../errors.ts'
import type { EventRecord } from '../events/event-record.ts'
import { detectSource, type EventSource } from '../events/event-source.ts'
import type { PayloadDecoder } from '../events/payload.ts'
import { readRecords } from '../events/records.ts'
import { type BatchOrder, type BatchPlan, planBatch } from './batch-plan.ts'
import type { ResponseTo } from './batch-response.ts'
import { QUARANTINED, type Respond } from './outcome.ts'
import { rejectFailures } from './reject-failures.ts'
import { DEFAULT_RESERVE_MS, type DeadlineOptions, type RemainingTime } from './remaining-time.ts'
import { reportCheckpoints, reportUnfinished } from './report-items.ts'
import { respondToFirehose } from './respond-to-firehose.ts'
import { respondToS3Batch } from './respond-to-s3-batch.ts'
import { Progress, runBatch } from './run-batch.ts'
import { startTimeLimit } from './time-limit.ts'

/** What a handler is told beside its record. */
export interface HandlerRun {
  /** Aborts at the deadline of the batch: to hand on, so that what can be stopped does stop. */
  readonly signal: AbortSignal
}

export type RecordHandler<T> = (value: T, record: EventRecord<T>, run: HandlerRun) => Promise<unknown>

export interface ProcessBatchOptions<T> extends DeadlineOptions {
  /** How payloads are decoded, such as `jsonPayload(schema)`. */
  readonly payload: PayloadDecoder<T>
  /** Default `auto`: the order that the source promises. */
  readonly order?: BatchOrder
  /** Records at work at the same time, where the order allows for more than one. Default 10. */
  readonly concurrency?: number
  /** What Lambda hands to the handler; without it there is no deadline. */
  readonly context?: RemainingTime | undefined
  /** Takes a record that cannot be decoded out of the way, such as into a dead-letter queue: when it resolves, the record is acknowledged. */
  readonly quarantine?: (record: EventRecord<T>, error: MillraceError) => Promise<unknown>
  /** Hears of every failure: of a handler, of a payload, of `quarantine`, of a record at work at the deadline. What it throws is let go. */
  readonly onFailure?: (record: EventRecord<T>, error: unknown) => unknown
}

const DEFAULT_CONCURRENCY = 10

const ORDERS: readonly BatchOrder[] = ['auto', 'none', 'strict', 'key']

/**
 * Run a handler on every record of an event, and give Lambda the response by which it hands over again what failed, and no more than it must.
 *
 * - Standard queues: `concurrency` messages at once; those that failed are reported.
 * - FIFO queues (by the ARN): one message of a group at a time, groups side by side; after a failure the rest of its group is reported
 *   and not run.
 * - Kinesis, DynamoDB streams, Kafka: one by one; from the first failure on nothing of its shard or partition runs, and it alone is
 *   reported, because Lambda goes on from there. `order: 'key'` runs the keys side by side and reports the lowest unfinished record.
 * - Firehose and S3 Batch: their own responses, from what the handler resolves with ({@link FirehoseOutcome}, {@link S3BatchOutcome}).
 * - All others, of whose response Lambda takes no note: a failure rejects, so that Lambda sends the event again.
 *
 * At the deadline of `context` the response goes out at once, whatever handlers still do: what has not finished counts as failed, and what
 * it does later is let go. A record without identifier that fails, fails the whole batch.
 *
 * @param event - of any source that `readRecords` knows.
 * @param handler - gets the decoded payload, the record, and a signal that aborts at the deadline. Whatever it throws, or does to its
 * record, harms no other.
 * @returns the response for Lambda. Under a microsecond a record beyond decoding it and the handler.
 * @throws MillraceError `EVENT_INVALID` for what is no event; `BATCH_FAILED`, its cause an AggregateError, where only a rejection tells the
 * source of a failure; `OPTION_INVALID`.
 * @example
 * const event = { Records: ['{"id":1}', '{'].map((body, n) => ({ eventSource: 'aws:sqs', messageId: `m-${n}`, body })) }
 * const stored: unknown[] = []
 * const response = await processBatch(event, async (order) => stored.push(order), { payload: jsonPayload() })
 * response // => { batchItemFailures: [{ itemIdentifier: 'm-1' }] }
 * stored // => [{ id: 1 }]
 */
export async function processBatch<T, Event = unknown>(
  event: Event,
  handler: RecordHandler<T>,
  options: ProcessBatchOptions<T>,
): Promise<ResponseTo<Event>> {
  checkOptions(handler, options)
  const { context, reserveMs = DEFAULT_RESERVE_MS } = options
  const { records, plan, respond } = readBatch(event, options)
  const limit = startTimeLimit(context, reserveMs)
  const { start, tell, close } = recordWork(records, handler, options, Object.freeze({ signal: limit.signal }))
  try {
    const { run, finished } = runBatch(plan, {
      start,
      onFailure: tell,
      isOver: limit.isReached,
      onOver: limit.reach,
    })
    await Promise.race([finished, limit.reached])
    const deadline = limit.reason()
    if (deadline !== undefined) {
      for (const [index, each] of run.progress.entries()) if (each === Progress.running) void tell(index, deadline)
    }
    return respond({ ...run, deadline }) as ResponseTo<Event>
  } finally {
    close()
    limit.end()
  }
}

/** Everything that is taken from the event, before the first handler runs: it may change its record. */
function readBatch<T>(
  event: unknown,
  { payload, order = 'auto', concurrency = DEFAULT_CONCURRENCY }: ProcessBatchOptions<T>,
): { readonly records: readonly EventRecord<T>[]; readonly plan: BatchPlan; readonly respond: Respond } {
  const source = detectSource(event)
  const records = readRecords(event, payload)
  try {
    const plan = planBatch(source, records, { order, concurrency })
    return { records, plan, respond: responder(source, event, records, plan) }
  } catch (cause) {
    throw new MillraceError('EVENT_INVALID', 'event cannot be read', { cause })
  }
}

/** What is done with one record. After `close` nobody hears of it any more. */
function recordWork<T>(
  records: readonly EventRecord<T>[],
  handler: RecordHandler<T>,
  { quarantine, onFailure }: ProcessBatchOptions<T>,
  run: HandlerRun,
) {
  let isClosed = false

  const tell = async (index: number, error: unknown): Promise<void> => {
    const record = records[index]
    if (isClosed || onFailure === undefined || record === undefined) return
    try {
      await onFailure(record, error)
    } catch {
      // Whoever only listens must not decide about a batch.
    }
  }

  const setAside = async (index: number, record: EventRecord<T>, error: MillraceError): Promise<unknown> => {
    if (quarantine === undefined) throw error
    const told = tell(index, error)
    await quarantine(record, error)
    await told
    return QUARANTINED
  }

  const start = (index: number): unknown => {
    const record = records[index]
    if (record === undefined) return undefined
    const { payload } = record
    return payload.ok ? handler(payload.value, record, run) : setAside(index, record, payload.error)
  }

  return {
    start,
    tell,
    close: () => {
      isClosed = true
    },
  }
}

function responder(
  source: EventSource | undefined,
  event: unknown,
  records: readonly EventRecord<unknown>[],
  { shards }: BatchPlan,
): Respond {
  if (shards !== undefined) return reportCheckpoints(records, shards)
  switch (source) {
    case 'sqs':
      return reportUnfinished(records)
    case 'firehose':
      return respondToFirehose(records)
    case 's3-batch':
      return respondToS3Batch(event, records)
    default:
      return rejectFailures
  }
}

function checkOptions<T>(handler: RecordHandler<T>, options: ProcessBatchOptions<T>): void {
  const { payload, order = 'auto', concurrency = DEFAULT_CONCURRENCY } = options ?? {}
  check(typeof handler === 'function', 'handler must be a function')
  check(typeof payload?.decode === 'function', 'payload must be a decoder, such as jsonPayload()')
  check(ORDERS.includes(order), `order must be one of ${ORDERS.join(', ')}`)
  const isCount = concurrency === Number.POSITIVE_INFINITY || Number.isInteger(concurrency)
  check(isCount && concurrency >= 1, 'concurrency must be a whole number, 1 or more')
}

function check(holds: boolean, rule: string): void {
  if (!holds) throw new MillraceError('OPTION_INVALID', rule)
}

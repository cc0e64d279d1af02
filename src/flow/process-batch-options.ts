import { MillraceError } from '../errors.ts'
import { decoderOf, type PayloadOption } from '../events/decoder-of.ts'
import type { EventRecord } from '../events/event-record.ts'
import type { EventSource } from '../events/event-source.ts'
import type { CheckpointStore } from '../idempotency/checkpoint-store.ts'
import type { IdempotentOptions } from '../idempotency/idempotent-options.ts'
import { checkOptions, type Kind } from '../internal/check-arguments.ts'
import type { BatchOrder } from './batch-plan.ts'
import type { DeadlineOptions, RemainingTime } from './remaining-time.ts'

/** Context passed to the handler with the record. */
export interface HandlerRun {
  /** Aborts at the deadline of the batch. Pass it to the work, so that it stops. */
  readonly signal: AbortSignal
}

export type RecordHandler<T, Result = unknown> = (value: T, record: EventRecord<T>, run: HandlerRun) => Promise<Result>

export type BatchIdempotency<T> = IdempotentOptions<[value: T, record: EventRecord<T>, run: HandlerRun]>

/** The options `onFailure` and `quarantine`, for every record. */
export interface FailureOptions<T> {
  /** Moves a record that cannot be decoded elsewhere, such as to a dead-letter queue: when it resolves, the record is acknowledged. */
  readonly quarantine?: (record: EventRecord<T>, error: MillraceError) => Promise<unknown>
  /**
   * Called on every failure: of a handler, of a payload, of `quarantine`, of a record still running at the deadline.
   * Anything it throws is ignored.
   */
  readonly onFailure?: (record: EventRecord<T>, error: unknown) => unknown
}

export interface ProcessBatchesOptions<T> extends DeadlineOptions, FailureOptions<T> {
  /** The decoder of payloads, such as `jsonPayload(schema)`; a schema is a shorthand for that. */
  readonly payload: PayloadOption<T>
  /** Groups that run concurrently. Default 10. */
  readonly concurrency?: number
  /** Lambda's context, the second argument of its handler; without it there is no deadline. */
  readonly context?: RemainingTime | undefined
}

/** The group passed to a handler of `processBatches`. */
export interface HandlerGroup extends HandlerRun {
  readonly source: EventSource
  /** The shard, partition (`orders-0`) or message group; absent if the source has none, or does not name it. */
  readonly key?: string
}

export type GroupHandler<T> = (records: readonly EventRecord<T>[], group: HandlerGroup) => Promise<unknown>

export interface ProcessBatchOptions<T> extends DeadlineOptions, FailureOptions<T> {
  /** The decoder of payloads, such as `jsonPayload(schema)`; a schema is a shorthand for that. */
  readonly payload: PayloadOption<T>
  /** Default `auto`: the order that the source guarantees. */
  readonly order?: BatchOrder
  /** Records that run concurrently, if the order allows more than one. Default 10. */
  readonly concurrency?: number
  /** Lambda's context, the second argument of its handler; without it there is no deadline. */
  readonly context?: RemainingTime | undefined
  /**
   * Run the handler once for each key, across deliveries: the options of `idempotent`, whose `context` is that of the batch by default.
   * Records of one batch with the same key run once and share the outcome.
   */
  readonly idempotency?: BatchIdempotency<T>
  /**
   * For streams: records after each batch the position up to which its shard is done, in one conditional write, and
   * skips records before it. Not for event source mappings with a parallelization factor over 1, which run several
   * batches of a shard concurrently.
   */
  readonly checkpointStore?: CheckpointStore
  /**
   * For Firehose: the most bytes of a response. Lambda rejects a larger one than 6 MB as a whole, so records beyond are
   * `ProcessingFailed`, with their original data, and reported. Default 6,081,740 (5.8 MiB).
   */
  readonly maxResponseBytes?: number
}

export const DEFAULT_CONCURRENCY = 10
export const DEFAULT_RESPONSE_BYTES = 6_081_740

const ORDERS: readonly BatchOrder[] = ['auto', 'none', 'strict', 'key']

const GROUP_KINDS = {
  payload: 'any',
  concurrency: 'number',
  context: 'object',
  reserveMs: 'number',
  quarantine: 'function',
  onFailure: 'function',
} as const satisfies Record<keyof ProcessBatchesOptions<unknown>, Kind>

const KINDS = {
  ...GROUP_KINDS,
  order: 'string',
  idempotency: 'object',
  checkpointStore: 'object',
  maxResponseBytes: 'number',
} as const satisfies Record<keyof ProcessBatchOptions<unknown>, Kind>

export function checkBatchOptions<T>(handler: RecordHandler<T>, options: ProcessBatchOptions<T>): void {
  checkGroupOptions('processBatch', handler, options, KINDS)
  const { order = 'auto', checkpointStore } = options
  check(
    checkpointStore === undefined ||
      (typeof checkpointStore.readCheckpoint === 'function' && typeof checkpointStore.writeCheckpoint === 'function'),
    'checkpointStore must be a store such as dynamodbCheckpointStore()',
  )
  check(ORDERS.includes(order), `order must be one of ${ORDERS.join(', ')}`)
  const { maxResponseBytes = DEFAULT_RESPONSE_BYTES } = options
  check(maxResponseBytes > 0, 'maxResponseBytes must be a number of bytes over 0')
}

/** The options that `processBatch` and `processBatches` share. */
export function checkGroupOptions<T>(
  entry: string,
  handler: unknown,
  options: ProcessBatchesOptions<T>,
  kinds: Readonly<Record<string, Kind>> = GROUP_KINDS,
): void {
  check(typeof handler === 'function', 'handler must be a function')
  checkOptions(entry, options, kinds, `write ${entry}(event, handler, { payload: jsonPayload(schema) })`)
  const { payload, concurrency = DEFAULT_CONCURRENCY } = options ?? {}
  check(isDecoder(payload), 'payload must be a decoder, such as jsonPayload()')
  const isCount = concurrency === Number.POSITIVE_INFINITY || Number.isInteger(concurrency)
  check(isCount && concurrency >= 1, 'concurrency must be a whole number, 1 or more')
}

function check(holds: boolean, rule: string): void {
  if (!holds) throw new MillraceError('OPTION_INVALID', rule)
}

function isDecoder(payload: unknown): boolean {
  try {
    return decoderOf('processBatch', payload as PayloadOption<unknown>) !== undefined
  } catch {
    return false
  }
}

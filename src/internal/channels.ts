import type { AsyncLocalStorage } from 'node:async_hooks'
import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { isMillraceError } from '../errors.ts'
import { nameOf } from './service-error.ts'

/** The fields of every message once its operation has ended. */
export interface OperationEnd {
  /** Milliseconds from start to end. */
  ms?: number
  /** The code of the error if the operation failed, or the name of an error that is not a `MillraceError`. */
  code?: string
}

/** A file that a codec reads. */
export interface ReadMessage extends OperationEnd {
  format: string
  /** Bytes read from the source, before decompression. Ranges that are read twice count twice. */
  bytes: number
  rows: number
  batches: number
  /** Rows passed to `onInvalidRow`, by error code. */
  refused: Record<string, number>
}

/** A file that a codec writes. */
export interface WriteMessage extends OperationEnd {
  format: string
  bytes: number
  rows: number
}

/** One run of a transform, over a stream or a table. */
export interface TransformMessage extends OperationEnd {
  name: string
  rowsIn: number
  rowsOut: number
  /** Of `fillNulls`: missing values that were filled. */
  nullsFilled?: number
}

/** One stream of bytes from S3, whole or a range. */
export interface SourceMessage extends OperationEnd {
  requests: number
  /** Requests after one that failed, stalled or was interrupted. */
  retries: number
  bytes: number
}

/** One object written to S3 by `s3Sink` or `mergeParquet`; for `datasetSink`, all objects of a call. */
export interface SinkMessage extends OperationEnd {
  bytes: number
  /** Parts of multipart uploads; 0 if one `PutObject` is enough. */
  parts: number
  /** Of `datasetSink`: objects begun. */
  files?: number
}

/** One call of `processBatch` or `processBatches`. `records` is the sum of `succeeded`, `failed`, `quarantined` and `skipped`. */
export interface BatchMessage extends OperationEnd {
  source: string
  records: number
  succeeded: number
  /** Records not completed, including those that never began. */
  failed: number
  /** Of the failed ones: not begun, because of an earlier failure or the deadline. */
  notBegun: number
  quarantined: number
  /** Completed earlier, according to the checkpoint of their shard. */
  skipped: number
  deadlineHit: boolean
  /** Of streams: the age of the oldest record when the batch began. */
  iteratorAgeMs?: number
  /** The `awsRequestId` of the option `context`. */
  requestId?: string
}

/** One record of an event, while its handler or quarantine runs. */
export interface RecordMessage extends OperationEnd {
  source: string
  /** `running` until the end. */
  status: 'running' | 'succeeded' | 'failed' | 'quarantined' | 'skipped'
  /** Of SQS: root, parent and sampling decision of `AWSTraceHeader`. */
  traceHeader?: string
}

/** One call of an idempotent function, or of a handler with the option `idempotency`. */
export interface IdempotentMessage extends OperationEnd {
  namespace?: string
  /** `unknown` until the store has answered, if it fails, and if the previous caller died and `onTakeover` is `fail`. */
  outcome: 'ran' | 'replayed' | 'in-progress' | 'taken-over' | 'lease-lost' | 'unknown' | 'mismatch'
}

/** One call of `retry`. */
export interface RetryMessage extends OperationEnd {
  attempts: number
  /** Total milliseconds of waits between attempts. */
  waitedMs: number
  /** True if the last attempt failed too. */
  exhausted: boolean
}

/** A signal of `deadline` that aborts. */
export interface DeadlineMessage extends OperationEnd {
  reserveMs: number
}

/** One call of a sender: its `SendReport` and the service. */
export interface SendMessage extends OperationEnd {
  service: string
  sent: number
  refused: number
  failed: number
  unknown: number
  requests: number
  retries: number
  bytes: number
}

/** One split of a fan-out being read. */
export interface SplitMessage extends OperationEnd {
  index: number
  of: number
  rows: number
  refused: number
  bytes: number
}

/**
 * A tracing channel of an operation. Both type parameters of `TracingChannel` are the message, since `@types/node` 25
 * and 26 have them in different order; stores of any type can be bound.
 */
export type OperationChannel<Message extends object> = TracingChannel<Message, Message> & {
  readonly start: StoreBinding<Message>
  readonly asyncStart: StoreBinding<Message>
}

interface StoreBinding<Message> {
  bindStore<Store>(store: AsyncLocalStorage<Store>, transform?: (message: Message) => Store): void
  unbindStore<Store>(store: AsyncLocalStorage<Store>): boolean
}

/** The channels of the primitives, by operation. */
export interface Channels {
  readonly read: OperationChannel<ReadMessage>
  readonly write: OperationChannel<WriteMessage>
  readonly transform: OperationChannel<TransformMessage>
  readonly source: OperationChannel<SourceMessage>
  readonly sink: OperationChannel<SinkMessage>
  readonly batch: OperationChannel<BatchMessage>
  readonly record: OperationChannel<RecordMessage>
  readonly idempotent: OperationChannel<IdempotentMessage>
  readonly retry: OperationChannel<RetryMessage>
  readonly deadline: OperationChannel<DeadlineMessage>
  readonly send: OperationChannel<SendMessage>
  readonly split: OperationChannel<SplitMessage>
}

/** Channel of `channels`, separate for modules that publish on no other. */
export const sendChannel: Channels['send'] = /* @__PURE__ */ tracingChannel('millrace:send')

/**
 * The channels of `node:diagnostics_channel` that the primitives publish on: `millrace:read`, `millrace:write` and so on.
 *
 * All events of an operation share one message object: `start`, `end` (its synchronous part is over), then `error` if
 * it failed, `asyncStart` and `asyncEnd`. `asyncEnd` is the end, exactly once. Messages hold counts, codes, names and
 * milliseconds, never a value, a key or a payload. Without subscribers, no clock is read and no message is created.
 *
 * An error of a subscriber does not reach the operation, but Node raises it as an uncaught exception on the next tick:
 * catch errors in the subscriber.
 *
 * @example
 * const rows: number[] = []
 * channels.read.asyncEnd.subscribe((message) => rows.push((message as ReadMessage).rows))
 * decodeCsv(new TextEncoder().encode('id\n1\n2\n'))
 * rows // => [2]
 */
export const channels: Channels = /* @__PURE__ */ makeChannels(
  'read write transform source sink batch record idempotent retry deadline send split',
)

function makeChannels(names: string): Channels {
  return Object.fromEntries(names.split(' ').map((name) => [name, tracingChannel(`millrace:${name}`)])) as never
}

/** An operation with a subscriber. */
export interface Operation<Message> {
  /** Its counts, filled in while it runs. Subscribers get a copy at the end, which they may change. */
  readonly message: Message
  /** Run the synchronous part, between the events `start` and `end`, in the context that subscribers bind to `start`. Call it once. */
  start<T>(work: () => T): T
  /** Publish the end, once; later calls do nothing. `failure` is the error that the operation throws, if any. */
  end(failure?: { readonly error: unknown }): void
}

/**
 * Begin an operation on a channel.
 *
 * The message never holds a result or an error, only the error's code: a cause may quote data.
 *
 * @param describe - creates a new message; called only with a subscriber.
 * @returns undefined without subscribers: then no clock is read and no object created.
 */
export function startOperation<Message extends OperationEnd>(
  channel: OperationChannel<Message>,
  describe: () => NoInfer<Message>,
): Operation<Message> | undefined {
  if (!channel.hasSubscribers) return undefined
  const message = describe()
  const published = describe()
  const startMs = performance.now()
  let hasEnded = false
  return {
    message,
    start(work) {
      try {
        return channel.start.runStores(published, work)
      } finally {
        channel.end.publish(published)
      }
    },
    end(failure) {
      if (hasEnded) return
      hasEnded = true
      message.ms = performance.now() - startMs
      if (failure !== undefined) message.code = codeOf(failure.error)
      try {
        Object.assign(published, message)
      } catch {
        // A subscriber froze it: the counts are only for subscribers.
      }
      if (failure !== undefined) channel.error.publish(published)
      channel.asyncStart.publish(published)
      channel.asyncEnd.publish(published)
    },
  }
}

/** The code of an error, or its name if that is a single word: a sentence might quote data. */
function codeOf(error: unknown): string {
  try {
    const code = isMillraceError(error) ? error.code : nameOf(error)
    return /^\w{1,80}$/.test(code) ? code : 'Error'
  } catch {
    return 'Error'
  }
}

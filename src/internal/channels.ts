import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { isMillraceError } from '../errors.ts'
import { nameOf } from './service-error.ts'

/** The fields of every message once its operation has ended. */
export interface OperationEnd {
  /** Milliseconds from start to end. */
  ms?: number
  /** The code of the error, or its name where it is none of this library, when the operation failed. */
  code?: string
}

/** A stream of a codec that is read. */
export interface ReadMessage extends OperationEnd {
  format: string
  bytes: number
  rows: number
  batches: number
  /** Rows that were refused, by error code. */
  refused: Record<string, number>
}

/** A stream of a codec that is written. */
export interface WriteMessage extends OperationEnd {
  format: string
  bytes: number
  rows: number
}

export interface TransformMessage extends OperationEnd {
  name: string
  rowsIn: number
  rowsOut: number
  nullsFilled?: number
}

/** One call of `processBatch` or `processBatches`. */
export interface BatchMessage extends OperationEnd {
  source: string
  records: number
  succeeded: number
  failed: number
  quarantined: number
  skipped: number
  deadlineHit: boolean
  iteratorAgeMs?: number
}

/** One record of an event, while its handler runs. */
export interface RecordMessage extends OperationEnd {
  source: string
  status: string
}

export interface IdempotentMessage extends OperationEnd {
  namespace?: string
  outcome: 'ran' | 'replayed' | 'in-progress' | 'taken-over' | 'lease-lost' | 'unknown' | 'mismatch'
}

export interface RetryMessage extends OperationEnd {
  attempts: number
  waitedMs: number
  exhausted: boolean
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

/** One split of a fan-out that is read. */
export interface SplitMessage extends OperationEnd {
  index: number
  of: number
  rows: number
  refused: number
  bytes: number
}

/** The channels of `node:diagnostics_channel` that the primitives publish on; messages hold counts, codes and names, never data. */
export interface Channels {
  readonly read: TracingChannel<unknown, ReadMessage>
  readonly write: TracingChannel<unknown, WriteMessage>
  readonly transform: TracingChannel<unknown, TransformMessage>
  readonly batch: TracingChannel<unknown, BatchMessage>
  readonly record: TracingChannel<unknown, RecordMessage>
  readonly idempotent: TracingChannel<unknown, IdempotentMessage>
  readonly retry: TracingChannel<unknown, RetryMessage>
  readonly send: TracingChannel<unknown, SendMessage>
  readonly split: TracingChannel<unknown, SplitMessage>
}

/** Of `channels`, on its own for those who publish on no other. */
export const sendChannel: Channels['send'] = /* @__PURE__ */ tracingChannel('millrace:send')

export const channels: Channels = {
  read: /* @__PURE__ */ tracingChannel('millrace:read'),
  write: /* @__PURE__ */ tracingChannel('millrace:write'),
  transform: /* @__PURE__ */ tracingChannel('millrace:transform'),
  batch: /* @__PURE__ */ tracingChannel('millrace:batch'),
  record: /* @__PURE__ */ tracingChannel('millrace:record'),
  idempotent: /* @__PURE__ */ tracingChannel('millrace:idempotent'),
  retry: /* @__PURE__ */ tracingChannel('millrace:retry'),
  send: sendChannel,
  split: /* @__PURE__ */ tracingChannel('millrace:split'),
}

/** An operation that somebody listens to. */
export interface Operation<Message> {
  /** The one object of all events of the operation, filled in while it runs. */
  readonly message: Message
  /** Run the synchronous part, between the events `start` and `end`, in the context that subscribers bind to `start`. Call it once. */
  start<T>(work: () => T): T
  /** Publish the end, once; later calls do nothing. `failure` is what the operation throws, if it does. */
  end(failure?: { readonly error: unknown }): void
}

/**
 * Begin an operation on a channel.
 *
 * The message never holds a result or an error, only the error's code: a cause may quote data.
 *
 * @param describe - makes the message; called only if somebody listens.
 * @returns undefined if nobody listens: then no clock is read and no object made.
 */
export function startOperation<Message extends OperationEnd>(
  channel: TracingChannel<unknown, Message>,
  describe: () => Message,
): Operation<Message> | undefined {
  if (!channel.hasSubscribers) return undefined
  const message = describe()
  const startMs = performance.now()
  let hasEnded = false
  return {
    message,
    start(work) {
      try {
        return channel.start.runStores(message, work)
      } finally {
        channel.end.publish(message)
      }
    },
    end(failure) {
      if (hasEnded) return
      hasEnded = true
      message.ms = performance.now() - startMs
      if (failure !== undefined) {
        message.code = isMillraceError(failure.error) ? failure.error.code : nameOf(failure.error)
        channel.error.publish(message)
      }
      channel.asyncStart.publish(message)
      channel.asyncEnd.publish(message)
    },
  }
}

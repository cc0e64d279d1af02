import { AsyncLocalStorage } from 'node:async_hooks'
import type { TracingChannel } from 'node:diagnostics_channel'
import {
  type Attributes,
  type Context,
  type ContextManager,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { channels } from 'millrace/telemetry'

const storage = new AsyncLocalStorage<Context>()

/** Register it with the tracer provider: spans of the AWS SDK and of your code become children of the record's span. */
export const contextManager: ContextManager = {
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (context, work, self, ...args) => storage.run(context, () => work.call(self as never, ...args)),
  bind: (context, target) =>
    typeof target === 'function'
      ? (((...args: unknown[]) => storage.run(context, () => target(...args))) as typeof target)
      : target,
  enable: () => contextManager,
  disable: () => contextManager,
}

type Message = Readonly<Record<string, unknown>>

/** Make a span for each operation, a child of the active span. Returns a function that stops. */
export function traceOperations(tracer: Tracer): () => void {
  const stops = Object.entries(channels).map(([name, channel]: [string, TracingChannel<never, never>]) => {
    const spans = new WeakMap<object, Span>()
    const begin = (message: Message): Context => {
      const active = contextManager.active()
      try {
        const span = tracer.startSpan(spanName(name, message), { kind: kindOf(name), links: linksOf(message) }, active)
        spans.set(message, span)
        return trace.setSpan(active, span)
      } catch {
        return active // An error thrown by a subscriber would end the process.
      }
    }
    const asyncEnd = (message: Message): void => {
      try {
        const span = spans.get(message)
        span?.setAttributes(attributesOf(message))
        if (message['code'] !== undefined)
          span?.setStatus({ code: SpanStatusCode.ERROR, message: `${message['code']}` })
        span?.end()
      } catch {
        // See above.
      }
    }
    channel.start.bindStore(storage as never, begin as never)
    channel.asyncEnd.subscribe(asyncEnd as never)
    return () => {
      channel.start.unbindStore(storage as never)
      channel.asyncEnd.unsubscribe(asyncEnd as never)
    }
  })
  return () => {
    for (const stop of stops) stop()
  }
}

/** Name batches and records as OpenTelemetry does, `sqs process`, and other spans `millrace.read` and so on. */
function spanName(channel: string, { source, name }: Message): string {
  if (channel === 'batch' || channel === 'record') return `${source} process`
  return name === undefined ? `millrace.${channel}` : `millrace.${channel} ${name}`
}

function kindOf(channel: string): SpanKind {
  return channel === 'batch' || channel === 'record' ? SpanKind.CONSUMER : SpanKind.INTERNAL
}

/**
 * A batch has many parents, so the message's trace is a link:
 * `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
 */
function linksOf({ traceHeader }: Message): Link[] {
  const [, time, rest, spanId] = /^Root=1-(\w{8})-(\w{24});Parent=(\w{16})/.exec(String(traceHeader)) ?? []
  if (spanId === undefined) return []
  const traceFlags = String(traceHeader).endsWith('Sampled=1') ? TraceFlags.SAMPLED : TraceFlags.NONE
  return [{ context: { traceId: `${time}${rest}`, spanId, traceFlags, isRemote: true } }]
}

/** Use OpenTelemetry's attribute names if there are any, `millrace.*` for the others. */
function attributesOf({ ms: _, refused, ...message }: Message): Attributes {
  const attributes: Attributes = {}
  const names: Readonly<Record<string, string>> = {
    code: 'error.type',
    records: 'messaging.batch.message_count',
    requestId: 'faas.invocation_id',
  }
  for (const [name, value] of Object.entries(message))
    attributes[names[name] ?? `millrace.${name}`] = value as string | number
  const byCode = typeof refused === 'object' ? Object.entries(refused ?? {}) : [['', refused]]
  for (const [code, count] of byCode) if (count) attributes[`millrace.refused${code && `.${code}`}`] = Number(count)
  return attributes
}

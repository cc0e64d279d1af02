import { readFileSync } from 'node:fs'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { logOperations } from '../../examples/telemetry/json-log.ts'
import { contextManager, traceOperations } from '../../examples/telemetry/open-telemetry.ts'
import { addToPowertools } from '../../examples/telemetry/powertools-metrics.ts'
import { csv, parquet } from '../../src/codecs/index.ts'
import { jsonPayload } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'
import { dropDuplicates } from '../../src/transform/index.ts'
import { kinesisEvent } from '../flow/support/batch-events.ts'
import { CANARY, OPERATIONS, seen } from '../telemetry/operations.ts'

const file = new TextEncoder().encode('id\n1\n1\n2\n')
const traceId = '5759e988bd862e3fe1be46a994272793'
const spanId = '53995c3f42cd8ad8'
const AWSTraceHeader = `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=1`
const queue = {
  Records: ['1', '2'].map((body) => ({
    eventSource: 'aws:sqs',
    messageId: body,
    body,
    attributes: { AWSTraceHeader },
  })),
}

describe('OpenTelemetry', () => {
  const exporter = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const tracer = provider.getTracer('orders')
  let stop = (): void => {}
  beforeAll(() => {
    provider.register({ contextManager })
    stop = traceOperations(tracer)
  })
  afterEach(() => exporter.reset())
  afterAll(async () => {
    stop()
    await provider.shutdown()
    context.disable()
    trace.disable()
  })
  const spanOf = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name)

  test('job, batch and records: one trace, with links to the traces of the messages', async () => {
    await tracer.startActiveSpan('job', async (job) => {
      const handler = async (value: unknown) => {
        tracer.startSpan(`request for ${value}`).end()
        if (value === 2) throw new RangeError('no')
      }
      await processBatch(queue, handler, { payload: jsonPayload() })
      job.end()
    })
    const [job] = spanOf('job')
    const processes = spanOf('sqs process')
    const batch = processes.find(({ parentSpanContext }) => parentSpanContext?.spanId === job?.spanContext().spanId)
    const records = processes.filter((span) => span !== batch)
    expect(batch?.attributes).toMatchObject({ 'messaging.batch.message_count': 2, 'millrace.failed': 1 })
    expect(batch?.kind).toBe(SpanKind.CONSUMER)
    expect(records.length).toBe(2)
    for (const record of records) {
      expect(record.parentSpanContext?.spanId).toBe(batch?.spanContext().spanId)
      expect(record.links.map((link) => link.context)).toMatchObject([{ traceId, spanId, traceFlags: 1 }])
    }
    expect(records[1]?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'RangeError' })
    expect(records[1]?.attributes).toMatchObject({ 'error.type': 'RangeError', 'millrace.status': 'failed' })
    expect(spanOf('request for 1')[0]?.parentSpanContext?.spanId).toBe(records[0]?.spanContext().spanId)
    expect(new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId)).size).toBe(1)
  })

  test('an S3 job: a span for each stage, with its counts', async () => {
    await tracer.startActiveSpan('job', async (job) => {
      for await (const _ of parquet().write()(dropDuplicates()(csv().read(file))));
      job.end()
    })
    expect(spanOf('millrace.read')[0]?.attributes).toMatchObject({ 'millrace.rows': 3, 'millrace.bytes': file.length })
    expect(spanOf('millrace.transform dropDuplicates')[0]?.attributes).toMatchObject({ 'millrace.rowsOut': 2 })
    expect(spanOf('millrace.write')[0]?.attributes).toMatchObject({ 'millrace.format': 'parquet', 'millrace.rows': 2 })
    const traces = exporter.getFinishedSpans().map((span) => span.spanContext().traceId)
    expect(new Set(traces).size).toBe(1)
  })

  test.each(OPERATIONS.map(({ name, run }) => [name, run] as const))(
    '%s: spans end, and hold nothing of its data',
    async (_, run) => {
      await seen(run)
      const spans = exporter.getFinishedSpans()
      expect(spans.length).toBeGreaterThan(0)
      expect(
        JSON.stringify(spans.map(({ name, attributes, status, events }) => [name, attributes, status, events])),
      ).not.toContain(CANARY)
    },
  )
})

test('Powertools Metrics: counts go into its line', async () => {
  const lines: string[] = []
  const output = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0)
  const metrics = new Metrics({ namespace: 'Orders', serviceName: 'import' })
  const stop = addToPowertools(new Metrics({ namespace: 'Other', serviceName: 'import' }))
  stop()
  const end = addToPowertools(metrics)
  try {
    await processBatch(kinesisEvent([{ number: 1, key: 'a' }]), async () => {}, { payload: jsonPayload() })
    for await (const _ of csv({ onInvalidRow: () => {} }).read(new TextEncoder().encode('a,b\n1,2\n1\n')));
    metrics.publishStoredMetrics()
  } finally {
    end()
    output.mockRestore()
  }
  const line = JSON.parse(lines.find((text) => text.startsWith('{"_aws"')) ?? '{}')
  expect(line).toMatchObject({ service: 'import', Records: 1, RecordsFailed: 0, RowsRead: 1, RowsRefused: 1 })
})

test('a line of JSON for every operation', async () => {
  const lines: string[] = []
  const stop = logOperations((line) => lines.push(line))
  try {
    for await (const _ of csv().read(file));
    await processBatch(queue, async () => Promise.reject(new RangeError('no')), { payload: jsonPayload() })
  } finally {
    stop()
  }
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'INFO', operation: 'read', format: 'csv', rows: 3 },
    { level: 'ERROR', operation: 'record', status: 'failed', code: 'RangeError' },
    { level: 'ERROR', operation: 'record', status: 'failed', code: 'RangeError' },
    { level: 'INFO', operation: 'batch', records: 2, failed: 2 },
  ])
})

test.each(['json-log', 'powertools-metrics', 'open-telemetry'])('the guide shows %s as it is tested', (name) => {
  const code = readFileSync(new URL(`../../examples/telemetry/${name}.ts`, import.meta.url), 'utf8')
  expect(readFileSync(new URL('../../docs/telemetry.md', import.meta.url), 'utf8')).toContain(code)
})

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { codecFor, decodeCsv, tableFromRows } from '../../src/codecs/index.ts'
import { datasetSink } from '../../src/dataset/dataset-sink.ts'
import { jsonPayload } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'
import { type CollectMetricsOptions, channels, collectMetrics } from '../../src/telemetry/index.ts'
import { memoryS3 } from '../dataset/memory-s3.ts'
import { kinesisEvent } from '../flow/support/batch-events.ts'
import { emfProblems } from './emf.ts'
import { textOf } from './meddlers.ts'
import { CANARY, OPERATIONS, seen } from './operations.ts'

const file = new TextEncoder().encode('id,n\n1,1\n2\n')

async function lineOf(run: () => unknown, options: Partial<CollectMetricsOptions> = {}) {
  const lines: string[] = []
  const write = (line: string) => lines.push(line)
  await collectMetrics(run, { namespace: 'Orders', now: () => 1_700_000_000_000, write, ...options }).catch(() => {})
  expect(lines.length).toBe(1)
  expect(emfProblems(lines[0] ?? '')).toEqual([])
  return JSON.parse(lines[0] ?? '')
}

test('one line: metrics of what ran, dimensions and properties beside them', async () => {
  const line = await lineOf(() => decodeCsv(file, { onInvalidRow: () => {} }), {
    dimensions: { service: 'import' },
    properties: { requestId: 'r-1', file: 3 },
  })
  expect(line).toEqual({
    _aws: {
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Orders',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'RunsFailed', Unit: 'Count' },
            { Name: 'RowsRead', Unit: 'Count' },
            { Name: 'BytesRead', Unit: 'Bytes' },
            { Name: 'RowsRefused', Unit: 'Count' },
          ],
        },
      ],
    },
    level: 'INFO',
    timestamp: '2023-11-14T22:13:20.000Z',
    service: 'import',
    RunsFailed: 0,
    RowsRead: 1,
    BytesRead: file.length,
    RowsRefused: 1,
    codes: { CSV_INVALID: 1 },
    requestId: 'r-1',
    file: 3,
  })
})

test('a batch: its counts, the age of a stream, and the request that Lambda named', async () => {
  const context = { getRemainingTimeInMillis: () => 9000, awsRequestId: 'a-1' }
  const event = kinesisEvent([1, 2].map((number) => ({ number, key: 'a' })))
  const handler = async (_: unknown, { id }: { id: string }) => {
    if (id.endsWith('2')) throw new RangeError('no')
  }
  const line = await lineOf(() => processBatch(event, handler, { payload: jsonPayload(), context }))
  expect(line).toMatchObject({ Records: 2, RecordsSucceeded: 1, RecordsFailed: 1, DeadlineHits: 0, requestId: 'a-1' })
  expect(line).not.toHaveProperty('IteratorAge')
  expect(line).not.toHaveProperty('RowsRead')
})

test('a run that fails fails as it does, and its line says so', async () => {
  const error = new Error('no')
  let line = ''
  const options = { namespace: 'Orders', write: (text: string) => (line = text) }
  await expect(collectMetrics(() => Promise.reject(error), options)).rejects.toBe(error)
  expect(JSON.parse(line)).toMatchObject({ RunsFailed: 1 })
  await expect(collectMetrics(() => decodeCsv(new Uint8Array()), options)).rejects.toMatchObject({
    code: 'CSV_INVALID',
  })
  expect(JSON.parse(line)).toMatchObject({ RunsFailed: 1, RowsRead: 0, codes: { CSV_INVALID: 1 } })
})

test('operations that began outside of the run, or that end after it, are not counted', async () => {
  const { start, asyncEnd } = channels.write
  const outside = { rows: 1 } as never
  const late = { rows: 2 } as never
  start.publish(outside)
  const line = await lineOf(() => {
    asyncEnd.publish(outside)
    start.publish(late)
  })
  asyncEnd.publish(late)
  expect(line).not.toHaveProperty('RowsWritten')
  expect(channels.write.hasSubscribers).toBe(false)
})

test('a run inside of another is seen by both', async () => {
  let inner = ''
  const outer = await lineOf(async () => {
    decodeCsv(file, { onInvalidRow: () => {} })
    await collectMetrics(() => decodeCsv(file, { onInvalidRow: () => {} }), {
      namespace: 'Inner',
      write: (line) => (inner = line),
    })
  })
  expect([outer.RowsRead, JSON.parse(inner).RowsRead]).toEqual([2, 1])
})

describe('a line that cannot be written changes nothing, and is reported', () => {
  test.each<[string, Partial<CollectMetricsOptions>]>([
    [
      'write throws',
      {
        write: () => {
          throw new Error(CANARY)
        },
      },
    ],
    ['write rejects', { write: () => Promise.reject(new Error(CANARY)) }],
    [
      'the clock throws',
      {
        now: () => {
          throw new Error(CANARY)
        },
      },
    ],
  ])('%s', async (_, options) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    try {
      expect(await collectMetrics(async () => 7, { namespace: 'Orders', write: () => {}, ...options })).toBe(7)
      await Promise.resolve()
      expect(warn.mock.calls).toEqual([['metrics could not be written', { code: 'MILLRACE_METRICS_LOST' }]])
    } finally {
      warn.mockRestore()
    }
  })
})

test.each<[string, object | undefined]>([
  ['nothing', undefined],
  ['no namespace', {}],
  ['a namespace of AWS', { namespace: 'AWS/Lambda' }],
  ['an unknown option', { namespace: 'a', dimension: {} }],
  ['a dimension that is a metric', { namespace: 'a', dimensions: { RowsRead: 'x' } }],
  ['a dimension without value', { namespace: 'a', dimensions: { stage: undefined } }],
  ['a number as dimension', { namespace: 'a', dimensions: { stage: 1 } }],
  ['a dimension of blanks', { namespace: 'a', dimensions: { stage: ' ' } }],
  ['a request as dimension', { namespace: 'a', dimensions: { requestId: 'x' } }],
  [
    '31 dimensions',
    { namespace: 'a', dimensions: Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`d${at}`, 'x'])) },
  ],
  ['a property that is a dimension', { namespace: 'a', dimensions: { stage: 'x' }, properties: { stage: 'y' } }],
  ['a property named _aws', { namespace: 'a', properties: { _aws: 'x' } }],
  ['a property named __proto__ that is a metric', { namespace: 'a', properties: { Records: 1 } }],
  ['NaN', { namespace: 'a', properties: { size: Number.NaN } }],
  ['a bigint', { namespace: 'a', properties: { size: 1n } }],
  ['an object', { namespace: 'a', properties: { size: {} } }],
  ['a level that Lambda does not know', { namespace: 'a', properties: { level: 'warning' } }],
  ['64 KiB', { namespace: 'a', properties: { text: 'x'.repeat(65_536) } }],
])('%s is refused before the run', async (_, options) => {
  const run = vi.fn()
  await expect(collectMetrics(run, options as never)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  await expect(collectMetrics(7 as never, { namespace: 'a' })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  expect(run).not.toHaveBeenCalled()
})

test.each(OPERATIONS.map(({ name, run }) => [name, run] as const))(
  '%s: the same under collectMetrics, and nothing of its data in the line',
  async (_, run) => {
    let line = ''
    const write = (text: string) => (line = text)
    const alone = await seen(run)
    const metered = await seen(() => collectMetrics(run, { namespace: 'Orders', write }))
    expect(textOf(metered)).toBe(textOf(alone))
    expect(emfProblems(line, Date.now())).toEqual([])
    expect(line).not.toContain(CANARY)
  },
)

describe('both log formats of Lambda', () => {
  const child = fileURLToPath(new URL('./lambda-logs-child.ts', import.meta.url))

  test.each(['Text', 'JSON'])(
    '%s: the line reaches standard output whole, beside what the console writes',
    (format) => {
      const env = { ...process.env, AWS_LAMBDA_LOG_FORMAT: format }
      const output = execFileSync(process.execPath, [child], { encoding: 'utf8', env })
      const lines = output.trimEnd().split('\n')
      const metrics = lines.filter((line) => line.startsWith('{"_aws"'))
      expect(metrics.length).toBe(1)
      expect(emfProblems(metrics[0] ?? '', Date.now())).toEqual([])
      expect(lines.length).toBe(2)
    },
  )
})

test.each(['parquet', 'csv'])('datasetSink: rows and bytes of its %s files count once each', async (name) => {
  const format = codecFor(`a.${name}`)
  const rows = Array.from({ length: 50 }, (_, id) => ({ id, region: `r${id % 3}` }))
  const s3 = memoryS3()
  const target = { bucket: 'lake', prefix: 'orders', name: 'n', partitionBy: ['region'], format }
  const line = await lineOf(() => datasetSink(s3.client, target)(tableFromRows(rows).batches))
  const bytes = [...s3.objects.values()].reduce((sum, object) => sum + object.bytes.length, 0)
  expect(s3.objects.size).toBe(3)
  expect(line).toMatchObject({ RowsWritten: 50, BytesWritten: bytes })
})

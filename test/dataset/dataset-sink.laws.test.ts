import type { RecordBatch } from 'apache-arrow'
import fc from 'fast-check'
import { expect } from 'vitest'
import { decodeParquet } from '../../src/codecs/parquet/parquet.ts'
import { byHash } from '../../src/dataset/by-hash.ts'
import { type DatasetTarget, datasetSink } from '../../src/dataset/dataset-sink.ts'
import { arbitraryTableCase, type TableCase } from '../support/arbitrary-table.ts'
import { tableCells } from '../support/column-cells.ts'
import { law } from '../support/law.ts'
import { rowToken } from '../support/row-token.ts'
import { httpError, type MemoryRequest, memoryS3 } from './memory-s3.ts'
import { orders, streamOf } from './support.ts'

const settings = fc.record({
  targetBytes: fc.constantFrom(1, 100, 1000, 1e9),
  maxOpen: fc.constantFrom(1, 2, 100),
  maxBufferedBytes: fc.constantFrom(1, 400, 4000, 1e9),
  buckets: fc.integer({ min: 1, max: 5 }),
})

const quick = { sleep: async () => {} }

async function written(
  batches: readonly RecordBatch[],
  { buckets, maxBufferedBytes, ...target }: { buckets: number; maxBufferedBytes: number } & Partial<DatasetTarget>,
) {
  const s3 = memoryS3()
  const all = { bucket: 'lake', prefix: 'p', name: 'n', partitionBy: [byHash(undefined, buckets)], ...target }
  const write = await datasetSink(s3.client, all, { ...quick, maxBufferedBytes })(streamOf(batches))
  const rows = new Map<string, string[]>()
  for (const { key, rows: count } of write.files) {
    const table = await decodeParquet(s3.objects.get(key)?.bytes ?? new Uint8Array())
    expect(table.numRows).toBe(count)
    rows.set(key, tableCells(table).map(rowToken))
  }
  expect(s3.uploads.size).toBe(0)
  expect([...s3.objects.keys()].sort()).toEqual(write.files.map(({ key }) => key).sort())
  return { write, rows }
}

/** The same rows in batches of one row each. */
const oneByOne = ({ table }: TableCase) =>
  table.batches.flatMap((batch) => Array.from({ length: batch.numRows }, (_, row) => batch.slice(row, row + 1)))

law(
  'datasetSink: the same rows result in the same keys and rows, each once, for any batches, targetBytes, maxOpen and memory',
  fc.asyncProperty(arbitraryTableCase({ maxColumns: 3 }), settings, async (table, options) => {
    const refused = await written(table.batches, options).catch((error: unknown) => error)
    if (refused instanceof Error) {
      expect(refused).toMatchObject({ code: expect.stringMatching(/TYPE_MISMATCH|UNSUPPORTED_FORMAT/) })
      return
    }
    const cut = await written(table.rows.length === 0 ? table.batches : oneByOne(table), options)
    const whole = refused as Awaited<ReturnType<typeof written>>
    expect(cut.write.files.map(({ key, rows }) => [key, rows])).toEqual(
      whole.write.files.map(({ key, rows }) => [key, rows]),
    )
    expect([...cut.rows]).toEqual([...whole.rows])
    expect([...whole.rows.values()].flat().sort()).toEqual(table.rows.map(rowToken).sort())
  }),
)

const table = orders(300)

law(
  'datasetSink: if any request fails before the first completion is sent, no file is visible and no upload is left',
  fc.asyncProperty(fc.nat(40), fc.constantFrom('error', 'abort'), settings, async (at, kind, options) => {
    const s3 = memoryS3()
    const abort = new AbortController()
    const isBefore = ({ name, index }: MemoryRequest) => index >= at && /^(?:Create|UploadPart)/.test(name)
    let failed = false
    s3.decide = async (request) => {
      await new Promise((resolve) => setImmediate(resolve))
      if (!isBefore(request) || failed) return undefined
      failed = true
      if (kind === 'error') return httpError(403, 'AccessDenied')
      abort.abort(new Error('out of time'))
      return undefined
    }
    const target = { bucket: 'lake', prefix: 'p', name: 'n', partitionBy: ['region'], targetBytes: options.targetBytes }
    const sink = datasetSink(s3.client, target, {
      ...quick,
      maxBufferedBytes: options.maxBufferedBytes,
      concurrency: 3,
    })
    const outcome = await sink(streamOf(table.batches), { signal: abort.signal }).catch((error: unknown) => error)
    if (!failed) return
    expect(outcome).toMatchObject(kind === 'error' ? { code: 'WRITE_FAILED', files: [] } : { message: 'out of time' })
    expect(s3.objects.size).toBe(0)
    expect(s3.uploads.size).toBe(0)
    expect(s3.requests.some(({ name }) => name.startsWith('Complete'))).toBe(false)
  }),
)

law(
  'datasetSink: if any completions fail or lose their responses, files lists the visible ones, no upload is left, and a second run completes the dataset',
  fc.asyncProperty(
    fc.array(fc.constantFrom('ok', 'lost', 'down', 'denied', 'gone'), { minLength: 1 }),
    async (fates) => {
      const s3 = memoryS3()
      const completions = new Map<string, number>()
      let sent = 0
      s3.decide = ({ name, key }) => {
        if (!name.startsWith('Complete')) return undefined
        completions.set(key, (completions.get(key) ?? 0) + 1)
        const fate = fates[sent++]
        if (fate === 'lost') return 'lost'
        if (fate === 'down') return httpError(503, 'SlowDown')
        if (fate === 'gone') return httpError(404, 'NoSuchUpload')
        return fate === 'denied' ? httpError(403, 'AccessDenied') : undefined
      }
      const target = { bucket: 'lake', prefix: 'p', name: 'n', partitionBy: ['region', 'amount'] }
      const sink = datasetSink(s3.client, target, { ...quick, attempts: 3, concurrency: 4 })
      const small = table.slice(0, 12)
      const outcome = await sink(small.batches).catch((error: unknown) => error)
      const { files } = outcome as { files: { key: string }[] }
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'WRITE_FAILED' })
      else expect(files).toHaveLength(12)
      expect(files.map(({ key }) => key).sort()).toEqual([...s3.objects.keys()].sort())
      expect(s3.uploads.size).toBe(0)
      s3.decide = () => undefined
      const again = await sink(small.batches)
      expect(again.files.map(({ key }) => key).sort()).toEqual([...s3.objects.keys()].sort())
      expect(again.rows).toBe(12)
    },
  ),
)

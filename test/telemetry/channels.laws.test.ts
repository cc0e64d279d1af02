import fc from 'fast-check'
import { expect } from 'vitest'
import { codecFor, csv, encodeCsv, ndjson, parquet, tableFromRows } from '../../src/codecs/index.ts'
import { byBucket } from '../../src/dataset/by-bucket.ts'
import { datasetSink } from '../../src/dataset/dataset-sink.ts'
import { jsonPayload } from '../../src/events/index.ts'
import { processBatch, processBatches } from '../../src/flow/index.ts'
import { dropDuplicates, filterRows } from '../../src/transform/index.ts'
import { memoryS3 } from '../dataset/memory-s3.ts'
import { type Item, kinesisEvent, queueEvent } from '../flow/support/batch-events.ts'
import { law } from '../support/law.ts'
import { cutAnywhere } from '../support/streams.ts'
import { MEDDLERS, textOf } from './meddlers.ts'
import { CANARY, OPERATIONS, seen } from './operations.ts'
import { disorder, endsOf, type Heard, heardOf, ignoringUncaught, listening } from './support.ts'

const rows = fc.array(fc.record({ id: fc.integer({ min: 0, max: 20 }), bad: fc.boolean() }), {
  minLength: 1,
  maxLength: 60,
})

law(
  'channels: with any concurrent operations and any subscriber, callers see the same and each start has one end',
  fc.asyncProperty(
    fc.array(fc.constantFrom(...OPERATIONS), { minLength: 1, maxLength: 5 }),
    fc.constantFrom(...Object.values(MEDDLERS)),
    async (operations, meddle) => {
      const all = () => Promise.all(operations.map(({ run }) => seen(run)))
      const alone = await all()
      const heard: Heard[] = []
      const { result } = await ignoringUncaught(() =>
        listening(
          (each) => heard.push(each),
          () => listening(meddle, all),
        ),
      )
      expect(textOf(result)).toBe(textOf(alone))
      expect(disorder(heard)).toEqual([])
      expect(textOf(heard)).not.toContain(CANARY)
    },
  ),
  { runs: 100 },
)

law(
  'channels: each start has one end, also if a stream is abandoned anywhere',
  fc.asyncProperty(rows, fc.nat(4), fc.boolean(), async (list, taken, fails) => {
    const table = tableFromRows(list)
    async function* source() {
      for (const [at] of list.entries()) {
        if (fails && at === 3) throw new Error('source')
        yield table.batches[0] as never
      }
    }
    const { heard } = await heardOf(async () => {
      let left = taken
      const out = parquet({ rowGroupRows: 1 }).write()(dropDuplicates()(filterRows(() => true)(source())))
      if (taken > 0) for await (const _ of out) if (--left === 0) break
    })
    expect(disorder(heard)).toEqual([])
    if (taken === 0) expect(heard).toEqual([])
    else expect(endsOf(heard, 'transform').length).toBe(2)
  }),
)

law(
  'channels: a stream abandoned before its first item, or ended twice, publishes nothing more',
  fc.asyncProperty(fc.nat(3), async (extra) => {
    const { heard } = await heardOf(async () => {
      const unread = csv().read(new TextEncoder().encode('id\n1\n'))[Symbol.asyncIterator]()
      for (let at = 0; at <= extra; at++) expect(await unread.return?.()).toEqual({ done: true, value: undefined })
      expect(await unread.next()).toEqual({ done: true, value: undefined })
      const read = csv().read(new TextEncoder().encode('id\n1\n'))[Symbol.asyncIterator]()
      for (let at = 0; at <= extra; at++) await read.next()
      for (let at = 0; at <= extra; at++) await read.return?.()
    })
    expect(endsOf(heard, 'read').length).toBe(1)
    expect(disorder(heard)).toEqual([])
  }),
)

law(
  'read: rows read and rejected add up to the rows of the file, and bytes are its length',
  fc.asyncProperty(rows, fc.array(fc.integer({ min: 1, max: 50 })), async (list, lengths) => {
    const good = list.filter(({ bad }) => !bad).length
    const file = new TextEncoder().encode(
      `id,x\n0,0\n${list.map(({ id, bad }) => (bad ? `${id}\n` : `${id},1\n`)).join('')}`,
    )
    const { heard } = await heardOf(async () => {
      for await (const _ of csv({ onInvalidRow: () => {} }).read(cutAnywhere(file, lengths)));
    })
    const refused = list.length === good ? {} : { CSV_INVALID: list.length - good }
    expect(endsOf(heard, 'read')).toMatchObject([{ format: 'csv', bytes: file.length, rows: good + 1, refused }])
  }),
)

law(
  'write: bytes are those of the output, and rows those of the input',
  fc.asyncProperty(rows, async (list) => {
    const table = tableFromRows(list)
    async function* source() {
      yield* table.batches
    }
    let bytes = 0
    const { heard } = await heardOf(async () => {
      for await (const chunk of csv().write()(source())) bytes += chunk.length
    })
    expect(bytes).toBe(encodeCsv(table).length)
    expect(endsOf(heard, 'write')).toEqual([{ format: 'csv', bytes, rows: list.length }])
  }),
)

const items: fc.Arbitrary<readonly Item[]> = fc
  .array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), isPoison: fc.boolean() }), { minLength: 1, maxLength: 20 })
  .map((list) => list.map((item, number) => ({ ...item, number })))

const events = fc.oneof(
  items.map((list) => queueEvent(list)),
  items.map((list) => queueEvent(list, { isFifo: true })),
  items.map((list) => kinesisEvent(list)),
)

law(
  'batch: records are succeeded, failed, quarantined or skipped, and each that began is one operation of record',
  fc.asyncProperty(
    events,
    fc.func(fc.boolean()),
    fc.boolean(),
    fc.constantFrom(processBatch as unknown as typeof processBatches, processBatches),
    async (event, isFailing, quarantines, process) => {
      const { heard, outcome } = await heardOf(() =>
        process(
          event,
          async (value: unknown) => {
            if (isFailing(JSON.stringify(value))) throw new Error('handler')
          },
          { payload: jsonPayload(), ...(quarantines && { quarantine: async () => {} }) },
        ),
      )
      const [batch] = endsOf(heard, 'batch') as [Record<string, number>]
      const { records = 0, succeeded = 0, failed = 0, notBegun = 0, quarantined = 0, skipped = 0 } = batch
      expect(records).toBe(event.Records.length)
      expect(succeeded + failed + quarantined + skipped).toBe(records)
      const statuses = endsOf(heard, 'record').map(({ status }) => status)
      expect(statuses.length).toBe(records - notBegun)
      for (const [status, count] of Object.entries({ succeeded, quarantined, failed: failed - notBegun }))
        expect(statuses.filter((each) => each === status).length).toBe(count)
      const response = (outcome as PromiseFulfilledResult<{ batchItemFailures: unknown[] }>).value
      expect(response.batchItemFailures.length > 0).toBe(failed > 0)
      expect(disorder(heard)).toEqual([])
    },
  ),
)

law(
  'channels: datasetSink publishes one write per file and one sink per call, each ended once if the source, a request or the signal ends it anywhere',
  fc.asyncProperty(
    fc.constantFrom(parquet(), csv(), ndjson(), codecFor('a.csv.gz')),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 0, max: 80 }),
    fc.constantFrom('nothing', 'source', 'request', 'abort'),
    async (format, count, at, fault) => {
      const table = tableFromRows(Array.from({ length: count }, (_, id) => ({ id })))
      const abort = new AbortController()
      const s3 = memoryS3()
      s3.decide = ({ index }) => {
        if (index === at && fault === 'abort') abort.abort(new Error('abort'))
        return index === at && fault === 'request'
          ? Object.assign(new Error('no'), { name: 'AccessDenied' })
          : undefined
      }
      async function* source() {
        for (let row = 0; row < count; row++) {
          if (row === at && fault === 'source') throw new Error('source')
          yield* table.slice(row, row + 1).batches
        }
      }
      const target = {
        bucket: 'lake',
        prefix: 'p',
        name: 'n',
        partitionBy: [byBucket('id', 3)],
        targetBytes: 64,
        format,
      }
      const sink = datasetSink(s3.client, target, { maxBufferedBytes: 256, attempts: 1 })
      const { heard, outcome } = await heardOf(() => sink(source(), { signal: abort.signal }))
      expect(disorder(heard)).toEqual([])
      const [call, ...others] = endsOf(heard, 'sink')
      expect(others).toEqual([])
      const files = endsOf(heard, 'write')
      expect(files.every(({ format: name }) => name === format.name)).toBe(true)
      const sum = (field: string) => files.reduce((total, file) => total + Number(file[field]), 0)
      if (outcome.status === 'rejected') {
        expect(call?.['code']).not.toBeUndefined()
        return
      }
      const { rows, bytes, files: written } = outcome.value
      expect([rows, sum('rows'), files.length]).toEqual([count, count, written.length])
      expect([sum('bytes'), call]).toEqual([bytes, { bytes, parts: written.length, files: written.length }])
    },
  ),
  { runs: 200 },
)

import type { RecordBatch, Table } from 'apache-arrow'
import {
  bytesSource,
  codecFor,
  csv,
  decodeCsv,
  decodeNdjson,
  decodeParquet,
  encodeCsv,
  encodeNdjson,
  encodeParquet,
  ndjson,
  parquet,
  tableFromRows,
} from '../../src/codecs/index.ts'
import { datasetSink } from '../../src/dataset/dataset-sink.ts'
import { jsonPayload } from '../../src/events/index.ts'
import { deadline, processBatch, processBatches, retry } from '../../src/flow/index.ts'
import { idempotent, memoryStore } from '../../src/idempotency/index.ts'
import { sqsSender } from '../../src/send/sqs.ts'
import { fakeService } from '../../src/testing/index.ts'
import { cleanColumnNames, dropDuplicates, fillNulls, transformTable } from '../../src/transform/index.ts'
import { memoryS3 } from '../dataset/memory-s3.ts'

/** Text that no message may hold: it is in every value, key, payload, error message and file of the operations. */
export const CANARY = 'c4n4ry-7f3a'

/** The rows of a stage, once it has gone through. */
async function rowsOf(batches: AsyncIterable<RecordBatch>): Promise<unknown> {
  const rows: unknown[] = []
  for await (const batch of batches) for (const row of batch) rows.push(row?.toJSON())
  return rows
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString('latin1')
}

async function* batchesOf(table: Table): AsyncGenerator<RecordBatch> {
  yield* table.batches
}

async function* chunksOf(bytes: Uint8Array, length = 7): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const table = (): Table =>
  tableFromRows([
    { id: CANARY, n: 1 },
    { id: CANARY, n: null },
    { id: CANARY, n: 1 },
  ])
const context = (ms: number) => ({ getRemainingTimeInMillis: () => ms, awsRequestId: 'request-1' })
const queue = (bodies: readonly string[], arn = 'arn:aws:sqs:us-east-1:123456789012:orders') => ({
  Records: bodies.map((body, at) => ({
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    messageId: `${CANARY}-${at}`,
    body,
    attributes: { MessageGroupId: CANARY },
  })),
})
const quoted = JSON.stringify(CANARY)
const dataset = { bucket: CANARY, prefix: CANARY, name: CANARY, partitionBy: ['id'] }
const failing = (): never => {
  throw new TypeError(CANARY)
}

/** A primitive at work. Each gives what its caller sees, which must not depend on who listens. */
export interface Operation {
  readonly name: string
  readonly run: () => Promise<unknown>
}

/** Every primitive that publishes, where it succeeds and where it fails, on data that holds {@link CANARY}. */
export const OPERATIONS: readonly Operation[] = [
  [
    'csv read',
    async () => rowsOf(csv({ onInvalidRow: () => {} }).read(chunksOf(text(`id,n\n${CANARY},1\n${CANARY}\n`)))),
  ],
  ['csv read that fails', async () => rowsOf(csv().read(text(`id,n\n${CANARY}\n`)))],
  ['csv of a ByteSource', async () => rowsOf(csv().read(bytesSource(text(`id\n${CANARY}\n`))))],
  ['gzip', async () => rowsOf(codecFor(`${CANARY}.csv.gz`).read(chunksOf(text(CANARY))))],
  ['csv write', async () => bytesOf(csv().write()(batchesOf(table())))],
  [
    'csv.gz both ways',
    async () => {
      const codec = codecFor(`${CANARY}.csv.gz`)
      return rowsOf(codec.read(codec.write()(batchesOf(table()))))
    },
  ],
  ['csv write that fails', async () => bytesOf(csv().write()(chunksOf(text(CANARY)) as never))],
  ['ndjson read', async () => rowsOf(ndjson().read(text(`{"id":${quoted}}\n`)))],
  ['ndjson read that fails', async () => rowsOf(ndjson().read(text(`{"id":${quoted}\n`)))],
  ['parquet both ways', async () => rowsOf(parquet().read(parquet().write()(batchesOf(table()))))],
  ['decodeCsv', async () => rowsOf(batchesOf(decodeCsv(encodeCsv(table()))))],
  ['decodeCsv that fails', async () => decodeCsv(text(`id,n\n${CANARY}\n`))],
  ['decodeNdjson', async () => rowsOf(batchesOf(decodeNdjson(encodeNdjson(table()))))],
  ['decodeParquet', async () => rowsOf(batchesOf(await decodeParquet(await encodeParquet(table()))))],
  ['decodeParquet that fails', () => decodeParquet(text(CANARY))],
  [
    'transforms of a stream',
    async () => rowsOf(fillNulls({ n: 0 })(dropDuplicates()(cleanColumnNames()(batchesOf(table()))))),
  ],
  ['transform that fails', async () => rowsOf(dropDuplicates({ subset: [CANARY] })(batchesOf(table())))],
  [
    'transforms of a table',
    async () => rowsOf(batchesOf(transformTable(table(), fillNulls({ n: 0 }), dropDuplicates()))),
  ],
  ['datasetSink', () => datasetSink(memoryS3().client, dataset)(batchesOf(table()))],
  [
    'datasetSink of CSV',
    () => datasetSink(memoryS3().client, { ...dataset, format: csv(), targetBytes: 1 })(batchesOf(table())),
  ],
  [
    'datasetSink that fails',
    () => datasetSink(memoryS3().client, { ...dataset, partitionBy: [CANARY] })(batchesOf(table())),
  ],
  [
    'a batch',
    () =>
      processBatch(queue([quoted, quoted, '{']), async (_, { id }) => id.endsWith('1') && failing(), {
        payload: jsonPayload(),
      }),
  ],
  [
    'a batch in order, with quarantine',
    () =>
      processBatch(
        queue([quoted, '{', quoted, quoted], 'arn:aws:sqs:us-east-1:123456789012:orders.fifo'),
        async (_, { id }) => id.endsWith('2') && failing(),
        {
          payload: jsonPayload(),
          quarantine: async () => {},
          context: context(60_000),
        },
      ),
  ],
  [
    'a batch at its deadline',
    () =>
      processBatch(queue([quoted]), () => new Promise(() => {}), { payload: jsonPayload(), context: context(1010) }),
  ],
  [
    'a batch that rejects',
    () =>
      processBatch(
        { Records: [{ EventSource: 'aws:sns', Sns: { MessageId: CANARY, Message: CANARY } }] },
        async () => failing(),
        { payload: jsonPayload() },
      ),
  ],
  ['no event', () => processBatch({ [CANARY]: 1 }, async () => {}, { payload: jsonPayload() })],
  [
    'groups',
    () =>
      processBatches(queue([quoted, '{', quoted]), async () => failing(), {
        payload: jsonPayload(),
        quarantine: async () => {},
      }),
  ],
  [
    'groups at their deadline',
    () =>
      processBatches(queue([quoted]), () => new Promise(() => {}), { payload: jsonPayload(), context: context(1010) }),
  ],
  [
    'a batch with idempotency',
    () =>
      processBatch(queue([quoted, quoted]), async () => CANARY, {
        payload: jsonPayload(),
        idempotency: { store: memoryStore(), key: (value: unknown) => value },
      }),
  ],
  [
    'idempotent',
    async () => {
      const run = idempotent(async (id: string) => ({ id }), {
        store: memoryStore(),
        key: (id) => id,
        namespace: 'orders',
      })
      return [await run(CANARY), await run(CANARY)]
    },
  ],
  ['idempotent that fails', () => idempotent(async () => failing(), { store: memoryStore(), key: () => CANARY })()],
  [
    'retry',
    () => {
      let calls = 0
      const flaky = async () =>
        ++calls < 3 ? Promise.reject(Object.assign(new Error(CANARY), { name: 'ThrottlingException' })) : CANARY
      return retry(flaky, { sleep: async () => {}, random: () => 0.5 })
    },
  ],
  [
    'retry that gives up',
    () =>
      retry(() => Promise.reject(Object.assign(new Error(CANARY), { name: 'ThrottlingException' })), {
        attempts: 2,
        sleep: async () => {},
      }),
  ],
  ['retry of what no retry helps', () => retry(() => failing())],
  ['a deadline that is over', async () => deadline(context(900)).reason.code],
  [
    'a sender',
    () =>
      sqsSender(fakeService({ service: 'sqs' }).client, { queueUrl: 'https://sqs.test/1/orders' })([
        { MessageBody: CANARY },
      ]),
  ],
].map(([name, run]) => ({ name, run }) as Operation)

/** What a caller sees of an operation. */
export async function seen(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: await run() }
  } catch (error) {
    const { name, message } = error as Error
    return { name, message, code: (error as { code?: unknown }).code }
  }
}

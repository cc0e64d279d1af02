import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { RecordBatch, Table } from 'apache-arrow'
import { csv, type Pipeline, parquet, type Stage } from 'millrace/codecs'
import type { S3Sink, S3SinkResult } from 'millrace/s3'
import { cleanColumnNames, dropDuplicates } from 'millrace/transform'
// biome-ignore lint/style/useNodejsImportProtocol: the other name of the module
import { pipeline as bare } from 'stream/promises'

/** Pipelines as users write them: compiled against the sources here, and under other versions of `@types/node` and TypeScript by test/real. */
declare const sink: S3Sink
declare const table: Table
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Same<A, B>): void => {}
const bytes = csv().read(createReadStream('a'))
const t = cleanColumnNames()
export async function f() {
  const r0 = await pipeline(table.batches, parquet().write(), sink)
  same<typeof r0, S3SinkResult>(true)
  const r1 = await pipeline(bytes, t, t, t, t, t, dropDuplicates(), parquet().write(), sink)
  same<typeof r1, S3SinkResult>(true)
  const r2 = await pipeline(bytes, parquet().write(), sink, { signal: AbortSignal.abort() })
  same<typeof r2, S3SinkResult>(true)
  const r3 = await pipeline(bytes, parquet().write(), createWriteStream('b'))
  same<typeof r3, void>(true)
  const r4 = await pipeline(bytes, t, t, t, t, t, t, parquet().write(), createWriteStream('b'))
  same<typeof r4, void>(true)
  const r5 = await pipeline(createReadStream('a'), createGzip(), createWriteStream('b'))
  same<typeof r5, void>(true)
  const r6 = await bare(table.batches, t, parquet().write(), sink)
  same<typeof r6, S3SinkResult>(true)
  const r7 = await pipeline(async function* () {
    yield new Uint8Array(1)
  }, sink)
  same<typeof r7, S3SinkResult>(true)
  const r8 = await pipeline([new Uint8Array(1)], sink)
  same<typeof r8, S3SinkResult>(true)
  const r9 = await pipeline(new Set<RecordBatch>(), t, parquet().write(), sink)
  same<typeof r9, S3SinkResult>(true)
  const r10 = await pipeline(
    bytes,
    async function* (batches: AsyncIterable<RecordBatch>) {
      for await (const b of batches) yield b
    },
    parquet().write(),
    createGzip(),
    sink,
  )
  same<typeof r10, S3SinkResult>(true)
  await pipeline(bytes, async (batches) => {
    for await (const b of batches) void b.numRows
  })
  const run: Pipeline = pipeline
  const r11 = await run(table.batches, t, parquet().write(), sink)
  same<typeof r11, S3SinkResult>(true)
  const r12 = await run(createReadStream('a'), createGzip(), createWriteStream('b'))
  same<typeof r12, void>(true)
  // @ts-expect-error bytes do not go into a transform
  await run(table.batches, parquet().write(), t, sink)
  // @ts-expect-error batches do not go into a sink
  await run(table.batches, t, sink)
  // @ts-expect-error a codec is no stage
  await run(table.batches, parquet(), sink)
  // @ts-expect-error a longer one too
  await run(bytes, t, t, t, t, t, t, parquet().write(), t, sink)
}
export const s: Stage<Uint8Array, Uint8Array> = (source) => source

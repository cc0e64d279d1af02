import { pipeline } from 'node:stream/promises'
import type { S3Client } from '@aws-sdk/client-s3'
import type { RecordBatch } from 'apache-arrow'
import { expectTypeOf, test } from 'vitest'
import type { Pipeline } from '../../src/codecs/index.ts'
import {
  byDay,
  type DatasetSink,
  type DatasetWrite,
  datasetSink,
  type ListedFile,
  listDataset,
  type PartitionRule,
  readDataset,
} from '../../src/dataset/index.ts'

test('datasets: what stands in a pipeline, and what comes out', () => {
  const client = {} as S3Client
  const run: Pipeline = pipeline
  const sink = (): DatasetSink =>
    datasetSink(client, { bucket: 'b', prefix: 'p', name: 'n', partitionBy: ['k', byDay('at')] })
  const write = () => run([] as RecordBatch[], sink())
  const list = () => listDataset(client, { bucket: 'b', prefix: 'p' })
  const read = () => readDataset(client, list())
  const again = async () => readDataset(client, (await write()).files)
  expectTypeOf(write).returns.resolves.toEqualTypeOf<DatasetWrite>()
  expectTypeOf(list).returns.toEqualTypeOf<AsyncIterable<ListedFile>>()
  expectTypeOf(read).returns.toEqualTypeOf<AsyncIterable<RecordBatch>>()
  expectTypeOf(again).returns.resolves.toEqualTypeOf<AsyncIterable<RecordBatch>>()
  expectTypeOf(byDay).returns.toEqualTypeOf<PartitionRule>()
  // @ts-expect-error chunks of bytes are no batches
  const bytes = () => run([] as Uint8Array[], sink())
  expectTypeOf(bytes).toBeFunction()
  // @ts-expect-error a dataset's files have no key of their own
  const keyed = () => datasetSink(client, { bucket: 'b', prefix: 'p', name: 'n', key: 'k' })
  expectTypeOf(keyed).toBeFunction()
})

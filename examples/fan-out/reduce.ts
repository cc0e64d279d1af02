import { pipeline } from 'node:stream/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { datasetSink, type ListedFile, listDataset, readDataset } from 'millrace/dataset'
import type { Arrival } from 'millrace/fanout'
import { deadline, type RemainingTime } from 'millrace/flow'
import { dropDuplicates, rowCounter } from 'millrace/transform'
import { asJson, barriers, finishRows, type Run, tableStore } from './run.ts'

export interface BucketTask {
  readonly run: Run
  readonly hash: number
}

/** Write one bucket as a final part: its rows of all splits in file order, without duplicates. */
export function createReduce({ client = new S3Client({}), store = tableStore() } = {}) {
  return async ({ run, hash }: BucketTask, context?: RemainingTime): Promise<Arrival> => {
    const files: ListedFile[] = []
    for await (const file of listDataset(client, { bucket: run.bucket, prefix: `${run.work}/shuffle/hash=${hash}` }))
      files.push(file)
    const rowsIn = rowCounter()
    const write = files.length > 0 ? await reduced() : { rows: 0, files: [] }
    return barriers(store, run).buckets.arrive(hash, asJson({ rowsIn: rowsIn.rows, ...write }))

    function reduced() {
      return pipeline(
        finishRows(run)(dropDuplicates(run.subset && { subset: [...run.subset] })(rowsIn(readDataset(client, files)))),
        datasetSink(client, {
          bucket: run.bucket,
          prefix: `${run.work}/parts`,
          name: `bucket-${String(hash).padStart(5, '0')}`,
        }),
        { signal: context && deadline(context) },
      )
    }
  }
}

export const handler = createReduce()

import { pipeline } from 'node:stream/promises'
import { S3Client } from '@aws-sdk/client-s3'
import type { CodecOptions } from 'millrace/codecs'
import { byHash, datasetSink } from 'millrace/dataset'
import { type Arrival, readSplit, type Split } from 'millrace/fanout'
import { deadline, type RemainingTime } from 'millrace/flow'
import { cleanColumnNames } from 'millrace/transform'
import { asJson, barriers, finishRows, type Run, tableStore } from './run.ts'

export interface SplitTask {
  readonly run: Run
  readonly split: Split
}

/**
 * Read and clean one split, and write it under `work/PLAN/`: by bucket if duplicates are dropped, otherwise as the final part. A second run writes the
 * same rows under the same keys, and only the first result counts.
 */
export function createWorker({ client = new S3Client({}), store = tableStore(), codec = {} as CodecOptions } = {}) {
  return async ({ run, split }: SplitTask, context?: RemainingTime): Promise<Arrival> => {
    const batches = readSplit(client, split, { codec })
    const clean = cleanColumnNames()(batches)
    const isShuffled = run.buckets > 0
    const write = await pipeline(
      isShuffled ? clean : finishRows(run)(clean),
      datasetSink(
        client,
        {
          bucket: run.bucket,
          prefix: `${run.work}/${isShuffled ? 'shuffle' : 'parts'}`,
          // As text, keys must sort in the order of the splits.
          name: `split-${String(split.index).padStart(5, '0')}`,
          partitionBy: isShuffled ? [byHash(run.subset, run.buckets)] : [],
        },
        { maxBufferedBytes: 512 * 1024 * 1024 },
      ),
      { signal: context && deadline(context) },
    )
    const { report } = batches
    const files = isShuffled ? [] : write.files
    return barriers(store, run).splits.arrive(
      split.index,
      asJson({ report, rowsIn: report.rows, rows: write.rows, files }),
    )
  }
}

export const handler = createWorker()

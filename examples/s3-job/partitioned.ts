import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { type CodecOptions, codecFor } from 'millrace/codecs'
import { byDay, datasetSink, type PartitionBy } from 'millrace/dataset'
import { s3Objects } from 'millrace/events'
import { s3Source } from 'millrace/s3'
import { addBatchMetadata, cleanColumnNames, dropDuplicates, fillNulls, rowCounter } from 'millrace/transform'

interface JobOptions {
  readonly client?: S3Client
  readonly codec?: CodecOptions
  readonly partitionBy?: PartitionBy
}

/** The job of `handler.ts`, written as a dataset: `processed/dt=2026-01-05/NAME-00000.parquet`. */
export function createPartitionedHandler({
  client = new S3Client({}),
  codec = {},
  partitionBy = [byDay('created_at')],
}: JobOptions = {}) {
  return async (event: unknown) => {
    const results = []
    for (const { bucket, key } of s3Objects(event)) {
      const now = new Date()
      const rowsIn = rowCounter()
      // The same file has the same name in every run, so that a second run replaces its files.
      const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
      const { files, rows, bytes } = await pipeline(
        codecFor(key, codec).read(s3Source(client, { bucket, key })),
        rowsIn,
        cleanColumnNames(),
        dropDuplicates(),
        fillNulls({ amount: 0, status: 'unknown', created_at: () => now }),
        addBatchMetadata({ now: () => now }),
        datasetSink(client, { bucket, prefix: 'processed', name, partitionBy }),
      )
      results.push({ source: key, files: files.map((file) => file.key), rowsIn: rowsIn.rows, rowsOut: rows, bytes })
    }
    return results
  }
}

export const handler = createPartitionedHandler()

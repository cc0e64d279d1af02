import { pipeline } from 'node:stream/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { datasetSink, dropStaleFiles, listDataset, readDataset } from 'millrace/dataset'
import { deadline, type RemainingTime } from 'millrace/flow'
import { collectMetrics } from 'millrace/telemetry'
import { addBatchMetadata, dropDuplicates, fillNulls, rowCounter } from 'millrace/transform'
import { METRICS } from './events.ts'

const HOUR_MS = 3_600_000

/** Compact the previous hour, five minutes past every hour; with `{ hour: '2026-01-05-13' }`, that hour, as after a redrive. */
export interface CompactRequest {
  readonly time?: string
  readonly hour?: string
}

/**
 * Write one hour of `raw/` to `processed/hour=2026-01-05-13/`: every event once, cleaned, in few files. A second run replaces the hour's files, and deletes
 * surplus files of the run before.
 */
export function createCompact({
  client = new S3Client({}),
  bucket = process.env['LAKE_BUCKET'] ?? 'lake',
  targetBytes = 256 * 1024 * 1024,
  now = () => new Date(),
} = {}) {
  return async ({ time, hour = hourBefore(time ?? now().toISOString()) }: CompactRequest, context?: RemainingTime) => {
    const files = []
    for await (const file of listDataset(client, { bucket, prefix: 'raw', where: { hour } })) files.push(file)
    if (files.length === 0) return { hour, rowsIn: 0, rowsOut: 0, files: 0, dropped: 0 }
    // The same order in every run, so that the first of equal events is the same one.
    files.sort((a, b) => (a.key < b.key ? -1 : 1))
    const place = { bucket, prefix: 'processed' }
    const rowsIn = rowCounter()
    const write = await pipeline(
      readDataset(client, files),
      rowsIn,
      dropDuplicates({ subset: ['event_id'], exact: true }),
      fillNulls({ event_type: 'unknown', amount: 0 }),
      addBatchMetadata({ now }),
      datasetSink(client, { ...place, name: 'compacted', partitionBy: ['hour'], targetBytes }),
      { signal: context && deadline(context) },
    )
    const dropped = await dropStaleFiles(client, write, place)
    return { hour, rowsIn: rowsIn.rows, rowsOut: write.rows, files: write.files.length, dropped: dropped.length }
  }
}

function hourBefore(time: string): string {
  return new Date(Date.parse(time) - HOUR_MS).toISOString().slice(0, 13).replace('T', '-')
}

const run = createCompact()

export const handler = (request: CompactRequest, context: RemainingTime) =>
  collectMetrics(() => run(request, context), METRICS)

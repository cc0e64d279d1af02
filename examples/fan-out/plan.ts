import { S3Client } from '@aws-sdk/client-s3'
import type { CodecOptions } from 'millrace/codecs'
import { planSplits, type SplitObject } from 'millrace/fanout'
import { canonicalHash } from 'millrace/idempotency'
import { outputKey, s3Sink } from 'millrace/s3'
import { type Run, splitsKey } from './run.ts'

const MIB = 1024 * 1024
const MAX_BUCKETS = 1000

/** A file under `landing/`, and its time of arrival. */
export interface PlanRequest {
  readonly bucket: string
  readonly key: string
  readonly time: string
}

interface PlanSettings {
  readonly client?: S3Client
  readonly codec?: CodecOptions
  readonly targetBytes?: number
  readonly probeBytes?: number
  /** Files that one worker reads whole, because their boundaries were guessed wrong. */
  readonly whole?: (object: SplitObject) => boolean
  /** `keep`, or the columns that identify duplicates: `[]` means all of them. */
  readonly duplicates?: 'keep' | readonly string[]
  /** Bytes of the file per reducer, which holds 16 bytes per distinct row of its bucket. */
  readonly bucketBytes?: number
  /** One Parquet file, or a manifest of parts. */
  readonly publish?: 'file' | 'manifest'
}

/** Split a file: write its splits and buckets to `work/PLAN/`, where Step Functions reads them. */
export function createPlan({
  client = new S3Client({}),
  codec = {},
  targetBytes = 512 * MIB,
  probeBytes = MIB,
  whole = () => false,
  duplicates = [],
  bucketBytes = 1024 * MIB,
  publish = 'file',
}: PlanSettings = {}) {
  return async ({ bucket, key, time }: PlanRequest): Promise<Run> => {
    const { splits, ...plan } = await planSplits(client, [{ bucket, key }], { codec, targetBytes, probeBytes, whole })
    const buckets = duplicates === 'keep' ? 0 : Math.min(MAX_BUCKETS, Math.max(1, Math.ceil(plan.bytes / bucketBytes)))
    const extension = publish === 'file' ? '.parquet' : '.manifest.json'
    const settings = {
      output: outputKey(key, { from: 'landing', to: 'processed', extension }),
      buckets,
      ...(duplicates !== 'keep' && duplicates.length > 0 && { subset: duplicates }),
      time,
    }
    const id = `${plan.id}/run-${canonicalHash(settings)}`
    const run: Run = { id, bucket, work: `work/${id}`, plan, splits: splits.length, ...settings }
    const write = (name: string, value: unknown) =>
      s3Sink(client, { bucket, key: name, contentType: 'application/json' })([Buffer.from(JSON.stringify(value))])
    await write(splitsKey(run), splits)
    await write(`${run.work}/buckets.json`, [...Array(buckets).keys()])
    return run
  }
}

export const handler = createPlan()

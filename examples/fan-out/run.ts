import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import type { RecordBatch } from 'apache-arrow'
import type { DatasetFile } from 'millrace/dataset'
import { type Gather, gather, type Json, type Split, type SplitPlan, type SplitReport } from 'millrace/fanout'
import { dynamodbGather } from 'millrace/fanout/dynamodb'
import { s3Source } from 'millrace/s3'
import { addBatchMetadata, fillNulls } from 'millrace/transform'

/** The run of one file. Small and plain JSON, since it is passed with every split and every bucket. */
export interface Run {
  /** `PLAN/run-SETTINGS`: the same file under the same settings, such as in a duplicate event, is the same run. */
  readonly id: string
  readonly bucket: string
  /** Prefix of everything that is not final. */
  readonly work: string
  /** The key that `finish` publishes. */
  readonly output: string
  readonly plan: Omit<SplitPlan, 'splits'>
  readonly splits: number
  /** Buckets of equal rows; 0 if duplicates may stay. */
  readonly buckets: number
  /** Columns that identify duplicates; all of them when absent. */
  readonly subset?: readonly string[]
  /** Start time of the run: a worker that runs again writes the same rows. */
  readonly time: string
}

/** Result of a worker, and of a reducer, which has no report. */
export interface PartWrite {
  readonly report?: SplitReport
  readonly rowsIn: number
  readonly rows: number
  /** Final parts, in order. */
  readonly files: readonly Pick<DatasetFile, 'key' | 'rows' | 'bytes'>[]
}

export const TABLE = process.env['FAN_OUT_TABLE'] ?? 'fan-out'

export const tableStore = () => dynamodbGather({ client: new DynamoDBClient({}), tableName: TABLE })

/** The barriers of a run: after its splits, and after its buckets. */
export function barriers(store: ReturnType<typeof tableStore>, { id, splits, buckets }: Run) {
  return {
    splits: gather({ store, run: `${id}/splits`, parts: splits }),
    buckets: gather({ store, run: `${id}/buckets`, parts: Math.max(1, buckets) }),
  }
}

/** A part's result as JSON. */
export const asJson = (write: PartWrite): Json => JSON.parse(JSON.stringify(write))

/** The results that have arrived, by part. */
export async function arrived(at: Gather): Promise<PartWrite[]> {
  const writes: PartWrite[] = []
  for await (const { result } of at.results()) writes.push(result as unknown as PartWrite)
  return writes
}

export const splitsKey = ({ work }: Pick<Run, 'work'>) => `${work}/splits.json`

/** The splits as `plan` wrote them, for `ItemReader` and for the proof. */
export async function readSplits(client: S3Client, run: Run): Promise<Split[]> {
  const chunks = []
  for await (const chunk of s3Source(client, { bucket: run.bucket, key: splitsKey(run) }).stream()) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** The steps after duplicates are dropped. */
export function finishRows({ time }: Run): (rows: AsyncIterable<RecordBatch>) => AsyncIterable<RecordBatch> {
  const now = () => new Date(time)
  const fill = fillNulls({ amount: 0, status: 'unknown', created_at: now })
  const stamp = addBatchMetadata({ now })
  return (rows) => stamp(fill(rows))
}

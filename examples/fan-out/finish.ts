import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { MillraceError } from 'millrace'
import { mergeParquet } from 'millrace/dataset'
import { verifySplits } from 'millrace/fanout'
import { idempotent } from 'millrace/idempotency'
import { dynamodbStore } from 'millrace/idempotency/dynamodb'
import { s3Sink } from 'millrace/s3'
import { dynamodbWriter } from 'millrace/send/dynamodb'
import { arrived, barriers, type PartWrite, type Run, readSplits, TABLE, tableStore } from './run.ts'

export interface FinishTask {
  readonly run: Run
  /** Distinct outcomes of the workers and reducers of a state machine. */
  readonly outcomes?: readonly string[]
}

/**
 * The only function that publishes, after it has verified that the splits are the file and that no row is missing. Its result, or its error, is
 * the row `result#RUN` of the table. A run is published once; a failed one can be finished again.
 */
export function createFinish({
  client = new S3Client({}),
  dynamodb = new DynamoDBClient({}),
  tableName = TABLE,
  store = tableStore(),
} = {}) {
  const write = dynamodbWriter(dynamodb, { tableName, keys: ['id'] })

  async function finish({ run, outcomes = [] }: FinishTask) {
    const row = { id: `result#${run.id}`, time: run.time, output: run.output }
    try {
      const { parts, ...counts } = await verify(run)
      await publish(run, parts)
      await write([{ put: { ...row, status: 'published', ...counts, parts: parts.length } }])
      return { output: run.output, ...counts, parts: parts.length }
    } catch (error) {
      const { name, message } = error as Error
      // The row is for the person on call; a failure to write it must not hide the error.
      await write([{ put: { ...row, status: 'failed', code: name, message, outcomes } }]).catch(() => {})
      throw error
    }
  }

  /** The final parts, if every split was read as planned and no row was lost. */
  async function verify(run: Run) {
    const { splits, buckets } = barriers(store, run)
    const read = await arrived(splits)
    const reports = read.flatMap(({ report }) => report ?? [])
    const plan = { ...run.plan, splits: await readSplits(client, run) }
    const { rows: rowsIn, refused, bytes } = verifySplits(plan, reports)
    checkCount('rows that workers wrote', sum(read, 'rows'), rowsIn)
    const reduced = run.buckets > 0 ? await arrived(buckets) : undefined
    if (reduced) {
      checkCount('buckets that were reduced', reduced.length, run.buckets)
      checkCount('rows that reducers read', sum(reduced, 'rowsIn'), rowsIn)
    }
    const writes = reduced ?? read
    return { rowsIn, refused, bytes, rows: sum(writes, 'rows'), parts: writes.flatMap(({ files }) => files) }
  }

  async function publish({ bucket, output }: Run, parts: PartWrite['files']) {
    if (parts.length === 0) return
    if (output.endsWith('.parquet')) {
      const sources = parts.map(({ key }) => ({ bucket, key }))
      await mergeParquet(client, sources, { bucket, key: output })
    } else {
      // The format of Amazon Redshift's COPY.
      const entries = parts.map(({ key, bytes }) => {
        return { url: `s3://${bucket}/${key}`, mandatory: true, meta: { content_length: bytes } }
      })
      await s3Sink(client, { bucket, key: output })([Buffer.from(JSON.stringify({ entries }))])
    }
  }

  return idempotent(finish, {
    store: dynamodbStore({ client: dynamodb, tableName }),
    key: ({ run }) => run.id,
    namespace: 'finish',
  })
}

const sum = (writes: readonly PartWrite[], field: 'rows' | 'rowsIn') =>
  writes.reduce((total, { [field]: rows }) => total + rows, 0)

function checkCount(what: string, found: number, expected: number): void {
  if (found === expected) return
  throw new MillraceError('SPLIT_MISMATCH', `${what}: ${found}, of ${expected} expected; start the run again`)
}

export const handler = createFinish()

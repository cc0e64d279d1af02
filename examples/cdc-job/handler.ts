import { S3Client } from '@aws-sdk/client-s3'
import { type ChangeEvent, changePayload, padSequence } from 'millrace/cdc'
import { tableFromChanges } from 'millrace/cdc/table'
import { encodeParquet, parquet, type SchemaOption } from 'millrace/codecs'
import { readRecords } from 'millrace/events'
import { s3Sink } from 'millrace/s3'
import { collectMetrics } from 'millrace/telemetry'

/** One type per attribute, the same in every file; lists, maps and sets as JSON text, which a MERGE need not parse. */
export const ORDERS: SchemaOption = {
  customer: 'string',
  order: 'int64',
  status: 'string',
  amount: 'decimal(38,10)',
  views: 'int64',
  seal: 'binary',
  tags: 'string',
  address: 'string',
}

/** Write each batch of changes of a table to a change log of Parquet files under `changes/`. */
export function createHandler({
  client = new S3Client({}),
  bucket = process.env['BUCKET'] ?? 'lake',
  schema = ORDERS,
} = {}) {
  return async (event: unknown) => {
    const records = readRecords(event, changePayload())
    const changes: ChangeEvent[] = []
    // Lambda retries from the first failure on, so later records are left to that retry.
    const failed = records.find(({ payload }) => !payload.ok || changes.push(payload.value) === 0)
    const [first] = changes
    if (first !== undefined) {
      // A redelivered batch overwrites its own file.
      const name = first.sequence === undefined ? first.id : padSequence(first.sequence)
      const key = `changes/${first.table}/${name}.parquet`
      const bytes = await encodeParquet(tableFromChanges(changes, { schema }))
      const sink = s3Sink(client, { bucket, key, contentType: parquet().contentType })
      await sink(
        (async function* () {
          yield bytes
        })(),
      )
    }
    return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed.id }] }
  }
}

// One line of metrics per invocation, under the function's name. `template.yaml` has alarms on them.
const metrics = {
  namespace: 'Millrace',
  dimensions: { FunctionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'cdc-job' },
}
const run = createHandler()

export const handler = (event: unknown) => collectMetrics(() => run(event), metrics)

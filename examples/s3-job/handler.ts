import { pipeline } from 'node:stream/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { isMillraceError } from 'millrace'
import { type CodecOptions, codecFor, parquet } from 'millrace/codecs'
import { s3Objects } from 'millrace/events'
import { outputKey, s3Sink, s3Source } from 'millrace/s3'
import { collectMetrics } from 'millrace/telemetry'
import { addBatchMetadata, cleanColumnNames, dropDuplicates, fillNulls, rowCounter } from 'millrace/transform'

interface Place {
  readonly bucket: string
  readonly key: string
}

/** Convert each CSV, JSON or Parquet file under `landing/` to clean Parquet under `processed/`. */
export function createHandler({ client = new S3Client({}), codec = {} as CodecOptions } = {}) {
  return async (event: unknown) => {
    const results = []
    for (const { bucket, key } of s3Objects(event)) {
      try {
        results.push(await processObject(client, { bucket, key }, codec))
      } catch (error) {
        logFailure({ bucket, key }, error)
        throw error
      }
    }
    return results
  }
}

async function processObject(client: S3Client, { bucket, key }: Place, codec: CodecOptions) {
  const output = outputKey(key, { from: 'landing', to: 'processed' })
  const now = new Date()
  const [rowsIn, rowsOut] = [rowCounter(), rowCounter()]
  // US-ASCII: encodeURI keeps ordinary keys. A multipart upload (over 100 MiB) begins before all rows are counted.
  const metadata = ({ complete }: { complete: boolean }) => ({
    source: encodeURI(key),
    processed_at: now.toISOString(),
    ...(complete && { row_count: `${rowsOut.rows}` }),
  })
  const { bytes } = await pipeline(
    codecFor(key, codec).read(s3Source(client, { bucket, key })),
    rowsIn,
    cleanColumnNames(),
    dropDuplicates(),
    fillNulls({ amount: 0, status: 'unknown', created_at: () => now }),
    addBatchMetadata({ now: () => now }),
    rowsOut,
    parquet().write(),
    s3Sink(client, { bucket, key: output, contentType: parquet().contentType, metadata }),
  )
  return { source: key, output, rowsIn: rowsIn.rows, rowsOut: rowsOut.rows, bytes }
}

/** Write one line of JSON for the person on call; the error itself names no object. */
function logFailure({ bucket, key }: Place, error: unknown): void {
  if (!isMillraceError(error)) return
  const { code, position, message } = error
  console.error(JSON.stringify({ level: 'ERROR', bucket, key, code, position, message }))
}

// One line of metrics per invocation, under the function's name. `template.yaml` has alarms on them.
const metrics = {
  namespace: 'Millrace',
  dimensions: { FunctionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 's3-job' },
}
const run = createHandler()

export const handler = (event: unknown) => collectMetrics(() => run(event), metrics)

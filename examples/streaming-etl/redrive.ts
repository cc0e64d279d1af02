import { Kinesis } from '@aws-sdk/client-kinesis'
import { S3Client } from '@aws-sdk/client-s3'
import { jsonPayload, readFailedBatch, StreamFailureEventSchema } from 'millrace/events'
import { processBatch, type RemainingTime } from 'millrace/flow'
import { s3Sink } from 'millrace/s3'
import { collectMetrics } from 'millrace/telemetry'
import { METRICS } from './events.ts'
import { createIngest } from './ingest.ts'

/**
 * Read batches that `ingest` failed on, from the queue of its on-failure destination, again from the stream, and ingest them. Records that are not events
 * are written unchanged to `rejected/`, under their sequence number; the others are written as by `ingest`.
 */
export function createRedrive({
  client = new S3Client({}),
  kinesis = new Kinesis({}),
  bucket = process.env['LAKE_BUCKET'] ?? 'lake',
} = {}) {
  const ingest = createIngest({
    client,
    bucket,
    quarantine: ({ id, raw }) => {
      const { data } = (raw as { kinesis: { data: string } }).kinesis
      return s3Sink(client, { bucket, key: `rejected/${id}` })([Buffer.from(data, 'base64')])
    },
  })
  return (event: unknown, context?: RemainingTime) =>
    processBatch(
      event,
      async (failure, _, { signal }) => {
        const response = await ingest(await readFailedBatch(failure, kinesis, { signal }), context)
        if (response.batchItemFailures.length > 0) throw new Error('the batch was not ingested')
      },
      { payload: jsonPayload(StreamFailureEventSchema), context },
    )
}

const run = createRedrive()

export const handler = (event: unknown, context: RemainingTime) => collectMetrics(() => run(event, context), METRICS)

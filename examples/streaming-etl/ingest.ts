import { pipeline } from 'node:stream/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { isMillraceError } from 'millrace'
import { parquet, tableFromRows } from 'millrace/codecs'
import { byHour, datasetSink } from 'millrace/dataset'
import { type EventRecord, jsonPayload } from 'millrace/events'
import { type ProcessBatchesOptions, processBatches, type RemainingTime } from 'millrace/flow'
import { batchKey } from 'millrace/idempotency'
import { collectMetrics } from 'millrace/telemetry'
import type * as z from 'zod/mini'
import { Event, METRICS, RAW_SCHEMA } from './events.ts'

type RawEvent = z.infer<typeof Event>

/**
 * Write each batch of a Kinesis stream as files under `raw/hour=2026-01-05-13/`, by the hour in which each record arrived in Kinesis. A redelivered batch
 * overwrites its keys; with other batch boundaries records are written twice, under other keys of the same hour, and `compact` drops the duplicates.
 */
export function createIngest({
  client = new S3Client({}),
  bucket = process.env['LAKE_BUCKET'] ?? 'lake',
  quarantine = undefined as ProcessBatchesOptions<RawEvent>['quarantine'],
} = {}) {
  return (event: unknown, context?: RemainingTime) =>
    processBatches(
      event,
      async (records, { signal }) => {
        const name = batchKey(records).replaceAll(/[^\w.~=-]/g, '~')
        const table = tableFromRows(records.map(toRow), { schema: RAW_SCHEMA })
        const target = { bucket, prefix: 'raw', name, partitionBy: [byHour('received_at')], format: parquet() }
        await pipeline(table.batches, datasetSink(client, target), { signal })
      },
      {
        payload: jsonPayload(Event),
        context,
        ...(quarantine && { quarantine }),
        onFailure: ({ id }, error) => console.error({ id, code: isMillraceError(error) ? error.code : String(error) }),
      },
    )
}

function toRow({ id, time, payload, raw }: EventRecord<RawEvent>) {
  if (!payload.ok) throw payload.error
  const { event_id, event_type = null, user_id = null, amount = null } = payload.value
  // The original text: JSON written again from the values would lose digits that JavaScript's numbers cannot represent.
  const { data } = (raw as { kinesis: { data: string } }).kinesis
  const text = Buffer.from(data, 'base64').toString()
  return { event_id, event_type, user_id, amount, received_at: time ?? null, sequence_number: id, payload: text }
}

const run = createIngest()

export const handler = (event: unknown, context: RemainingTime) => collectMetrics(() => run(event, context), METRICS)

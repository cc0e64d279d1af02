import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { isMillraceError } from 'millrace'
import { jsonPayload } from 'millrace/events'
import { processBatch, type RemainingTime } from 'millrace/flow'
import { dynamodbStore } from 'millrace/idempotency/dynamodb'
import { dynamodbWriter } from 'millrace/send/dynamodb'
import { collectMetrics } from 'millrace/telemetry'
import { validationScore } from 'millrace/transform'
import * as z from 'zod/mini'

/** The id is required; other missing fields lower the score. Fields that are not listed here are kept. */
const Event = z.looseObject({
  event_id: z.string().check(z.minLength(1)),
  event_type: z.optional(z.nullable(z.string())),
  user_id: z.optional(z.nullable(z.string())),
  amount: z.optional(z.nullable(z.number())),
})

const TTL_SECONDS = 7 * 24 * 60 * 60

/** Decode, validate and score the records of a Kinesis stream, and store each once, to expire after a week. */
export function createHandler({
  client = new DynamoDBClient({}),
  tableName = process.env['TABLE_NAME'] ?? 'events',
  idempotencyTableName = process.env['IDEMPOTENCY_TABLE_NAME'] ?? 'idempotency',
} = {}) {
  const write = dynamodbWriter(client, { tableName, keys: ['event_id'] })

  async function store(event: z.infer<typeof Event>, signal: AbortSignal): Promise<void> {
    const now = new Date()
    const item = {
      ...event,
      validation_score: validationScore(event),
      processed_at: now.toISOString(),
      ttl: Math.floor(now.getTime() / 1000) + TTL_SECONDS,
    }
    await write([{ put: item }], { signal })
  }

  // Kinesis and Lambda deliver at least once: an event that was stored in the last week is skipped.
  const idempotency = {
    store: dynamodbStore({ client, tableName: idempotencyTableName }),
    namespace: 'kinesis-job',
    key: (event: z.infer<typeof Event>) => event.event_id,
    ttlSeconds: TTL_SECONDS,
  }

  return (event: unknown, context?: RemainingTime) =>
    processBatch(event, (value, _, { signal }) => store(value, signal), {
      payload: jsonPayload(Event),
      order: 'key',
      idempotency,
      context,
      onFailure: ({ id }, error) => console.error({ id, code: isMillraceError(error) ? error.code : String(error) }),
    })
}

// One line of metrics per invocation, under the function's name. `template.yaml` has alarms on them.
const metrics = {
  namespace: 'Millrace',
  dimensions: { FunctionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'kinesis-job' },
}
const run = createHandler()

export const handler = (event: unknown, context: RemainingTime) => collectMetrics(() => run(event, context), metrics)

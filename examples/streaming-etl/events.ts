import type { SchemaOption } from 'millrace/codecs'
import * as z from 'zod/mini'

/** Required fields of a record; other fields are kept in `payload`. */
export const Event = z.looseObject({
  event_id: z.string().check(z.minLength(1)),
  event_type: z.optional(z.nullable(z.string())),
  user_id: z.optional(z.nullable(z.string())),
  amount: z.optional(z.nullable(z.number())),
})

/** One line of metrics per invocation, under the function's name. `template.yaml` has alarms on them. */
export const METRICS = {
  namespace: 'Millrace',
  dimensions: { FunctionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'streaming-etl' },
}

/** The columns of `raw/`: the same in every file, for records with any fields. */
export const RAW_SCHEMA = {
  event_id: 'string',
  event_type: 'string',
  user_id: 'string',
  amount: 'float64',
  received_at: 'timestamp',
  sequence_number: 'string',
  payload: 'json',
} as const satisfies SchemaOption

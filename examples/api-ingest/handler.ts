import { SQSClient } from '@aws-sdk/client-sqs'
import { jsonPayload, readRecords } from 'millrace/events'
import { deadline, type RemainingTime } from 'millrace/flow'
import { sqsSender } from 'millrace/send/sqs'
import { collectMetrics } from 'millrace/telemetry'
import * as z from 'zod/mini'

const name = z.string().check(z.minLength(1), z.maxLength(64))
const Order = z.object({ id: name, sku: name, quantity: z.int().check(z.positive()) })
const Orders = z.array(Order).check(z.minLength(1), z.maxLength(1000))

/** Send all orders in the body of a request (REST API, HTTP API or function URL) to a queue, or respond 400 with the place of the fault. */
export function createHandler({ client = new SQSClient({}), queueUrl = process.env['QUEUE_URL'] ?? 'unset' } = {}) {
  const send = sqsSender(client, { queueUrl })

  return async (event: unknown, context: RemainingTime) => {
    const [record] = readRecords(event, jsonPayload())
    if (record?.payload.ok !== true) return answer(400, { errors: [{ path: '', rule: record?.payload.error.code }] })
    const orders = Orders.safeParse(record.payload.value)
    if (!orders.success) {
      const errors = orders.error.issues.map(({ path, code }) => ({ path: path.join('.'), rule: code }))
      return answer(400, { errors })
    }
    try {
      const messages = orders.data.map((order) => ({ MessageBody: JSON.stringify(order) }))
      await send(messages, { signal: deadline(context) })
      return answer(202, { accepted: orders.data.length })
    } catch (error) {
      console.error(error)
      return answer(503, { message: 'not all orders were taken: send them again' })
    }
  }
}

function answer(statusCode: number, body: unknown) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

// One line of metrics per invocation, under the function's name. `template.yaml` has alarms on them.
const metrics = {
  namespace: 'Millrace',
  dimensions: { FunctionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'api-ingest' },
}
const run = createHandler()

export const handler = (event: unknown, context: RemainingTime) => collectMetrics(() => run(event, context), metrics)

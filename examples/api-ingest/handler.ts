import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { jsonPayload, readRecords } from 'millrace/events'
import { deadline, type RemainingTime, retry } from 'millrace/flow'
import * as z from 'zod/mini'

const name = z.string().check(z.minLength(1), z.maxLength(64))
const Order = z.object({ id: name, sku: name, quantity: z.int().check(z.positive()) })
const Orders = z.array(Order).check(z.minLength(1), z.maxLength(1000))

/** The most that SQS takes in one request. */
const BATCH = 10

/** Orders in the body of a request, of a REST API, an HTTP API or a function URL: all of them to a queue, or a 400 that says where the fault is. */
export function createHandler({ client = new SQSClient({}), queueUrl = process.env['QUEUE_URL'] ?? '' } = {}) {
  async function send(orders: z.infer<typeof Orders>, signal: AbortSignal): Promise<void> {
    let entries = orders.map((order, n) => ({ Id: `${n}`, MessageBody: JSON.stringify(order) }))
    const sendRest = async () => {
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries })
      const { Failed = [] } = await client.send(command, { abortSignal: signal })
      entries = entries.filter(({ Id }) => Failed.some((failed) => failed.Id === Id))
      const isRetryable = !Failed.some(({ SenderFault }) => SenderFault)
      if (Failed.length > 0) throw Object.assign(new Error('SQS refused messages'), isRetryable && { $retryable: {} })
    }
    await retry(sendRest, { signal })
  }

  return async (event: unknown, context: RemainingTime) => {
    const [record] = readRecords(event, jsonPayload())
    if (record?.payload.ok !== true) return answer(400, { errors: [{ path: '', rule: record?.payload.error.code }] })
    const orders = Orders.safeParse(record.payload.value)
    if (!orders.success) {
      const errors = orders.error.issues.map(({ path, code }) => ({ path: path.join('.'), rule: code }))
      return answer(400, { errors })
    }
    try {
      const signal = deadline(context)
      const batches = Array.from({ length: Math.ceil(orders.data.length / BATCH) }, (_, n) => n * BATCH)
      await Promise.all(batches.map((start) => send(orders.data.slice(start, start + BATCH), signal)))
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

export const handler = createHandler()

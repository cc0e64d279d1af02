import type { SendMessageBatchCommandInput, SendMessageBatchCommandOutput, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createHandler } from '../../examples/api-ingest/handler.ts'
import { type SqsServer, startSqs } from '../support/sqs-server.ts'

let server: SqsServer
let queueUrl: string
let queues = 0
beforeAll(async () => {
  server = await startSqs()
})
afterAll(() => server.close())
beforeEach(async () => {
  queueUrl = await server.queue(`orders-${++queues}`)
})

const context = { getRemainingTimeInMillis: () => 20_000 }
const orders = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `o-${n}`, sku: 'cup', quantity: n + 1 }))
const restEvent = (body: string | null) => ({
  httpMethod: 'POST',
  resource: '/orders',
  path: '/orders',
  requestContext: { requestId: 'r' },
  body,
})
const httpEvent = (body: string) => ({
  version: '2.0',
  requestContext: { requestId: 'r', http: { method: 'POST', path: '/orders' } },
  body: Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
})

async function post(event: unknown, client = server.client()) {
  const { statusCode, body } = await createHandler({ client, queueUrl })(event, context)
  return [statusCode, JSON.parse(body)]
}
const stored = async () => (await server.drain(queueUrl)).map((body) => JSON.parse(body).id).sort()

/** A client whose requests lose messages on the way, as SQS tells of it: those of which `isLost` says so. */
function lossyClient(isLost: (order: { id: string }, request: number) => boolean, SenderFault = false): SQSClient {
  const client = server.client()
  let requests = 0
  client.middlewareStack.add(
    (next) => async (args) => {
      const input = args.input as SendMessageBatchCommandInput
      const request = ++requests
      const lost = input.Entries?.filter(({ MessageBody = '' }) => isLost(JSON.parse(MessageBody), request)) ?? []
      const Entries = input.Entries?.filter((entry) => !lost.includes(entry)) ?? []
      const Failed = lost.map(({ Id }) => ({ Id, SenderFault, Code: 'InternalError' }))
      if (Entries.length === 0) return { response: {}, output: { Failed, Successful: [], $metadata: {} } }
      const result = await next({ ...args, input: { ...input, Entries } })
      return { ...result, output: { ...(result.output as SendMessageBatchCommandOutput), Failed } }
    },
    { step: 'initialize', priority: 'low' },
  )
  return client
}

describe('api-ingest', () => {
  test('orders of a REST and of an HTTP request end in the queue, in tens', async () => {
    expect(await post(restEvent(JSON.stringify(orders(23))))).toEqual([202, { accepted: 23 }])
    expect(await stored()).toHaveLength(23)
    expect(await post(httpEvent(JSON.stringify(orders(1))))).toEqual([202, { accepted: 1 }])
    expect(await server.drain(queueUrl)).toEqual(['{"id":"o-0","sku":"cup","quantity":1}'])
  })

  test('a fault anywhere is a 400 with its path, and nothing is sent', async () => {
    const list = [...orders(11), { id: '', sku: 'cup', quantity: 0.5 }]
    expect(await post(restEvent(JSON.stringify(list)))).toEqual([
      400,
      {
        errors: [
          { path: '11.id', rule: 'too_small' },
          { path: '11.quantity', rule: 'invalid_type' },
        ],
      },
    ])
    expect(await post(restEvent('{'))).toEqual([400, { errors: [{ path: '', rule: 'PAYLOAD_INVALID' }] }])
    expect(await post(restEvent(null))).toEqual([400, { errors: [{ path: '', rule: 'PAYLOAD_INVALID' }] }])
    expect(await post(restEvent('[]'))).toEqual([400, { errors: [{ path: '', rule: 'too_small' }] }])
    expect(await stored()).toEqual([])
  })

  test('what SQS refuses of a batch is sent again, and only that', async () => {
    const client = lossyClient(({ id }, request) => request <= 2 && ['o-1', 'o-12'].includes(id))
    expect(await post(restEvent(JSON.stringify(orders(15))), client)).toEqual([202, { accepted: 15 }])
    expect(await stored()).toEqual(
      orders(15)
        .map(({ id }) => id)
        .sort(),
    )
  })

  test('what SQS will never take is a 503, without trying again', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    let tries = 0
    const client = lossyClient(({ id }) => id === 'o-2' && ++tries > 0, true)
    expect(await post(restEvent(JSON.stringify(orders(3))), client)).toMatchObject([503, {}])
    expect(tries).toBe(1)
    expect(log).toHaveBeenCalledTimes(1)
    log.mockRestore()
  })
})

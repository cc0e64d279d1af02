import { describe, expect, test } from 'vitest'
import * as events from '../../src/events/index.ts'
import { jsonPayload, readRecords, textPayload } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const first = (event: unknown, payload = textPayload()) => readRecords<unknown>(event, payload)[0]
const fails = async () => {
  throw new Error('fails')
}

describe.each([
  {
    source: 'activemq',
    schema: events.ActiveMqEventSchema,
    event: {
      eventSource: 'aws:mq',
      messages: [{ messageID: 'ID:1', messageType: 'jms/text-message', timestamp: 1000, data: base64('{"a":1}') }],
    },
    expected: { id: 'ID:1', time: new Date(1000), payload: { ok: true, value: { a: 1 } } },
    broken: { eventSource: 'aws:mq', messages: [{ messageID: '', data: '' }] },
    path: ['messages', 0, 'messageID'],
  },
  {
    source: 'rabbitmq',
    schema: events.RabbitMqEventSchema,
    event: {
      eventSource: 'aws:rmq',
      rmqMessagesByQueue: {
        'orders::/': [
          {
            basicProperties: {
              messageId: 'm-1',
              timestamp: 'Jan 1, 1970, 12:33:41 AM',
              headers: { a: { bytes: [1] } },
            },
            data: base64('{"a":1}'),
          },
        ],
      },
    },
    expected: { id: 'm-1', time: new Date('1970-01-01T00:33:41Z'), payload: { ok: true, value: { a: 1 } } },
    broken: { eventSource: 'aws:rmq', rmqMessagesByQueue: { 'q::/': [{ data: 7 }] } },
    path: ['rmqMessagesByQueue', 'q::/', 0, 'data'],
  },
  {
    source: 'documentdb',
    schema: events.DocumentDbEventSchema,
    event: {
      eventSource: 'aws:docdb',
      events: [
        { event: { _id: { _data: '01' }, clusterTime: { $timestamp: { t: 7, i: 1 } }, operationType: 'insert' } },
      ],
    },
    expected: { id: '01', time: new Date(7000), payload: { ok: true, value: { operationType: 'insert' } } },
    broken: { eventSource: 'aws:docdb', events: [{ event: 'text' }] },
    path: ['events', 0, 'event'],
  },
  {
    source: 'api-gateway-websocket',
    schema: events.WebSocketEventSchema,
    event: {
      requestContext: { eventType: 'MESSAGE', connectionId: 'c', requestId: 'r', requestTimeEpoch: 1000 },
      body: base64('{"a":1}'),
      isBase64Encoded: true,
    },
    expected: { id: 'r', orderingKey: 'c', time: new Date(1000), payload: { ok: true, value: { a: 1 } } },
    broken: { requestContext: { eventType: 'MESSAGE', connectionId: 'c' }, body: 7 },
    path: ['body'],
  },
  {
    source: 'vpc-lattice',
    schema: events.VpcLatticeEventSchema,
    event: {
      version: '2.0',
      path: '/',
      method: 'POST',
      headers: { 'x-amzn-trace-id': ['Root=1'] },
      body: '{"a":1}',
      requestContext: { serviceArn: 'arn', timeEpoch: '1696331543569073' },
    },
    expected: { id: 'Root=1', time: new Date(1_696_331_543_569), payload: { ok: true, value: { a: 1 } } },
    broken: { raw_path: '/', method: 'POST', body: {} },
    path: ['body'],
  },
  {
    source: 'ses',
    schema: events.SesEventSchema,
    event: {
      Records: [
        {
          eventSource: 'aws:ses',
          ses: { mail: { messageId: 'm', timestamp: '1970-01-01T00:00:01.000Z' }, receipt: {} },
        },
      ],
    },
    expected: { id: 'm', time: new Date(1000), payload: { ok: true, value: { ses: { mail: { messageId: 'm' } } } } },
    broken: { Records: [{ eventSource: 'aws:ses', ses: {} }] },
    path: ['Records', 0, 'ses', 'mail'],
  },
])('$source', ({ source, schema, event, expected, broken, path }) => {
  test('is read, and is of its schema', () => {
    expect(first(event, jsonPayload() as never)).toMatchObject({ source, ...expected })
    expect(schema.safeParse(event).success).toBe(true)
    expect(schema.safeParse(broken).success).toBe(false)
  })

  test('a broken record is a failed result with its path', () => {
    expect(first(broken)?.payload).toMatchObject({ ok: false, error: { code: 'EVENT_INVALID', path } })
  })

  test('a failure rejects with BATCH_FAILED', async () => {
    await expect(processBatch(event, fails, { payload: textPayload() })).rejects.toMatchObject({ code: 'BATCH_FAILED' })
  })
})

test('VPC Lattice, structure 1, names its encoding otherwise', () => {
  const event = { raw_path: '/', method: 'POST', body: base64('é'), is_base64_encoded: true }
  expect(first(event)?.payload).toEqual({ ok: true, value: 'é' })
})

test('messages of RabbitMQ without an id, or with a time that is none', () => {
  const [message] = readRecords(
    {
      eventSource: 'aws:rmq',
      rmqMessagesByQueue: { q: [{ basicProperties: { messageId: null, timestamp: 'soon' }, data: base64('x') }] },
    },
    textPayload(),
  )
  expect(message).toMatchObject({ id: '', payload: { ok: true, value: 'x' } })
  expect(message).not.toHaveProperty('time')
})

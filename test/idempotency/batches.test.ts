import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { encodeNdjson, tableFromRows } from '../../src/codecs/index.ts'
import { isMillraceError } from '../../src/errors.ts'
import { bytesPayload, jsonPayload, readRecords } from '../../src/events/index.ts'
import { processBatch } from '../../src/flow/index.ts'
import {
  createTableInput,
  type DynamoDBSender,
  dynamodbCheckpointStore,
  dynamodbStore,
} from '../../src/idempotency/dynamodb-store.ts'
import {
  batchKey,
  type CheckpointStore,
  canonicalHash,
  type IdempotencyStore,
  idempotent,
  memoryCheckpointStore,
  memoryStore,
} from '../../src/idempotency/index.ts'
import { memoryTable } from '../../src/idempotency/memory-store.ts'
import { recordStore } from '../../src/idempotency/record-store.ts'
import { s3Sink } from '../../src/s3/index.ts'
import { type DynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { BUCKET, startS3Server } from '../support/s3-server.ts'

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64')

const SHARD = 'shardId-000000000006'

function kinesisEvent(values: readonly unknown[], first = 100, shard = SHARD) {
  return {
    Records: values.map((value, index) => ({
      eventSource: 'aws:kinesis',
      eventID: `${shard}:${first + index}`,
      eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders',
      kinesis: { sequenceNumber: `${first + index}`, partitionKey: 'p', data: base64(value) },
    })),
  }
}

function sqsEvent(values: readonly unknown[]) {
  return {
    Records: values.map((value, index) => ({
      eventSource: 'aws:sqs',
      messageId: `m-${index}`,
      body: JSON.stringify(value),
    })),
  }
}

const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })

const Order = z.object({ id: z.optional(z.string()), cents: z.optional(z.number()) })
type Order = z.infer<typeof Order>

describe('processBatch with idempotency', () => {
  const payload = jsonPayload(Order)

  test('duplicates in a batch and over batches run once', async () => {
    const store = memoryStore()
    const runs: unknown[] = []
    const deliver = (values: readonly Order[]) =>
      processBatch(sqsEvent(values), async (order) => void runs.push(order.id), {
        payload,
        idempotency: { store, key: (order) => order.id },
      })
    expect(await deliver([{ id: 'a' }, { id: 'b' }, { id: 'a' }, { id: 'a' }])).toEqual(failures())
    expect(await deliver([{ id: 'b' }, { id: 'c' }])).toEqual(failures())
    expect(runs).toEqual(['a', 'b', 'c'])
  })

  test('duplicates of what fails fail with it, and run again with the next delivery', async () => {
    const store = memoryStore()
    let runs = 0
    const deliver = () =>
      processBatch(
        sqsEvent([{ id: 'a' }, { id: 'a' }, { id: 'b' }]),
        async ({ id }) => {
          if (id === 'a' && ++runs === 1) throw new Error('boom')
        },
        { payload, idempotency: { store, key: ({ id }) => id } },
      )
    expect(await deliver()).toEqual(failures('m-0', 'm-1'))
    expect(await deliver()).toEqual(failures())
    expect(runs).toBe(2)
  })

  test('a key in progress elsewhere, a missing key, another payload: that record fails, no other', async () => {
    const store = memoryStore()
    const options = { store, key: ({ id }: Order) => id, fingerprint: ({ cents }: Order) => cents }
    let proceed: () => void = () => {}
    const first = processBatch(
      sqsEvent([{ id: 'held', cents: 1 }]),
      () => new Promise<void>((resolve) => (proceed = resolve)),
      {
        payload,
        idempotency: options,
      },
    )
    const codes: unknown[] = []
    const values = [{ id: 'held', cents: 1 }, { id: 'x', cents: 1 }, { id: 'x', cents: 2 }, {}, { id: 'y', cents: 1 }]
    const response = await processBatch(sqsEvent(values), async () => {}, {
      payload,
      idempotency: options,
      onFailure: (_, error) => codes.push((error as { code: string }).code),
    })
    expect(response).toEqual(failures('m-0', 'm-2', 'm-3'))
    expect(codes.sort()).toEqual(['IDEMPOTENCY_IN_PROGRESS', 'IDEMPOTENCY_KEY_MISSING', 'IDEMPOTENCY_PAYLOAD_MISMATCH'])
    proceed()
    expect(await first).toEqual(failures())
  })

  test('claims are bounded by the concurrency; the lease comes from the context of the batch', async () => {
    const store = memoryStore()
    let claims = 0
    let most = 0
    const leases: number[] = []
    const watched = {
      ...store,
      claim: async (request: Parameters<typeof store.claim>[0]) => {
        leases.push(request.leaseExpiresAt - request.now)
        most = Math.max(most, ++claims)
        await new Promise((resolve) => setTimeout(resolve, 2))
        claims--
        return store.claim(request)
      },
    }
    const values = Array.from({ length: 40 }, (_, id) => ({ id: `${id}` }))
    await processBatch(sqsEvent(values), async () => {}, {
      payload,
      concurrency: 4,
      context: { getRemainingTimeInMillis: () => 30_000 },
      idempotency: { store: watched, key: ({ id }) => id },
    })
    expect(most).toBe(4)
    expect(new Set(leases)).toEqual(new Set([32_000]))
  })

  test('the key may be that of the record', async () => {
    const store = memoryStore()
    let runs = 0
    const deliver = () =>
      processBatch(kinesisEvent([1, 1, 1]), async () => runs++, {
        payload: jsonPayload(z.number()),
        idempotency: { store, key: (_, record) => record.id },
      })
    await deliver()
    await deliver()
    expect(runs).toBe(3)
  })
})

describe('results of a batch', () => {
  const payload = jsonPayload(Order)
  const firehoseEvent = (...ids: string[]) => ({
    deliveryStreamArn: 'arn',
    records: ids.map((id) => ({ recordId: `r-${id}`, data: base64({ id: id.slice(0, 1) }) })),
  })
  const s3BatchEvent = {
    invocationSchemaVersion: '2.0',
    invocationId: 'i',
    job: { id: 'j' },
    tasks: [{ taskId: 't', s3Key: 'k', s3Bucket: 'b' }],
  }
  const unkept = [
    ['a Response', () => new Response('x')],
    ['an instance of a class', () => new (class Receipt {})()],
    ['a function', () => () => {}],
    ['a cycle', cycle],
    ['more than the store takes', () => 'x'.repeat(1000)],
  ] as const

  test.each(unkept)(
    'a handler of a queue that resolves with %s is done, now and when delivered again',
    async (_, make) => {
      const store = memoryStore({ maxResultBytes: 500 })
      let runs = 0
      const deliver = () =>
        processBatch(sqsEvent([{ id: 'a' }]), async () => [++runs, make()][1], {
          payload,
          idempotency: { store, key: ({ id }) => id },
        })
      expect(await deliver()).toEqual(failures())
      expect(await deliver()).toEqual(failures())
      expect(runs).toBe(1)
    },
  )

  test('the store gets no result of a queue, and is not asked for one that lies elsewhere', async () => {
    const inner = memoryStore()
    const outcomes: unknown[] = []
    const store: IdempotencyStore = {
      ...inner,
      complete: (lease, outcome, expiresAt) => {
        outcomes.push(outcome)
        return inner.complete(lease, outcome, expiresAt)
      },
    }
    const idempotency = { store, key: ({ id }: Order) => id }
    await processBatch(sqsEvent([{ id: 'a' }]), async () => ({ secret: 1 }), { payload, idempotency })
    expect(outcomes).toEqual([{ kind: 'none', reason: 'not-needed' }])

    const overflow = { writeResult: async () => {}, readResult: () => Promise.reject(new Error('gone')) }
    const far = recordStore(memoryTable({ maxResultBytes: 0 }), overflow)
    await idempotent(async (_: string) => 'large', { store: far, key: (id) => id })('a')
    const response = processBatch(sqsEvent([{ id: 'a' }]), async () => {}, {
      payload,
      idempotency: { store: far, key: ({ id }) => id },
    })
    expect(await response).toEqual(failures())
  })

  test.each(['not-serialisable', 'too-large', 'overflow-failed', 'refused-by-store'] as const)(
    'a record that an older version completed without result (%s) is done',
    async (reason) => {
      const store = memoryStore()
      await idempotent(async (_: string) => 'old', {
        store: { ...store, complete: (lease, _, until) => store.complete(lease, { kind: 'none', reason }, until) },
        key: (id) => id,
      })('a')
      const handler = vi.fn(async () => {})
      const idempotency = { store, key: ({ id }: Order) => id }
      expect(await processBatch(sqsEvent([{ id: 'a' }]), handler, { payload, idempotency })).toEqual(failures())
      expect(handler).not.toHaveBeenCalled()
    },
  )

  test('a result of a queue does not serve a caller that wants one', async () => {
    const store = memoryStore()
    const idempotency = { store, key: ({ id }: Order) => id }
    await processBatch(sqsEvent([{ id: 'a' }]), async () => 'x', { payload, idempotency })
    const call = idempotent(async (id: string) => id, { store, key: (id) => id })
    await expect(call('a')).rejects.toMatchObject({ code: 'IDEMPOTENCY_RESULT_UNAVAILABLE' })
  })

  test('Firehose: a replay gives the same data, also to a record of another id', async () => {
    const store = memoryStore()
    let runs = 0
    const deliver = (...ids: string[]) =>
      processBatch(
        firehoseEvent(...ids),
        async (_, { id }) => ({ recordId: id, result: 'Ok', data: Buffer.from(`new ${++runs}`).toString('base64') }),
        { payload, idempotency: { store, key: ({ id }) => id } },
      )
    const answer = (recordId: string) => ({ recordId, result: 'Ok', data: Buffer.from('new 1').toString('base64') })
    expect(await deliver('a1', 'a2')).toEqual({ records: [answer('r-a1'), answer('r-a2')] })
    expect(await deliver('a3')).toEqual({ records: [answer('r-a3')] })
    expect(runs).toBe(1)
  })

  test.each([
    ['more than the store takes', 'x'.repeat(1000), 'IDEMPOTENCY_RESULT_UNAVAILABLE'],
    ['an instance of a class', new (class Receipt {})(), 'TYPE_MISMATCH'],
    ['null', null, 'TYPE_MISMATCH'],
  ])('Firehose: %s fails at first and whenever it is delivered again, and never runs twice', async (_, value, code) => {
    const store = memoryStore({ maxResultBytes: 500 })
    const handler = vi.fn(async () => value as string)
    const heard: unknown[] = []
    const event = firehoseEvent('a')
    for (let delivery = 0; delivery < 3; delivery++) {
      const response = await processBatch(event, handler, {
        payload,
        idempotency: { store, key: ({ id }) => id },
        onFailure: ({ id }, error) => heard.push([id, (error as { code: string }).code]),
      })
      expect(response).toEqual({
        records: [{ recordId: 'r-a', result: 'ProcessingFailed', data: event.records[0]?.data }],
      })
      expect(heard).toEqual(Array.from({ length: delivery + 1 }, () => ['r-a', code]))
    }
    expect(handler).toHaveBeenCalledTimes(1)
  })

  test.each(unkept)('S3 Batch: %s fails its task at first and when it is tried again', async (_, make) => {
    const store = memoryStore({ maxResultBytes: 500 })
    const handler = vi.fn(async () => make())
    const heard: unknown[] = []
    for (let delivery = 0; delivery < 2; delivery++) {
      const { results } = await processBatch(s3BatchEvent, handler, {
        payload: jsonPayload(),
        idempotency: { store, key: () => 'k' },
        onFailure: (_, error) => heard.push((error as { code: string }).code),
      })
      expect(results).toMatchObject([{ taskId: 't', resultCode: 'TemporaryFailure' }])
    }
    expect(heard).toEqual(['IDEMPOTENCY_RESULT_UNAVAILABLE', 'IDEMPOTENCY_RESULT_UNAVAILABLE'])
    expect(handler).toHaveBeenCalledTimes(1)
  })

  test('S3 Batch: what is kept comes back, nothing is a success too', async () => {
    for (const value of [undefined, 'copied', { resultCode: 'PermanentFailure', resultString: 'gone' }]) {
      const idempotency = { store: memoryStore(), key: () => 'k' }
      const run = () => processBatch(s3BatchEvent, async () => value, { payload: jsonPayload(), idempotency })
      expect(await run()).toEqual(await run())
    }
  })
})

function cycle(): unknown {
  const self: { self?: unknown } = {}
  self.self = self
  return self
}

describe('checkpoints', () => {
  let server: DynamoDBServer
  let client: DynamoDBSender
  let commands: string[] = []
  beforeAll(async () => {
    server = await startDynamoDB()
    const own = server.client()
    await own.send(new CreateTableCommand(createTableInput({ tableName: 'idempotency' })))
    client = {
      send: (command: never) => {
        commands.push((command as object).constructor.name)
        return own.send(command)
      },
    }
  })
  afterAll(() => server.close())

  let namespaces = 0
  const stores: readonly (readonly [string, () => CheckpointStore])[] = [
    ['memory', memoryCheckpointStore],
    ['DynamoDB', () => dynamodbCheckpointStore({ client, tableName: 'idempotency', namespace: `${++namespaces}` })],
  ]
  const payload = jsonPayload(z.number())

  describe.each(stores)('%s', (_, makeStore) => {
    const consumer = (checkpointStore: CheckpointStore) => {
      const runs: number[] = []
      const deliver = (event: unknown, fails: (value: number) => boolean = () => false) =>
        processBatch(
          event,
          async (value) => {
            if (fails(value)) throw new Error('boom')
            runs.push(value)
          },
          { payload, checkpointStore },
        )
      return { runs, deliver }
    }

    test('what was done is skipped, also where batches are cut otherwise', async () => {
      const { runs, deliver } = consumer(makeStore())
      await deliver(kinesisEvent([1, 2, 3]))
      await deliver(kinesisEvent([1, 2, 3]))
      await deliver(kinesisEvent([2, 3, 4, 5], 101))
      await deliver(kinesisEvent([9], 50))
      expect(runs).toEqual([1, 2, 3, 4, 5])
    })

    test('after a failure it goes on there, and nothing is skipped that was not done', async () => {
      const { runs, deliver } = consumer(makeStore())
      expect(await deliver(kinesisEvent([1, 2, 3, 4]), (value) => value === 3)).toEqual(failures('102'))
      expect(await deliver(kinesisEvent([1, 2, 3, 4]))).toEqual(failures())
      expect(runs).toEqual([1, 2, 3, 4])
    })

    test('shards, and partitions of Kafka, have checkpoints of their own', async () => {
      const { runs, deliver } = consumer(makeStore())
      await deliver(kinesisEvent([1, 2], 100))
      await deliver(kinesisEvent([3, 4], 100, 'shardId-000000000007'))
      const kafka = (offset: number) => ({
        eventSource: 'aws:kafka',
        records: Object.fromEntries(
          [0, 1].map((partition) => [
            `orders-${partition}`,
            [0, 1].map((next) => ({
              topic: 'orders',
              partition,
              offset: offset + next,
              value: base64(10 * partition + offset + next),
            })),
          ]),
        ),
      })
      await deliver(kafka(9))
      await deliver(kafka(10))
      expect(runs).toEqual([1, 2, 3, 4, 9, 10, 19, 20, 11, 21])
    })

    test('a checkpoint never goes back, whatever the number of digits', async () => {
      const store = makeStore()
      for (const sequence of ['9', '10', '7', '99999999999999999999999999999999999999999999999999999999', '100'])
        await store.writeCheckpoint('s', sequence)
      expect(await store.readCheckpoint('s')).toBe('9'.repeat(56))
      expect(await store.readCheckpoint('other')).toBeUndefined()
      await store.writeCheckpoint('zero', '0')
      expect(await store.readCheckpoint('zero')).toBe('0')
    })
  })

  test('one read and one conditional write a batch, however many its records', async () => {
    commands = []
    const checkpointStore = dynamodbCheckpointStore({
      client,
      tableName: 'idempotency',
      namespace: `counted-${Math.random()}`,
    })
    const event = kinesisEvent(Array.from({ length: 500 }, (_, value) => value))
    await processBatch(event, async () => {}, { payload, checkpointStore })
    expect(commands).toEqual(['GetItemCommand', 'PutItemCommand'])
    commands = []
    await processBatch(event, async () => {}, { payload, checkpointStore })
    expect(commands).toEqual(['GetItemCommand'])
  })

  test('a checkpoint that cannot be read runs nothing; one that cannot be written costs nothing but a warning', async () => {
    let runs = 0
    const run = (checkpointStore: CheckpointStore) =>
      processBatch(kinesisEvent([1]), async () => runs++, { payload, checkpointStore })
    await expect(run(dynamodbCheckpointStore({ client, tableName: 'nowhere' }))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_STORE_FAILED',
    })
    expect(runs).toBe(0)
    const warned = new Promise((resolve) => process.once('warning', resolve))
    const store = { ...memoryCheckpointStore(), writeCheckpoint: () => Promise.reject(new Error('down')) }
    expect(await run(store)).toEqual(failures())
    expect(await warned).toMatchObject({ code: 'MILLRACE_CHECKPOINT_LEFT' })
  })

  test('sources whose records name no shard are OPTION_INVALID, nothing run', async () => {
    const change = {
      eventSource: 'aws:dynamodb',
      eventName: 'REMOVE',
      eventSourceARN: 'arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026-01-01T00:00:00.000',
      dynamodb: { Keys: { id: { N: '1' } }, SequenceNumber: '7' },
    }
    const run = (event: unknown) =>
      processBatch(event, async () => {}, { payload: jsonPayload(), checkpointStore: memoryCheckpointStore() })
    const refused = expect.objectContaining({ code: 'OPTION_INVALID' })
    await expect(run(sqsEvent([1]))).rejects.toEqual(refused)
    await expect(run({ Records: [change] })).rejects.toEqual(refused)
    expect(await run({ Records: [change], shardId: 'shardId-1', window: {}, state: {} })).toEqual(failures())
  })
})

describe('batchKey', () => {
  test('names stream, shard and range, of events and of records', () => {
    const event = kinesisEvent([1, 2, 3])
    expect(batchKey(event.Records)).toBe(`orders/${SHARD}/100-102`)
    expect(batchKey(readRecords(event, bytesPayload()))).toBe(`orders/${SHARD}/100-102`)
    const change = (sequence: string) => ({
      eventSource: 'aws:dynamodb',
      eventSourceARN: 'arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026-01-01T00:00:00.000',
      dynamodb: { SequenceNumber: sequence },
    })
    expect(batchKey([change('9'), change('10')])).toBe('orders/2026-01-01T00%3A00%3A00.000/9-10')
  })

  const kafkaEvent = (cluster: object, topic = 'a/b') => ({
    eventSource: 'aws:kafka',
    ...cluster,
    records: { [`${topic}-3`]: [{ topic, partition: 3, offset: 7, value: 'e30=' }] },
  })
  const kafkaKey = (cluster: object) => batchKey(readRecords(kafkaEvent(cluster), bytesPayload()))

  test('names the cluster of Kafka, so that clusters with the same topic have different keys', () => {
    const arn = 'arn:aws:kafka:eu-west-1:123456789012:cluster/sales/abcd-1'
    expect(kafkaKey({ eventSourceArn: arn, bootstrapServers: 'b-1:9092' })).toBe(
      'eu-west-1/123456789012/sales/abcd-1/a%2Fb/3/7-7',
    )
    expect(kafkaKey({ eventSourceArn: arn, bootstrapServers: 'b-9:9092' })).toBe(kafkaKey({ eventSourceArn: arn }))
    const others = ['eu-west-2', '123456789013', 'sales2', 'abcd-2'].map((other, at) =>
      kafkaKey({ eventSourceArn: arn.replace(['eu-west-1', '123456789012', 'sales', 'abcd-1'][at] ?? '', other) }),
    )
    expect(new Set([...others, kafkaKey({ eventSourceArn: arn })]).size).toBe(5)
    const servers = kafkaKey({ bootstrapServers: 'b-1:9092,b-2:9092' })
    expect(servers).toMatch(/^servers-[\w-]{43}\/a%2Fb\/3\/7-7$/)
    expect(kafkaKey({ bootstrapServers: 'b-2:9092, b-1:9092' })).toBe(servers)
    expect(kafkaKey({ bootstrapServers: 'b-1:9092' })).not.toBe(servers)
    const pipes = [{ eventSource: 'aws:kafka', eventSourceArn: arn, topic: 'a/b', partition: 3, offset: 7 }]
    expect(batchKey(pipes)).toBe(kafkaKey({ eventSourceArn: arn }))
    expect(batchKey(readRecords(pipes, bytesPayload()))).toBe(batchKey(pipes))
  })

  test('checkpoints of Kafka keep their keys', async () => {
    const shards: string[] = []
    const checkpointStore: CheckpointStore = {
      ...memoryCheckpointStore(),
      writeCheckpoint: async (shard) => void shards.push(shard),
    }
    await processBatch(kafkaEvent({ eventSourceArn: 'arn:aws:kafka:r:a:cluster/c/u' }), async () => {}, {
      payload: jsonPayload(),
      checkpointStore,
    })
    expect(shards).toEqual(['a%2Fb/3'])
  })

  test.each([
    ['Kafka without its event', [{ topic: 'a', partition: 3, offset: 7 }]],
    ['Kafka, whose event names no cluster', readRecords(kafkaEvent({}), bytesPayload())],
    ['no records', []],
    ['a queue', sqsEvent([1]).Records],
    ['two shards', [...kinesisEvent([1]).Records, ...kinesisEvent([1], 100, 'shardId-1').Records]],
    ['another order', [...kinesisEvent([1], 101).Records, ...kinesisEvent([1], 100).Records]],
    ['no shard', [{ kinesis: { sequenceNumber: '1' } }]],
    ['a topic that is no well-formed text', [{ topic: 'a\ud800', partition: 3, offset: 7, cluster: 'c' }]],
    ['a sequence number of letters', [{ eventID: 's:x', kinesis: { sequenceNumber: 'x' } }]],
  ])('%s: EVENT_INVALID', (_, records) => {
    expect(() => batchKey(records)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
  })

  describe('the recipe: a file for each batch, written once', () => {
    const Row = z.object({ id: z.number() })

    async function handle(client: S3Client, event: { Records: object[] }): Promise<void> {
      const records = readRecords(event, jsonPayload(Row))
      const batch = canonicalHash(records.map(({ raw }) => raw))
      const writeOnce = async (folder: string, rows: readonly Record<string, unknown>[]) => {
        if (rows.length === 0) return
        const key = `${folder}/${batchKey(records)}.ndjson`
        const chunks = (async function* () {
          yield encodeNdjson(tableFromRows(rows))
        })()
        try {
          await s3Sink(client, { bucket: BUCKET, key, ifNoneMatch: '*', metadata: { batch } })(chunks)
        } catch (error) {
          if (!isMillraceError(error, 'WRITE_CONFLICT')) throw error
          const { Metadata } = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }))
          if (Metadata?.['batch'] !== batch) throw error
        }
      }
      await writeOnce(
        'events',
        records.flatMap(({ payload }) => (payload.ok ? [payload.value] : [])),
      )
      await writeOnce(
        'refused',
        records.flatMap(({ id, raw, payload }) =>
          payload.ok ? [] : [{ id, code: payload.error.code, raw: JSON.stringify(raw) }],
        ),
      )
    }

    test('whoever writes it again is done, and what cannot be decoded is written too', async () => {
      const server = await startS3Server()
      const client = server.client()
      const event = kinesisEvent([{ id: 1 }, { id: 'x' }, { id: 2 }])
      await Promise.all(Array.from({ length: 20 }, () => handle(client, event)))
      const range = `orders/${SHARD}/100-102.ndjson`
      expect(server.keys()).toEqual([`events/${range}`, `refused/${range}`])
      const text = async (key: string) => Buffer.from(await server.get(key)).toString()
      expect(await text(`events/${range}`)).toBe('{"id":1}\n{"id":2}\n')
      expect(JSON.parse(await text(`refused/${range}`))).toMatchObject({ id: '101', code: 'PAYLOAD_INVALID' })
      await server.close()
    })

    test('a file of other records under the same key, as of a stream that was created again, is no success', async () => {
      const server = await startS3Server()
      const client = server.client()
      await handle(client, kinesisEvent([{ id: 1 }]))
      await expect(handle(client, kinesisEvent([{ id: 2 }]))).rejects.toMatchObject({ code: 'WRITE_CONFLICT' })
      await server.close()
    })
  })
})

test('dynamodbStore and its checkpoints may share a table', async () => {
  const server = await startDynamoDB()
  const client = server.client()
  await client.send(new CreateTableCommand(createTableInput({ tableName: 'both' })))
  let runs = 0
  const deliver = () =>
    processBatch(kinesisEvent([1, 2]), async () => runs++, {
      payload: jsonPayload(z.number()),
      idempotency: { store: dynamodbStore({ client, tableName: 'both' }), key: (value) => value },
      checkpointStore: dynamodbCheckpointStore({ client, tableName: 'both' }),
    })
  await deliver()
  await deliver()
  expect(runs).toBe(2)
  await server.close()
})

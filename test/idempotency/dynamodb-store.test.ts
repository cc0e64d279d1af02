import {
  DynamoDBClient as Client,
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTableInput, type DynamoDBStoreOptions, dynamodbStore } from '../../src/idempotency/dynamodb-store.ts'
import { canonicalHash, type IdempotentOptions, idempotent } from '../../src/idempotency/index.ts'
import { s3Store } from '../../src/idempotency/s3-store.ts'
import { type DynamoDBServer, startDynamoDB } from '../support/dynamodb-server.ts'
import { BUCKET, startS3Server } from '../support/s3-server.ts'

let server: DynamoDBServer
let client: DynamoDBClient
let requests: string[] = []
let tables = 0

beforeAll(async () => {
  server = await startDynamoDB()
  client = server.client()
  client.middlewareStack.add(
    (next, context) => (args) => {
      requests.push(String(context['commandName']).replace('Command', ''))
      return next(args)
    },
    { step: 'initialize' },
  )
})
afterAll(() => server.close())
beforeEach(() => {
  requests = []
})

const code = (name: string) => expect.objectContaining({ code: name })

/** A store on a table of its own. */
async function newStore(more: Partial<DynamoDBStoreOptions> = {}) {
  const tableName = `table-${++tables}`
  const store = dynamodbStore({ client, tableName, ...more })
  await client.send(new CreateTableCommand(store.createTableInput()))
  requests = []
  return { store, tableName }
}

function counting(options: Omit<IdempotentOptions<[string]>, 'key'>, work: (run: number) => unknown = (run) => run) {
  const state = { runs: 0, time: 1_700_000_000_000 }
  const call = idempotent(
    async (_: string) => {
      state.runs++
      return work(state.runs)
    },
    { key: (id) => id, now: () => state.time, leaseMs: 1000, sleep: async () => {}, ...options },
  )
  return { state, call }
}

describe('dynamodbStore', () => {
  test('two requests for a new call, one for a replay, one more for a takeover or a retry', async () => {
    const { store } = await newStore()
    const { call, state } = counting({ store })
    await call('a')
    expect(requests.splice(0)).toEqual(['PutItem', 'UpdateItem'])
    await call('a')
    expect(requests.splice(0)).toEqual(server.name === 'dynoxide' ? ['PutItem'] : ['PutItem', 'GetItem'])
    const failing = counting({ store }, () => Promise.reject(new Error('boom')))
    await expect(failing.call('b')).rejects.toThrow('boom')
    expect(requests.splice(0)).toEqual(['PutItem', 'UpdateItem'])
    await call('b')
    expect(requests.splice(0).filter((name) => name !== 'GetItem')).toEqual(['PutItem', 'PutItem', 'UpdateItem'])
    expect(state.runs).toBe(2)
  })

  test('the item: hash under id, state, token, times, ttl in seconds, rounded up', async () => {
    const { store, tableName } = await newStore()
    const { call, state } = counting({ store, namespace: 'orders', ttlSeconds: 60, fingerprint: () => 1 })
    state.time += 1
    await call('a')
    const id = `orders#${canonicalHash('a')}`
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: { id: { S: id } } }))
    expect(Item).toEqual({
      id: { S: id },
      state: { S: 'completed' },
      token: { S: expect.any(String) },
      attempt: { N: '1' },
      leaseExpiresAt: { N: '1700000001001' },
      expiresAt: { N: '1700000060001' },
      ttl: { N: '1700000061' },
      fingerprint: { S: canonicalHash(1) },
      result: { S: '1' },
    })
  })

  test.each([
    ['a bare client', () => client],
    ['a document client', () => DynamoDBDocumentClient.from(client)],
    [
      'a document client with options',
      () =>
        DynamoDBDocumentClient.from(client, {
          marshallOptions: { convertEmptyValues: true, removeUndefinedValues: true },
          unmarshallOptions: { wrapNumbers: true },
        }),
    ],
    ['DynamoDBDocument', () => DynamoDBDocument.from(client)],
  ])('works with %s', async (_, make) => {
    const { store } = await newStore({ client: make() })
    const { call, state } = counting({ store }, () => ({ bytes: new Uint8Array([1]), big: 2n ** 70n }))
    const first = await call('a')
    expect(await call('a')).toStrictEqual(first)
    expect(state.runs).toBe(1)
  })

  test('a sort key, other names, and names that expressions cannot hold', async () => {
    const { store, tableName } = await newStore({
      partitionKey: 'p k',
      sortKey: 'key',
      sortKeyValue: 'v1',
      ttlAttribute: 'time-to.live',
    })
    const { call, state } = counting({ store })
    await call('a')
    await call('a')
    expect(state.runs).toBe(1)
    const Key = { 'p k': { S: canonicalHash('a') }, key: { S: 'v1' } }
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }))
    expect(Item?.['time-to.live']).toEqual({ N: '1700086400' })
  })

  test.each([
    { tableName: '' },
    { partitionKey: 'token' },
    { partitionKey: 'ttl' },
    { sortKey: 'id' },
    { ttlAttribute: 'expiresAt' },
    { partitionKey: '' },
  ])('%o is OPTION_INVALID', (bad) => {
    expect(() => dynamodbStore({ client, tableName: 't', ...bad })).toThrow(code('OPTION_INVALID'))
    expect(() => createTableInput({ tableName: 't', ...bad })).toThrow(code('OPTION_INVALID'))
  })

  test('names itself and the option', () => {
    const store = dynamodbStore as (options?: unknown) => unknown
    const table = createTableInput as (options?: unknown) => unknown
    expect(() => store()).toThrow(/^dynamodbStore: options must be an object.*write dynamodbStore\(/)
    expect(() => store({ client, tableName: 't', maxResultByte: 1 })).toThrow(
      /^dynamodbStore: there is no option "maxResultByte"; did you mean maxResultBytes\?/,
    )
    expect(() => store({ tableName: 't' })).toThrow(/^dynamodbStore: client must be/)
    expect(() => table()).toThrow(/^createTableInput: options must be an object.*write createTableInput\(/)
    expect(() => table({ tableName: 't', namespace: 7 })).toThrow(/^createTableInput: namespace must be a string/)
    expect(() => table({ tableName: 't', maxResultBytes: '1' })).toThrow(/^createTableInput: maxResultBytes must be a/)
    const others = { client, overflow: {}, maxResultBytes: 1, namespace: 'orders' }
    expect(table({ tableName: 't', ...others })).toEqual(createTableInput({ tableName: 't' }))
  })

  test('time to live can be switched on', async () => {
    const { store, tableName } = await newStore({ ttlAttribute: 'gone_at' })
    await client.send(new UpdateTimeToLiveCommand(store.timeToLiveInput()))
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }))
    expect(TimeToLiveDescription?.AttributeName).toBe('gone_at')
  })
})

describe('results of every size', () => {
  const LIMIT = 400 * 1024

  test('as large as an item can be: kept; larger: completed without, told to the replay', async () => {
    const { store } = await newStore()
    for (const [length, isKept] of [
      [LIMIT - 1000, true],
      [LIMIT - 300, true],
      [LIMIT - 100, false],
      [LIMIT + 1, false],
      [4 * LIMIT, false],
    ] as const) {
      const { call, state } = counting({ store }, () => 'x'.repeat(length))
      expect(await call(`${length}`)).toHaveLength(length)
      if (isKept) expect(await call(`${length}`)).toHaveLength(length)
      else await expect(call(`${length}`)).rejects.toEqual(code('IDEMPOTENCY_RESULT_UNAVAILABLE'))
      expect(state.runs).toBe(1)
    }
  })

  test('every length around the limit is completed at once', async () => {
    const { store } = await newStore()
    for (let length = LIMIT - 260; length < LIMIT - 180; length += 4) {
      const { call } = counting({ store, namespace: 'é'.repeat(7) }, () => 'x'.repeat(length))
      requests = []
      await call(`${length}`)
      expect(requests).toEqual(['PutItem', 'UpdateItem'])
    }
  })

  test('an overflow store keeps what is too large', async () => {
    const s3 = await startS3Server()
    const { store } = await newStore({
      overflow: s3Store({ client: s3.client(), bucket: BUCKET, prefix: 'large/' }),
      maxResultBytes: 100,
    })
    const { call, state } = counting({ store, namespace: 'big' }, () => ({ text: 'x'.repeat(1e6), at: new Date(0) }))
    const first = await call('a')
    expect(await call('a')).toStrictEqual(first)
    expect(state.runs).toBe(1)
    expect(s3.keys()).toHaveLength(1)
    expect(s3.keys()[0]).toMatch(/^large\/big\//)

    // The text is gone: the replay says so, and runs nothing.
    s3.reset()
    await expect(call('a')).rejects.toEqual(code('IDEMPOTENCY_RESULT_UNAVAILABLE'))

    // The overflow store refuses: the record is completed without its result.
    s3.fault(() => ({ status: 403, code: 'AccessDenied' }))
    await call('b')
    await expect(call('b')).rejects.toEqual(code('IDEMPOTENCY_RESULT_UNAVAILABLE'))

    // It is throttled for a while: tried again.
    let throttled = 3
    s3.fault(() => (throttled-- > 0 ? { status: 503, code: 'SlowDown' } : undefined))
    await call('c')
    expect(await call('c')).toMatchObject({ at: new Date(0) })
    expect(state.runs).toBe(3)
    await s3.close()
  })
})

describe('what goes wrong', () => {
  test('a table that is missing: IDEMPOTENCY_STORE_FAILED with the cause and advice, nothing run', async () => {
    const { call, state } = counting({ store: dynamodbStore({ client, tableName: 'nowhere' }) })
    await expect(call('a')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_STORE_FAILED',
      message: expect.stringContaining('createTableInput()'),
      cause: { name: 'ResourceNotFoundException' },
    })
    expect(state.runs).toBe(0)
  })

  test('a table with another key: IDEMPOTENCY_STORE_FAILED, nothing run', async () => {
    const { tableName } = await newStore({ partitionKey: 'pk' })
    const { call, state } = counting({ store: dynamodbStore({ client, tableName }) })
    await expect(call('a')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_STORE_FAILED',
      cause: { name: 'ValidationException' },
    })
    expect(state.runs).toBe(0)
  })

  test('access denied, and a server that is not there: IDEMPOTENCY_STORE_FAILED with the cause, nothing run', async () => {
    const denied = server.client()
    denied.middlewareStack.add(
      () => () => {
        throw Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } })
      },
      { step: 'finalizeRequest' },
    )
    const absent = new Client({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    })
    for (const [sender, name] of [
      [denied, 'AccessDeniedException'],
      [absent, 'Error'],
    ] as const) {
      const { call, state } = counting({ store: dynamodbStore({ client: sender, tableName: 'table-1' }) })
      await expect(call('a')).rejects.toMatchObject({ code: 'IDEMPOTENCY_STORE_FAILED', cause: { name } })
      expect(state.runs).toBe(0)
    }
  })

  test.each([
    ['nothing else', {}],
    ['an unknown state', { state: { S: 'maybe' } }],
    ['a state that is a number', { state: { N: '1' } }],
    ['no token', { token: undefined }],
    ['bytes as token', { token: { B: new Uint8Array([1]) } }],
    ['text as attempt', { attempt: { S: 'x' } }],
    ['half an attempt', { attempt: { N: '1.5' } }],
    ['no lease', { leaseExpiresAt: undefined }],
    ['no expiry', { expiresAt: undefined }],
    ['a list as fingerprint', { fingerprint: { L: [] } }],
    ['completion without result or reason', { state: { S: 'completed' } }],
    ['an unknown reason', { state: { S: 'completed' }, noResult: { S: 'whatever' } }],
  ])('a record with %s: IDEMPOTENCY_RECORD_INVALID, nothing run, the record left alone', async (name, change) => {
    const { store, tableName } = await newStore()
    const whole = {
      state: { S: 'in-progress' },
      token: { S: 't' },
      attempt: { N: '1' },
      leaseExpiresAt: { N: '5' },
      expiresAt: { N: '99999999999999' },
    }
    const fields = Object.entries({ ...(name === 'nothing else' ? {} : whole), ...change })
    const Item = { id: { S: canonicalHash('a') }, ...Object.fromEntries(fields.filter(([, value]) => value)) }
    await client.send(new PutItemCommand({ TableName: tableName, Item: Item as never }))
    const { call, state } = counting({ store })
    await expect(call('a')).rejects.toEqual(code('IDEMPOTENCY_RECORD_INVALID'))
    expect(state.runs).toBe(0)
    const left = await client.send(new GetItemCommand({ TableName: tableName, Key: { id: Item.id } }))
    expect(left.Item).toEqual(Item)
  })

  test('a stored result that is no result: IDEMPOTENCY_RESULT_UNAVAILABLE', async () => {
    const { store, tableName } = await newStore()
    const { call, state } = counting({ store })
    await call('a')
    const Key = { id: { S: canonicalHash('a') } }
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }))
    await client.send(new PutItemCommand({ TableName: tableName, Item: { ...Item, ...Key, result: { S: '{"$date' } } }))
    await expect(call('a')).rejects.toEqual(code('IDEMPOTENCY_RESULT_UNAVAILABLE'))
    expect(state.runs).toBe(1)
  })
})

describe('throttling at any request never doubles a run', () => {
  const throttle = (): Error =>
    Object.assign(new Error('slow down'), {
      name: 'ProvisionedThroughputExceededException',
      $metadata: { httpStatusCode: 400 },
    })

  /** A client that throttles the requests of these numbers (from 0): before they are done, or after, with their answer lost. */
  function throttling(numbers: (request: number) => boolean, when: 'before' | 'after', maxAttempts: number) {
    let count = 0
    const made = server.client({ maxAttempts, retryStrategy: undefined as never })
    made.middlewareStack.add(
      (next) => async (args) => {
        const isThrottled = numbers(count++)
        if (isThrottled && when === 'before') throw throttle()
        const answer = await next(args).catch((error: unknown) => {
          if (isThrottled) throw throttle()
          throw error
        })
        if (isThrottled) throw throttle()
        return answer
      },
      { step: 'finalizeRequest', priority: 'low' },
    )
    return made
  }

  const plans = ['returns', 'throws once', 'takes over'] as const
  const cases = plans.flatMap((plan) =>
    (['before', 'after'] as const).flatMap((when) =>
      [1, 3].flatMap((length) => [0, 1, 2, 3, 4].map((first) => ({ plan, when, length, first }))),
    ),
  )

  test.each(cases)('$plan, $length throttled $when request $first', async ({ plan, when, length, first }) => {
    const { store: direct, tableName } = await newStore()
    const store = dynamodbStore({
      client: throttling((request) => request >= first && request < first + length, when, 1),
      tableName,
    })
    const effects: string[] = []
    let failures = plan === 'throws once' ? 1 : 0
    const { call, state } = counting({ store }, () => {
      if (failures-- > 0) throw new Error('before the side effect')
      effects.push('done')
      return 'done'
    })
    if (plan === 'takes over') {
      await direct.claim({
        key: canonicalHash('a'),
        token: 'dead',
        now: state.time - 5000,
        leaseExpiresAt: state.time - 4000,
        expiresAt: state.time + 1e6,
        onTakeover: 'retry',
      })
    }
    let last: unknown
    for (let tries = 0; tries < 12 && last !== 'done'; tries++) {
      last = await call('a').catch((error: unknown) => error)
      // Whoever is told of a failure comes back after the lease.
      state.time += 1001
    }
    expect(last).toBe('done')
    expect(effects).toEqual(['done'])
  })
})

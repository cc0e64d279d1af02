import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { kafkaClusterOf } from '../../src/events/kafka.ts'
import { type DynamoDBSender, dynamodbCheckpointStore, dynamodbStore } from '../../src/idempotency/dynamodb-store.ts'
import {
  batchKey,
  canonicalHash,
  type IdempotentOptions,
  idempotent,
  memoryCheckpointStore,
  memoryStore,
  type OverflowStore,
  type RecordTable,
  recordStore,
} from '../../src/idempotency/index.ts'
import { memoryTable } from '../../src/idempotency/memory-store.ts'
import { persist } from '../../src/idempotency/persist.ts'
import { decide, type StoredRecord } from '../../src/idempotency/record.ts'
import { recordOfFields } from '../../src/idempotency/record-fields.ts'
import { decodeRecord } from '../../src/idempotency/record-json.ts'
import { type S3Sender, s3Store } from '../../src/idempotency/s3-store.ts'
import { answered, scriptedClient } from '../s3/support/scripted-client.ts'

describe('hashes of keys', () => {
  /** A tag, the length, the bytes: the hash of such a text. */
  const hashOf = (tag: number, text: string): string => {
    const bytes = Buffer.from(text)
    const head = Buffer.alloc(5)
    head[0] = tag
    head.writeUInt32BE(bytes.length, 1)
    return createHash('sha256')
      .update(Buffer.concat([head, bytes]))
      .digest('base64url')
  }

  test('texts of every length have a form of their own, ASCII or not', () => {
    const lengths = [0, 1, 2, 10, 47, 48, 49, 50, 100, 255, 256, 257, 1000, 70_000]
    const texts = lengths.flatMap((length) => ['a', 'b', 'é'].map((letter) => letter.repeat(length)))
    const distinct = new Set(texts)
    expect(new Set(texts.map(canonicalHash)).size).toBe(distinct.size)
    const tags = new Set(
      texts.map((text) =>
        Array.from({ length: 256 }, (_, tag) => tag).find((tag) => hashOf(tag, text) === canonicalHash(text)),
      ),
    )
    expect(tags.size).toBe(1)
    expect(tags).not.toContain(undefined)
  })

  test('what stored records rely on never changes', () => {
    expect([
      canonicalHash('o-1'),
      canonicalHash(new ArrayBuffer(2)),
      canonicalHash(Uint8Array.of(1)),
    ]).toMatchInlineSnapshot(`
      [
        "xY5M9b1ZkybN77fL02gy31LPZXXzGJW4gjYgJmXfnXs",
        "VjV6bsz_cBmTHWYscDfU8k2iS3lNlDOLk-nX0WejFDg",
        "z0M8HQpgwqE--iTUsUqJOKSKirUHLe9JB-Ot6qdkLzU",
      ]
    `)
  })

  test('a prototype that only looks like that of literals makes no plain object', () => {
    const odd = Object.create(Object.create(null))
    const named = Object.create(Object.assign(Object.create({}), { isPrototypeOf: 1 }))
    for (const value of [odd, named, new (class {})()])
      expect(() => canonicalHash(value)).toThrow(expect.objectContaining({ code: 'IDEMPOTENCY_KEY_INVALID' }))
    expect(canonicalHash(Object.create(null))).toBeTypeOf('string')
  })

  test('a getter that throws is the cause', () => {
    const cause = new Error('hidden')
    const get = () => {
      throw cause
    }
    expect(() => canonicalHash(Object.defineProperty({}, 'a', { get, enumerable: true }))).toThrow(
      expect.objectContaining({ code: 'IDEMPOTENCY_KEY_INVALID', cause }),
    )
  })
})

describe('options', () => {
  const options = { store: memoryStore(), key: (id: string) => id }
  const make = (more: object) => () =>
    idempotent(async (_: string) => {}, { ...options, ...more } as IdempotentOptions<[string]>)

  test.each([
    ['store', { store: {} }],
    ['namespace', { namespace: 'é'.repeat(257) }],
    ['namespace', { namespace: '\ud800' }],
    ...['ttlSeconds', 'leaseMs', 'maxLeaseMs'].flatMap((name) =>
      [0, -1, Number.NaN].map((value) => [name, { [name]: value }] as const),
    ),
    ...['clockSkewMs', 'graceMs'].flatMap((name) =>
      [-1, Number.NaN].map((value) => [name, { [name]: value }] as const),
    ),
    ['onTakeover', { onTakeover: 'again' }],
    ['onInProgress', { onInProgress: { waitMs: -1 } }],
    ['onInProgress', { onInProgress: 'wait' }],
    ['heartbeat', { heartbeat: { everyMs: 0 } }],
    ['heartbeat', { heartbeat: { everyMs: 2 ** 31 } }],
    ['heartbeat', { heartbeat: null }],
  ] as const)('%s is named where it is refused: %o', (name, more) => {
    expect(make(more)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(`^idempotent: ${name} must be `),
      }),
    )
  })

  test('values at their limits are taken', () => {
    make({
      namespace: 'é'.repeat(256),
      ttlSeconds: 0.001,
      clockSkewMs: 0,
      graceMs: 0,
      heartbeat: { everyMs: 2 ** 31 - 1 },
    })()
    make({ onInProgress: { waitMs: 0 }, heartbeat: false })()
  })

  test('a call that is refused names the function', () => {
    const client = { send: async () => ({}) }
    const named = (name: string, call: () => unknown) => expect(call).toThrow(new RegExp(`^${name}: `))
    named('idempotent', () => idempotent(7 as never, options))
    named('memoryStore', () => memoryStore({ maxResultByte: 1 } as never))
    named('memoryCheckpointStore', () => (memoryCheckpointStore as (given: unknown) => unknown)({}))
    named('recordStore', () => recordStore({} as never))
    named('s3Store', () => s3Store({ client, bucket: 'b', maxResultByte: 1 } as never))
    expect(() => s3Store(7 as never)).toThrow(/^s3Store: options must be/)
    named('s3Store', () => s3Store({ client: 7, bucket: 'b' } as never))
    named('dynamodbStore', () => dynamodbStore({ client, tableName: 't', maxResultByte: 1 } as never))
    named('dynamodbStore', () => dynamodbStore({ client: 7, tableName: 't' } as never))
    named('dynamodbCheckpointStore', () => dynamodbCheckpointStore({ client, tableName: 't', namespace: 7 } as never))
    for (const maxResultBytes of [-1, Number.NaN]) {
      const refused = expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(/: maxResultBytes must/),
      })
      expect(() => memoryStore({ maxResultBytes })).toThrow(refused)
      expect(() => s3Store({ client, bucket: 'b', maxResultBytes } as never)).toThrow(refused)
      expect(() => dynamodbStore({ client, tableName: 't', maxResultBytes } as never)).toThrow(refused)
    }
    memoryStore({ maxResultBytes: 0 })
  })

  test('a second argument that is null is no context', async () => {
    const call = idempotent(async (id: string, _: null) => id, { store: memoryStore(), key: (id) => id })
    expect(await call('a', null)).toBe('a')
  })
})

describe('recordStore', () => {
  const table = memoryTable()
  test.each(['insert', 'replace', 'change', 'fits'])('a table without %s is refused', (name) => {
    for (const missing of [undefined, 7])
      expect(() => recordStore({ ...table, [name]: missing } as unknown as RecordTable)).toThrow(
        expect.objectContaining({ code: 'TYPE_MISMATCH', message: expect.stringMatching(/^recordStore: the table/) }),
      )
  })

  test('the version of a write goes on with the lease, and is absent where there is none', async () => {
    const seen: unknown[] = []
    let version = 0
    const versioned: RecordTable = {
      ...memoryTable(),
      insert: async () => ({ won: true, version: `${++version}` }),
      change: async (lease, record) => {
        seen.push([lease.version, record.state])
        return record.state === 'completed' ? { won: true } : { won: true, version: `${++version}` }
      },
    }
    const request = { key: 'k', token: 't', now: 0, leaseExpiresAt: 10, expiresAt: 20, onTakeover: 'retry' as const }
    const store = recordStore(versioned)
    const claim = await store.claim(request)
    if (claim.state !== 'claimed') throw new Error('not claimed')
    const renewed = await store.renew(claim.lease, 15)
    expect(renewed).toMatchObject({ version: '2', expiresAt: 15, recordExpiresAt: 25 })
    await store.complete(renewed, { kind: 'none', reason: 'too-large' }, 30)
    expect(seen).toEqual([
      ['1', 'in-progress'],
      ['2', 'completed'],
    ])
    const plain = recordStore({ ...memoryTable(), insert: async () => ({ won: true }) })
    expect(await plain.claim(request)).toStrictEqual({
      state: 'claimed',
      lease: { key: 'k', token: 't', attempt: 1, expiresAt: 10, recordExpiresAt: 20 },
    })
  })

  test('a result that the overflow store has lost is told to the replay', async () => {
    const overflow: OverflowStore = { writeResult: async () => {}, readResult: async () => undefined }
    const store = recordStore({ ...memoryTable(), fits: () => false }, overflow)
    const call = idempotent(async (id: string) => id, { store, key: (id) => id })
    expect(await call('a')).toBe('a')
    await expect(call('a')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_RESULT_UNAVAILABLE',
      message: expect.stringMatching(/the overflow store did not keep it$/),
    })
  })
})

describe('records', () => {
  const fields = { state: 'completed', token: 't', attempt: 1, leaseExpiresAt: 5, expiresAt: 9 }
  const record: StoredRecord = { key: 'k', ...fields, state: 'completed' }
  const request = { key: 'k', token: 'u', now: 1, leaseExpiresAt: 6, expiresAt: 10, onTakeover: 'retry' as const }

  test('a completed one without outcome was refused by its store', () => {
    expect(decide(record, request)).toEqual({
      state: 'completed',
      outcome: { kind: 'none', reason: 'refused-by-store' },
    })
  })

  test('a fingerprint that only one side has is no mismatch', () => {
    const held = { ...record, state: 'in-progress' as const }
    const stateOf = (stored?: string, given?: string) =>
      decide(
        { ...held, ...(stored !== undefined && { fingerprint: stored }) },
        { ...request, ...(given !== undefined && { fingerprint: given }) },
      ).state
    expect([stateOf('a'), stateOf(undefined, 'a'), stateOf('a', 'a'), stateOf('a', 'b')]).toEqual([
      'in-progress',
      'in-progress',
      'in-progress',
      'mismatched',
    ])
  })

  test('a lease ends at its time, a record too', () => {
    const held = { ...record, state: 'in-progress' as const }
    expect(decide(held, { ...request, now: 4 })).toEqual({ state: 'in-progress', leaseExpiresAt: 5 })
    expect(decide(held, { ...request, now: 5 })).toEqual({ state: 'free', attempt: 2, isTakeover: true })
    expect(decide(held, { ...request, now: 5, onTakeover: 'fail' })).toEqual({ state: 'abandoned' })
    expect(decide(held, { ...request, now: 9 })).toEqual({ state: 'free', attempt: 1 })
    expect(decide({ ...held, token: 'u' }, { ...request, now: 9 })).toEqual({ state: 'own' })
    expect(decide({ ...record, state: 'released' }, request)).toEqual({ state: 'free', attempt: 2 })
    expect(decide({ ...record, token: 'u' }, request).state).toBe('completed')
  })

  test('the outcome of stored fields', () => {
    const outcome = (more: object) => recordOfFields('k', { ...fields, ...more }).outcome
    expect(outcome({ noResult: 'too-large' })).toEqual({ kind: 'none', reason: 'too-large' })
    expect(outcome({ overflow: 'o' })).toEqual({ kind: 'overflow', key: 'o' })
    expect(outcome({ result: '' })).toEqual({ kind: 'result', text: '' })
  })

  test.each([
    { noResult: 'other' },
    {},
    { result: 7 },
    { result: '1', expiresAt: '9' },
    { result: '1', expiresAt: Number.NaN },
    { result: '1', leaseExpiresAt: Number.POSITIVE_INFINITY },
    { result: '1', attempt: 0 },
    { result: '1', attempt: 1.5 },
    { result: '1', token: 7 },
    { result: '1', state: 'done' },
    { result: '1', fingerprint: 7 },
  ])('%o is no record', (more) => {
    expect(() => recordOfFields('k', { ...fields, ...more })).toThrow(
      expect.objectContaining({ code: 'IDEMPOTENCY_RECORD_INVALID' }),
    )
  })

  test('an object that is no JSON has the reason', () => {
    expect(() => decodeRecord('k', '{')).toThrow(
      expect.objectContaining({ code: 'IDEMPOTENCY_RECORD_INVALID', cause: expect.any(SyntaxError) }),
    )
    for (const text of ['null', '7', '"x"', '[]', JSON.stringify({ key: 'other', ...fields, result: '1' })])
      expect(() => decodeRecord('k', text)).toThrow(expect.objectContaining({ code: 'IDEMPOTENCY_RECORD_INVALID' }))
  })
})

test('a last write is tried eight times, with growing waits', async () => {
  const waits: number[] = []
  const tools = { random: () => 0.5, sleep: async (ms: number) => void waits.push(ms) }
  let writes = 0
  const failing = async () => {
    writes++
    throw answered(503)
  }
  await expect(persist(failing, tools)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } })
  expect([writes, waits]).toEqual([8, [25, 50, 100, 200, 400, 800, 1000]])
})

describe('stores in front of odd answers', () => {
  const claim = { key: 'k', token: 't', now: 0, leaseExpiresAt: 10, expiresAt: 20, onTakeover: 'retry' as const }
  const dynamodb = (answers: Readonly<Record<string, unknown>>) => {
    const { client } = scriptedClient(({ name }) => {
      const answer = answers[name]
      if (answer instanceof Error) throw answer
      return answer ?? {}
    })
    return client as unknown as DynamoDBSender
  }

  test('a checkpoint keeps the zeros within', async () => {
    const at = (text: string) =>
      dynamodbCheckpointStore({
        client: dynamodb({ GetItem: { Item: { checkpoint: { S: text } } } }),
        tableName: 't',
      }).readCheckpoint('s')
    expect([await at('1001'), await at('0001001'), await at('000')]).toEqual(['1001', '1001', '0'])
  })

  test.each<[string, unknown]>([
    ['text', { state: 'x' }],
    ['null', { state: null }],
    ['another type', { state: { BOOL: true } }],
  ])('an item whose attribute is %s is no record', async (_, Item) => {
    const error = Object.assign(answered(400, 'ConditionalCheckFailedException'), { Item })
    const store = dynamodbStore({ client: dynamodb({ PutItem: error }), tableName: 't' })
    await expect(store.claim(claim)).rejects.toMatchObject({ code: 'IDEMPOTENCY_RECORD_INVALID' })
  })

  const s3 = (answers: Readonly<Record<string, (count: number) => unknown>>, options: object = {}) => {
    const { client, sent } = scriptedClient(({ name }, count) => {
      const answer = answers[name]?.(count)
      if (answer instanceof Error) throw answer
      return answer ?? {}
    })
    const sleep = async () => {}
    return { store: s3Store({ client: client as unknown as S3Sender, bucket: 'b', sleep, ...options }), sent }
  }
  const body = (text: string) => ({ Body: { transformToString: async () => text } })

  test('S3: an object without a body is no record; one without ETag cannot be replaced', async () => {
    const taken = () => answered(412)
    const empty = s3({ PutObject: taken, GetObject: () => ({}) })
    await expect(empty.store.claim(claim)).rejects.toMatchObject({ code: 'IDEMPOTENCY_RECORD_INVALID' })
    const expired = JSON.stringify({
      key: 'k',
      state: 'released',
      token: 'x',
      attempt: 1,
      leaseExpiresAt: 1,
      expiresAt: 99,
    })
    const tagless = s3({ PutObject: taken, GetObject: () => body(expired) })
    await expect(tagless.store.claim(claim)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_STORE_FAILED',
      message: expect.stringMatching(/no ETag/),
    })
  })

  test.each([
    [answered(404, 'NoSuchKey'), undefined],
    [answered(404, 'NotFound'), undefined],
    [Object.assign(new Error('no'), { name: 'NoSuchKey' }), undefined],
    [answered(404, 'NoSuchBucket'), 'IDEMPOTENCY_STORE_FAILED'],
    [answered(403, 'AccessDenied'), 'IDEMPOTENCY_STORE_FAILED'],
  ])('S3: a result that is answered with %s', async (error, code) => {
    const { store } = s3({ GetObject: () => error })
    const read = store.readResult('k')
    if (code === undefined) expect(await read).toBeUndefined()
    else await expect(read).rejects.toMatchObject({ code, cause: error })
  })

  test('S3: a claim that is answered with 404 has failed; a held record that is gone is a lost lease', async () => {
    const first = s3({ PutObject: () => answered(404, 'NoSuchKey') })
    await expect(first.store.claim(claim)).rejects.toMatchObject({ code: 'IDEMPOTENCY_STORE_FAILED' })
    const lease = { key: 'k', token: 't', attempt: 1, expiresAt: 10, recordExpiresAt: 20, version: '"v"' }
    const gone = s3({ PutObject: () => answered(404, 'NoSuchKey'), GetObject: () => answered(404, 'NoSuchKey') })
    await expect(gone.store.release(lease)).rejects.toMatchObject({ code: 'IDEMPOTENCY_LEASE_LOST' })
    const denied = s3({ PutObject: () => answered(403, 'AccessDenied') })
    await expect(denied.store.release(lease)).rejects.toMatchObject({ code: 'IDEMPOTENCY_STORE_FAILED' })
    const nowhere = s3({ PutObject: () => answered(404, 'NoSuchBucket') })
    await expect(nowhere.store.release(lease)).rejects.toMatchObject({ code: 'IDEMPOTENCY_STORE_FAILED' })
  })

  test('S3: a result of as many bytes as it may have is kept, one more is not', async () => {
    const lease = { key: 'k', token: 't', attempt: 1, expiresAt: 10, recordExpiresAt: 20, version: '"v"' }
    const { store } = s3({}, { maxResultBytes: 3 })
    expect(await store.complete(lease, { kind: 'result', text: 'é1' }, 30)).toBeUndefined()
    expect(await store.complete(lease, { kind: 'result', text: 'é12' }, 30)).toBe('too-large')
    expect(await s3({}).store.complete(lease, { kind: 'result', text: 'é12' }, 30)).toBeUndefined()
  })
})

describe('batchKey', () => {
  const kinesis = (sequenceNumber: string, parts: object = {}) => ({
    eventID: `shardId-6:${sequenceNumber}`,
    eventSourceARN: 'arn:aws:kinesis:eu-west-1:1:stream/orders',
    kinesis: { sequenceNumber },
    ...parts,
  })
  const kafka = (parts: object = {}) => ({
    topic: 't',
    partition: 0,
    offset: 1,
    eventSourceArn: 'arn:aws:kafka:r:a:cluster/c/id',
    ...parts,
  })

  test('records of one sequence number, as aggregated ones have, are in order', () => {
    expect(batchKey([kinesis('1'), kinesis('1'), kinesis('2')])).toBe('orders/shardId-6/1-2')
    expect(batchKey([kafka(), kafka({ offset: 2 })])).toBe('r/a/c/id/t/0/1-2')
    expect(batchKey([kafka({ eventSourceArn: 'arn:aws:kafka' })])).toBe('//t/0/1-1')
    const cluster = kafkaClusterOf({ bootstrapServers: 'a,b' })
    expect(batchKey([{ ...kafka(), cluster }])).toBe(`${cluster}/t/0/1-1`)
  })

  test.each<[string, object]>([
    ['a shard that is not named', kinesis('1', { eventID: 'shardId-6' })],
    ['no id', kinesis('1', { eventID: undefined })],
    ['a number that is none', kinesis('x')],
    ['a number too long', kinesis('1'.repeat(201))],
    ['a table that is not named', { dynamodb: { SequenceNumber: '1' } }],
    ['a topic of another kind', kafka({ topic: 7 })],
    ['a partition of another kind', kafka({ partition: '0' })],
    ['an offset of another kind', kafka({ offset: 0.5 })],
    ['a cluster without name', kafka({ eventSourceArn: '' })],
  ])('%s is EVENT_INVALID', (_, record) => {
    expect(() => batchKey([record])).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
  })

  test('records out of order, or of two shards', () => {
    expect(() => batchKey([kinesis('2'), kinesis('1')])).toThrow(/not in the order/)
    expect(() => batchKey([kinesis('1'), kinesis('2', { eventID: 'shardId-7:2' })])).toThrow(/several shards/)
    expect(() => batchKey([])).toThrow(/no records/)
  })
})

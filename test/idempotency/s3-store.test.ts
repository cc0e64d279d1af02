import { NoSuchBucket, type S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { canonicalHash, idempotencyLease, idempotent, type Lease } from '../../src/idempotency/index.ts'
import { type S3StoreOptions, s3Store } from '../../src/idempotency/s3-store.ts'
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts'

let server: S3Server
let client: S3Client
beforeAll(async () => {
  server = await startS3Server()
  client = server.client()
})
afterAll(() => server.close())
beforeEach(() => server.reset())

const code = (name: string) => expect.objectContaining({ code: name })
const methods = () => server.requests.map(({ method }) => method)

function counting(
  options: Partial<S3StoreOptions> & { namespace?: string } = {},
  work: (run: number) => unknown = (run) => run,
) {
  const { namespace = '', ...more } = options
  const store = s3Store({ client, bucket: BUCKET, sleep: async () => {}, ...more })
  const state = { runs: 0, time: 1_700_000_000_000 }
  const call = idempotent(
    async (_: string) => {
      state.runs++
      return work(state.runs)
    },
    { store, namespace, key: (id) => id, now: () => state.time, leaseMs: 1000, sleep: async () => {} },
  )
  return { store, state, call }
}

describe('s3Store', () => {
  test('two puts for a new call, a refused put and a get for a replay', async () => {
    const { call, state } = counting()
    await call('a')
    expect(methods()).toEqual(['PUT', 'PUT'])
    expect(server.requests[0]?.headers['if-none-match']).toBe('*')
    expect(server.requests[1]?.headers['if-match']).toMatch(/^"\w+"$/)
    server.reset()
    await call('b')
    await call('b')
    expect(methods()).toEqual(['PUT', 'PUT', 'PUT', 'GET'])
    expect(state.runs).toBe(2)
  })

  test('keys lie under the prefix, in a folder for each namespace, whatever the namespace holds', async () => {
    const hash = canonicalHash('a')
    for (const [prefix, namespace, key] of [
      [undefined, '', `idempotency/${hash}`],
      ['', '', hash],
      ['p', 'orders', `p/orders/${hash}`],
      ['p/', 'a/../b c#d', `p/a%2F..%2Fb%20c/d/${hash}`],
      ['p/', '..', `p/%2E./${hash}`],
      ['p/', 'ü', `p/%C3%BC/${hash}`],
    ] as const) {
      await counting({ ...(prefix !== undefined && { prefix }), namespace }).call('a')
      expect(server.keys()).toEqual([key])
      server.reset()
    }
  })

  test('an error leaves a tombstone, which the next call replaces', async () => {
    const { call } = counting({}, (run) => (run === 1 ? Promise.reject(new Error('boom')) : run))
    await expect(call('a')).rejects.toThrow('boom')
    expect(JSON.parse(Buffer.from(await server.get(`idempotency/${canonicalHash('a')}`)).toString())).toMatchObject({
      state: 'released',
      attempt: 1,
    })
    expect(await call('a')).toBe(2)
    expect(await call('a')).toBe(2)
  })

  test('results of any size', async () => {
    const { call } = counting({}, () => 'x'.repeat(5e6))
    expect(await call('a')).toHaveLength(5e6)
    expect(await call('a')).toHaveLength(5e6)
    const small = counting({ maxResultBytes: 10 }, () => 'x'.repeat(9))
    await small.call('b')
    await expect(small.call('b')).rejects.toEqual(code('IDEMPOTENCY_RESULT_UNAVAILABLE'))
  })

  test('409: another write is under way; tried again, and told when it lasts', async () => {
    let conflicts = 3
    server.fault(({ method }) =>
      method === 'PUT' && conflicts-- > 0 ? { status: 409, code: 'ConditionalRequestConflict' } : undefined,
    )
    const { call, state } = counting()
    await call('a')
    expect(state.runs).toBe(1)
    server.fault(() => ({ status: 409, code: 'ConditionalRequestConflict' }))
    await expect(call('b')).rejects.toEqual(code('IDEMPOTENCY_STORE_FAILED'))
    expect(state.runs).toBe(1)
  })

  test('a record that is removed while it is claimed or held', async () => {
    const { call, state } = counting()
    await call('a')
    // Between the refused put and the get, the object goes: the claim begins anew.
    let gone = false
    server.fault(({ method }) => {
      if (method !== 'GET' || gone) return undefined
      gone = true
      return { status: 404, code: 'NoSuchKey' }
    })
    server.fault(({ method }) => {
      if (method === 'GET') server.reset()
      return undefined
    })
    expect(await call('a')).toBe(2)

    const removing = counting({}, () => server.reset())
    await expect(removing.call('b')).rejects.toEqual(code('IDEMPOTENCY_LEASE_LOST'))
    expect(state.runs).toBe(2)
  })

  test('renewals go on under the ETag of the last one', async () => {
    const store = s3Store({ client, bucket: BUCKET })
    let lease: Lease | undefined
    const call = idempotent(
      async (_: string) => {
        lease = idempotencyLease()
        await Promise.all([
          lease?.renew(Date.now() + 1e6),
          lease?.renew(Date.now() + 2e6),
          lease?.renew(Date.now() + 3e6),
        ])
        return 'done'
      },
      { store, key: (id) => id, heartbeat: { everyMs: 1 } },
    )
    expect(await call('a')).toBe('done')
    expect(await call('a')).toBe('done')
  })

  test('works with ETags unquoted, and with a client that gives none: typed error, nothing run twice', async () => {
    const sender = (change: (answer: { ETag?: string }) => unknown) => ({
      send: async (command: never) => change((await client.send(command)) as { ETag?: string }),
    })
    const bare = counting({ client: sender((answer) => ({ ...answer, ETag: answer.ETag?.replaceAll('"', '') })) })
    expect(await bare.call('a')).toBe(1)
    expect(await bare.call('a')).toBe(1)
    const none = counting({
      client: sender(({ ETag: _, ...answer }) => answer),
      namespace: 'none',
    })
    await expect(none.call('a')).rejects.toBeDefined()
    await expect(none.call('a')).rejects.toBeDefined()
    expect(none.state.runs).toBe(1)
  })
})

describe('what goes wrong', () => {
  test.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
    [503, 'SlowDown'],
    [500, 'InternalError'],
  ])('%i %s: IDEMPOTENCY_STORE_FAILED with the cause, nothing run', async (status, name) => {
    server.fault(() => ({ status, code: name }))
    const { call, state } = counting()
    await expect(call('a')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_STORE_FAILED',
      cause: { $metadata: { httpStatusCode: status } },
    })
    expect(state.runs).toBe(0)
    expect(server.keys()).toEqual([])
  })

  test('a record that must not be read: the 403 is the answer, at once', async () => {
    let requests = 0
    const send = async (command: object): Promise<never> => {
      requests++
      const isGet = command.constructor.name === 'GetObjectCommand'
      throw Object.assign(new Error('secret'), {
        name: isGet ? 'AccessDenied' : 'PreconditionFailed',
        $metadata: { httpStatusCode: isGet ? 403 : 412 },
      })
    }
    const { call, state } = counting({ client: { send } as unknown as S3Client })
    await expect(call('a')).rejects.toMatchObject({ code: 'IDEMPOTENCY_STORE_FAILED', cause: { name: 'AccessDenied' } })
    expect([state.runs, requests]).toEqual([0, 2])
  })

  test('a bucket that is missing', async () => {
    const { call } = counting({ bucket: 'nowhere' })
    await expect(call('a')).rejects.toMatchObject({ code: 'IDEMPOTENCY_STORE_FAILED', cause: expect.any(NoSuchBucket) })
  })

  test.each(['', 'x', 'null', '[]', '"text"', '{}', '{"state":"released"}', '{"key":"other"}'])(
    'an object that is no record (%s): IDEMPOTENCY_RECORD_INVALID, nothing run, left alone',
    async (body) => {
      const key = `idempotency/${canonicalHash('a')}`
      await server.put(key, body)
      const { call, state } = counting()
      await expect(call('a')).rejects.toEqual(code('IDEMPOTENCY_RECORD_INVALID'))
      expect(state.runs).toBe(0)
      expect(Buffer.from(await server.get(key)).toString()).toBe(body)
    },
  )

  test('the record of another key: IDEMPOTENCY_RECORD_INVALID', async () => {
    const { call } = counting()
    await call('b')
    await server.put(`idempotency/${canonicalHash('a')}`, await server.get(`idempotency/${canonicalHash('b')}`))
    await expect(call('a')).rejects.toEqual(code('IDEMPOTENCY_RECORD_INVALID'))
  })

  test.each([{ bucket: '' }, { bucket: undefined }])('%o is OPTION_INVALID', (bad) => {
    expect(() => s3Store({ client, ...bad } as never)).toThrow(code('OPTION_INVALID'))
  })

  const cases = ['returns', 'throws once'].flatMap((plan) =>
    [0, 1, 2, 3].flatMap((first) => [1, 3].map((length) => ({ plan, first, length }))),
  )
  test.each(cases)(
    'SlowDown at any request never doubles a run: $plan, request $first and $length in all',
    async (o) => {
      let count = 0
      server.fault(() => {
        const number = count++
        return number >= o.first && number < o.first + o.length ? { status: 503, code: 'SlowDown' } : undefined
      })
      const effects: string[] = []
      let failures = o.plan === 'throws once' ? 1 : 0
      const { call, state } = counting({}, () => {
        if (failures-- > 0) throw new Error('before the side effect')
        effects.push('done')
        return 'done'
      })
      let last: unknown
      for (let tries = 0; tries < 10 && last !== 'done'; tries++) {
        last = await call('a').catch((error: unknown) => error)
        state.time += 1001
      }
      expect(last).toBe('done')
      expect(effects).toEqual(['done'])
    },
  )
})

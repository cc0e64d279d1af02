import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RedisStoreOptions, redisStore } from '../../examples/redis-store/redis-store.ts'
import { idempotent } from '../../src/idempotency/index.ts'
import { storeLaws } from '../../src/testing/index.ts'
import { storeFences } from '../idempotency/support/store-fences.ts'
import { seedOption } from '../support/law.ts'
import { hasRedis, type RedisServer, startRedis } from '../support/redis-server.ts'

const name = hasRedis
  ? 'the Redis store of the guide'
  : 'the Redis store of the guide (skipped: redis-server is not installed)'

describe.skipIf(!hasRedis)(name, () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.close())

  const makeStore = (wire: <T>(request: () => Promise<T>) => Promise<T> = (request) => request()) =>
    redisStore({ client: { eval: (script, options) => wire(() => server.client.eval(script, options)) } })
  const started = () => ({ makeStore, close: async () => {} })

  test.each(storeLaws(makeStore, { runs: 15, ...seedOption() }))('$name', ({ run }) => run(), 60_000)

  storeFences(started)

  test('results come back, in any script, and too large ones are not kept', async () => {
    const options: RedisStoreOptions = { client: server.client, prefix: 'results:', maxResultBytes: 50 }
    const call = idempotent(async (text: string) => text, { store: redisStore(options), key: (text) => text })
    for (const text of ['', 'é"\\\u0000', '\ud83d\ude00'])
      expect([await call(text), await call(text)]).toEqual([text, text])
    await call('x'.repeat(100))
    await expect(call('x'.repeat(100))).rejects.toMatchObject({ code: 'IDEMPOTENCY_RESULT_UNAVAILABLE' })
  })
})

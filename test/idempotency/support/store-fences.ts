import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { idempotencyLease, idempotent } from '../../../src/idempotency/index.ts'
import type { ClaimRequest, HeldLease, IdempotencyStore } from '../../../src/idempotency/store.ts'
import type { Wire } from '../../../src/testing/index.ts'
import type { StoreServer } from './stores.ts'

const START = 1_700_000_000_000

const claim = async (store: IdempotencyStore, key: string, now: number, more: Partial<ClaimRequest> = {}) =>
  store.claim({
    key,
    token: randomUUID(),
    now,
    leaseExpiresAt: now + 1000,
    expiresAt: now + 100_000,
    onTakeover: 'retry',
    ...more,
  })
const won = async (store: IdempotencyStore, key: string, now: number): Promise<HeldLease> => {
  const answer = await claim(store, key, now)
  if (answer.state !== 'claimed') throw new Error(`the claim is ${answer.state}`)
  return answer.lease
}
const result = (text: string) => ({ kind: 'result', text: JSON.stringify(text) }) as const

/** A wire on which something else happens right before the request of that number (from 1). */
const interrupted = (number: number, meanwhile: () => Promise<unknown>): Wire => {
  let requests = 0
  return async (request) => {
    if (++requests === number) await meanwhile()
    return request()
  }
}
/** Tests of what no store may let through, each with requests that meet at the worst moment. */
export function storeFences(started: () => StoreServer): void {
  const server: Pick<StoreServer, 'makeStore'> = { makeStore: (wire) => started().makeStore(wire) }
  /** Requests that a failed takeover's first try takes: the insert that meets a record, and the read where that does not show it. */
  const requestsBeforeTakeover = async (key: string): Promise<number> => {
    let requests = 0
    const store = server.makeStore((request) => {
      requests++
      return request()
    })
    await claim(store, key, START)
    return requests
  }

  test('a late finisher changes nothing of a newer record, in progress or completed', async () => {
    const store = server.makeStore()
    const key = randomUUID()
    const first = await won(store, key, START)
    const second = await won(store, key, START + 1000)
    expect(second.attempt).toBe(2)
    const stale = [
      () => store.complete(first, result('first'), START + 1e6),
      () => store.release(first),
      () => store.renew(first, START + 1e6),
    ]
    for (const write of stale) await expect(write()).rejects.toMatchObject({ code: 'IDEMPOTENCY_LEASE_LOST' })
    expect(await claim(store, key, START + 1999)).toEqual({ state: 'in-progress', leaseExpiresAt: START + 2000 })
    await store.complete(second, result('second'), START + 90_000)
    for (const write of stale) await expect(write()).rejects.toMatchObject({ code: 'IDEMPOTENCY_LEASE_LOST' })
    expect(await claim(store, key, START + 80_000)).toEqual({ state: 'completed', outcome: result('second') })
  })

  test('a completion that lands while another caller takes over wins, and is not run again', async () => {
    const key = randomUUID()
    const store = server.makeStore()
    const first = await won(store, key, START)
    const requests = await requestsBeforeTakeover(key)
    const late = interrupted(requests + 1, () => store.complete(first, result('first'), START + 90_000))
    expect(await claim(server.makeStore(late), key, START + 5000)).toEqual({
      state: 'completed',
      outcome: result('first'),
    })
  })

  test('a renewal that lands while another caller takes over wins', async () => {
    const key = randomUUID()
    const store = server.makeStore()
    const first = await won(store, key, START)
    const requests = await requestsBeforeTakeover(key)
    const late = interrupted(requests + 1, () => store.renew(first, START + 9000))
    expect(await claim(server.makeStore(late), key, START + 5000)).toMatchObject({ state: 'in-progress' })
  })

  test('of two callers who take over at once, one wins', async () => {
    const key = randomUUID()
    const store = server.makeStore()
    await won(store, key, START)
    const requests = await requestsBeforeTakeover(key)
    const late = interrupted(requests + 1, () => won(store, key, START + 5000))
    expect(await claim(server.makeStore(late), key, START + 5000)).toMatchObject({ state: 'in-progress' })
  })

  test('a request whose answer is lost, and that the client sends again, is still a success', async () => {
    const twice: Wire = async (request) => {
      await request().catch(() => {})
      return request()
    }
    const store = server.makeStore(twice)
    const key = randomUUID()
    const lease = await won(store, key, START)
    const renewed = await store.renew(lease, START + 2000)
    expect(renewed.expiresAt).toBe(START + 2000)
    await store.release(renewed)
    const again = await won(store, key, START + 1)
    expect(again.attempt).toBe(2)
    await store.complete(again, result('done'), START + 90_000)
    expect(await claim(store, key, START + 2)).toEqual({ state: 'completed', outcome: result('done') })
  })

  test('a renewal to the time that the lease has already still tells whether it is held', async () => {
    const store = server.makeStore()
    const lease = await won(store, randomUUID(), START)
    expect(await store.renew(lease, lease.expiresAt)).toMatchObject({ expiresAt: lease.expiresAt })
    await won(store, lease.key, START + 1000)
    await expect(store.renew(lease, lease.expiresAt)).rejects.toMatchObject({ code: 'IDEMPOTENCY_LEASE_LOST' })
  })

  test('a renewal whose answer never comes does not cost the lease', async () => {
    const key = randomUUID()
    const lease = await won(server.makeStore(), key, START)
    const lost: Wire = async (request) => {
      await request()
      throw new Error('the connection broke')
    }
    await expect(server.makeStore(lost).renew(lease, START + 3000)).rejects.toThrow()
    await server.makeStore().complete(lease, result('done'), START + 90_000)
  })

  test('50 callers of one key at once: one side effect, for all the same', async () => {
    let effects = 0
    const work = idempotent(
      async (_: string) => {
        effects++
        await new Promise((resolve) => setTimeout(resolve, 50))
        return idempotencyLease()?.token
      },
      { store: server.makeStore(), key: (input) => input, onInProgress: { waitMs: 20_000 } },
    )
    const key = randomUUID()
    const results = await Promise.all(Array.from({ length: 50 }, () => work(key)))
    expect(new Set(results).size).toBe(1)
    expect(effects).toBe(1)
  })

  test('no key is stuck: free at the very millisecond in which its lease ends, not before', async () => {
    const store = server.makeStore()
    const key = randomUUID()
    await won(store, key, START)
    expect(await claim(store, key, START + 999)).toMatchObject({ state: 'in-progress' })
    expect(await claim(store, key, START + 1000, { onTakeover: 'fail' })).toEqual({ state: 'abandoned' })
    expect(await won(store, key, START + 1000)).toMatchObject({ attempt: 2, expiresAt: START + 2000 })
  })
}

import { setTimeout as wait } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  canonicalHash,
  type IdempotencyStore,
  type IdempotentOptions,
  idempotencyLease,
  idempotent,
  isIdempotencyInProgressError,
  type Lease,
  memoryStore,
} from '../../src/idempotency/index.ts'

interface Order {
  id: unknown
  cents?: number
  boom?: boolean
}

const START = 1_700_000_000_000

/** A function that counts its runs, on a clock that stands still until it is moved. */
function counted(more: Partial<IdempotentOptions<[Order, unknown?]>> = {}) {
  const state = { runs: 0, time: START }
  const store = more.store ?? memoryStore()
  const options = { store, key: (order: Order) => order.id, now: () => state.time, leaseMs: 1000, ...more }
  const call = idempotent(async (order: Order, _context?: unknown) => {
    state.runs++
    if (order.boom) throw new Error('boom')
    return { runs: state.runs }
  }, options)
  return { state, store, options, call }
}

/** A caller that holds the key of an order and never ends. */
function hang(options: IdempotentOptions<[Order, unknown?]>, order: Order): Promise<Lease> {
  return new Promise((resolve) => {
    void idempotent(async (_: Order) => {
      resolve(idempotencyLease() as Lease)
      await new Promise(() => {})
    }, options)(order)
  })
}

/** With a hole in the middle. */
const holed: unknown[] = Object.assign(new Array(3), { 0: 'a', 2: 'b' })

const code = (name: string) => expect.objectContaining({ code: name })

test('IDEMPOTENCY_IN_PROGRESS carries namespace, hash of the key and end of the lease, and not the key', async () => {
  const { call, options } = counted({ namespace: 'charge' })
  await hang(options, { id: 'secret' })
  const error = await call({ id: 'secret' }).catch((thrown: unknown) => thrown)
  expect(isIdempotencyInProgressError(error)).toBe(true)
  expect(error).toMatchObject({
    code: 'IDEMPOTENCY_IN_PROGRESS',
    namespace: 'charge',
    recordKey: canonicalHash('secret'),
    leaseExpiresAt: START + 1000,
  })
  expect(inspect(error)).not.toContain('secret')
  const other = counted()
  await hang(other.options, { id: 1 })
  await expect(other.call({ id: 1 })).rejects.toHaveProperty('namespace', undefined)
  await expect(call({ id: undefined })).rejects.not.toSatisfy(isIdempotencyInProgressError)
})

describe('keys', () => {
  test.each([undefined, null])('%s is a missing key: nothing runs', async (id) => {
    const { call, state } = counted()
    await expect(call({ id })).rejects.toEqual(code('IDEMPOTENCY_KEY_MISSING'))
    expect(state.runs).toBe(0)
  })

  test.each([
    [[]],
    [{}],
    [[undefined, undefined]],
    [{ a: undefined }],
    [[null]],
    [new Array(2)],
    [holed],
    [Object.assign(holed.slice(), { name: 'c' })],
    [{ tenant: 't', order: { id: null } }],
    [['t', [['deep', { id: undefined }]]]],
    [Number.NaN],
    [['t', Number.NaN]],
    [new Date(Number.NaN)],
    [{ at: new Date('never') }],
    [Object.create(null)],
  ])('%j is a missing key, as a whole or in part: nothing runs, and no store is asked', async (id) => {
    const claim = vi.fn(memoryStore().claim)
    const { call, state } = counted({ store: { ...memoryStore(), claim } })
    await expect(call({ id })).rejects.toEqual(code('IDEMPOTENCY_KEY_MISSING'))
    expect(state.runs).toBe(0)
    expect(claim).not.toHaveBeenCalled()
  })

  test('allowPartialKey lets null and undefined members pass, and nothing else', async () => {
    const { call, state } = counted({ allowPartialKey: true })
    const keys = [['t', undefined], ['t', null], holed, { t: 't', order: { id: undefined } }]
    for (const id of keys) await call({ id })
    for (const id of keys) await call({ id })
    expect(state.runs).toBe(keys.length)
    for (const id of [undefined, null, [], {}, ['t', Number.NaN], [new Date(Number.NaN)]])
      await expect(call({ id })).rejects.toEqual(code('IDEMPOTENCY_KEY_MISSING'))
    expect(() => counted({ allowPartialKey: 'yes' as never }).call).toThrow(code('OPTION_INVALID'))
  })

  test('sets and maps are values, empty members too; a fingerprint may be of nothing', async () => {
    const { call, state } = counted({ fingerprint: () => [undefined, Number.NaN] })
    const keys = [new Set([undefined]), new Map([['a', null]]), ['', 0, false, [], {}], { a: new Set() }]
    for (const id of keys) await call({ id })
    expect(state.runs).toBe(keys.length)
  })

  test('a key far deeper than the stack, or a sparse one of great length, is looked through', async () => {
    let deep: unknown[] = ['end']
    for (let level = 0; level < 50_000; level++) deep = [deep]
    const { call, state } = counted()
    await call({ id: deep })
    expect(state.runs).toBe(1)
    const sparse = Object.assign([], { length: 2 ** 32 - 1 })
    await expect(call({ id: sparse })).rejects.toEqual(code('IDEMPOTENCY_KEY_MISSING'))
  })

  test.each(['', 0, false, 0n])('%o is a key', async (id) => {
    const { call, state } = counted()
    expect(await call({ id })).toEqual(await call({ id }))
    expect(state.runs).toBe(1)
  })

  test.each([() => 1, Symbol('s'), new (class {})(), Promise.resolve(1)])('%s cannot be a key', async (id) => {
    const { call, state } = counted()
    await expect(call({ id })).rejects.toEqual(code('IDEMPOTENCY_KEY_INVALID'))
    expect(state.runs).toBe(0)
  })

  test('a key function that throws is IDEMPOTENCY_KEY_INVALID with its error as cause', async () => {
    const failure = new TypeError('no such field')
    const { call, state } = counted({
      key: () => {
        throw failure
      },
    })
    await expect(call({ id: 1 })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_INVALID', cause: failure })
    expect(state.runs).toBe(0)
  })

  test('inputs that other hashes confuse are different keys', async () => {
    const { call, state } = counted()
    const ids = [new Set([1]), new Set([2]), new Map([[1, 2]]), 1n, 1, '1', -0, 0, [1], { a: 1 }]
    for (const id of ids) await call({ id })
    expect(state.runs).toBe(ids.length)
    for (const id of ids) await call({ id })
    expect(state.runs).toBe(ids.length)
  })

  test('namespaces tell two functions on one store apart', async () => {
    const store = memoryStore()
    const make = (namespace: string) => idempotent(async (_: string) => namespace, { store, key: (k) => k, namespace })
    expect(await make('a')('k')).toBe('a')
    expect(await make('b')('k')).toBe('b')
    expect(await make('a')('k')).toBe('a')
  })

  test('a function that changes its input completes under the key that it had', async () => {
    let runs = 0
    const call = idempotent(
      async (order: Order) => {
        runs++
        order.id = 'changed'
      },
      { store: memoryStore(), key: (order) => order.id },
    )
    await call({ id: 'a' })
    await call({ id: 'a' })
    expect(runs).toBe(1)
  })

  test('one key with another fingerprint is IDEMPOTENCY_PAYLOAD_MISMATCH: completed, in progress and abandoned', async () => {
    const { call, state, options } = counted({ fingerprint: (order) => order.cents })
    await call({ id: 1, cents: 5 })
    await call({ id: 1, cents: 5 })
    await expect(call({ id: 1, cents: 6 })).rejects.toEqual(code('IDEMPOTENCY_PAYLOAD_MISMATCH'))
    await hang(options, { id: 2, cents: 5 })
    await expect(call({ id: 2, cents: 6 })).rejects.toEqual(code('IDEMPOTENCY_PAYLOAD_MISMATCH'))
    state.time += 5000
    await expect(call({ id: 2, cents: 6 })).rejects.toEqual(code('IDEMPOTENCY_PAYLOAD_MISMATCH'))
    expect(state.runs).toBe(1)
    expect(await call({ id: 2, cents: 5 })).toEqual({ runs: 2 })
  })
})

describe('runs and replays', () => {
  test('arguments, this and the result pass through; a replay gives an equal copy', async () => {
    const self = { factor: 3, call: multiply() }
    function multiply() {
      return idempotent(
        function (this: { factor: number }, a: number, b: number) {
          return { product: a * b * this.factor, at: new Date(0), parts: new Set([a, b]), none: undefined }
        },
        { store: memoryStore(), key: (a) => a },
      )
    }
    const first = await self.call(2, 5)
    const second = await self.call(2, 5)
    expect(first).toStrictEqual({ product: 30, at: new Date(0), parts: new Set([2, 5]), none: undefined })
    expect(second).toStrictEqual(first)
    expect(second).not.toBe(first)
  })

  test.each([
    undefined,
    null,
    '',
    0,
    -0,
    Number.NaN,
    10n ** 30n,
    new Uint8Array([1, 2]),
    Buffer.from('x'),
    [undefined, { a: undefined }],
    new Map<unknown, unknown>([[{ k: 1n }, new Set([new Date(5)])]]),
    '\ud800',
    { $date: 5, __proto__: null },
  ])('a result of %o comes back equal', async (result) => {
    const call = idempotent(async (_: string) => result, { store: memoryStore(), key: (k) => k })
    expect(await call('k')).toBe(result)
    expect(await call('k')).toStrictEqual(result)
  })

  const cycle: unknown[] = []
  cycle.push(cycle)
  let deep: unknown = 1
  for (let depth = 0; depth < 100_000; depth++) deep = [deep]
  test.each([
    ['a function', () => 1],
    ['a class instance', new (class Order {})()],
    ['an error', new Error('e')],
    ['a cycle', cycle],
    ['a symbol', Symbol('s')],
    ['great depth', deep],
    ['a nested promise', { later: Promise.resolve(1) }],
    ['a subclass of Map', new (class Orders extends Map {})()],
  ])('%s cannot be kept: the first call has it, the record is completed, a replay says so', async (_, result) => {
    let runs = 0
    const call = idempotent(
      async (_: string) => {
        runs++
        return result
      },
      { store: memoryStore(), key: (k) => k },
    )
    expect(await call('k')).toBe(result)
    await expect(call('k')).rejects.toEqual(code('IDEMPOTENCY_RESULT_UNAVAILABLE'))
    expect(runs).toBe(1)
  })

  test('a result too large for the store is treated alike', async () => {
    const call = idempotent(async (_: string) => 'é'.repeat(50), {
      store: memoryStore({ maxResultBytes: 101 }),
      key: (k) => k,
    })
    expect(await call('k')).toHaveLength(50)
    await expect(call('k')).rejects.toEqual(code('IDEMPOTENCY_RESULT_UNAVAILABLE'))
    const fits = idempotent(async (_: string) => 'é'.repeat(50), {
      store: memoryStore({ maxResultBytes: 102 }),
      key: (k) => k,
    })
    await fits('k')
    expect(await fits('k')).toHaveLength(50)
  })

  test('a completed call is remembered for ttlSeconds, to the millisecond', async () => {
    const { call, state } = counted({ ttlSeconds: 60 })
    await call({ id: 1 })
    state.time += 59_999
    await call({ id: 1 })
    expect(state.runs).toBe(1)
    state.time += 1
    await call({ id: 1 })
    expect(state.runs).toBe(2)
  })

  test('an error frees the key and is thrown as it is; the next run is attempt 2', async () => {
    const store = memoryStore()
    const failure = new Error('boom')
    const attempts: unknown[] = []
    const call = idempotent(
      (_: string) => {
        attempts.push(idempotencyLease()?.attempt)
        if (attempts.length === 1) throw failure
        return Promise.resolve('done')
      },
      { store, key: (k) => k },
    )
    await expect(call('k')).rejects.toBe(failure)
    expect(await call('k')).toBe('done')
    expect(attempts).toEqual([1, 2])
  })

  test('thrown undefined is thrown undefined', async () => {
    const call = idempotent((_: string) => Promise.reject(undefined), { store: memoryStore(), key: (k) => k })
    expect(
      await call('k').then(
        () => 'resolved',
        (error) => [error],
      ),
    ).toEqual([undefined])
  })
})

describe('in progress', () => {
  test('throws at once by default', async () => {
    const { call, options } = counted()
    await hang(options, { id: 1 })
    await expect(call({ id: 1 })).rejects.toEqual(code('IDEMPOTENCY_IN_PROGRESS'))
  })

  test('waits for the result of the other', async () => {
    const store = memoryStore()
    let runs = 0
    const call = idempotent(
      async (_: string) => {
        runs++
        await wait(80)
        return runs
      },
      { store, key: (k) => k, onInProgress: { waitMs: 5000 } },
    )
    expect(await Promise.all([call('k'), call('k'), call('k')])).toEqual([1, 1, 1])
  })

  test('waits no longer than waitMs, even by a clock that stands still', async () => {
    const pauses: number[] = []
    const { call, options } = counted({
      onInProgress: { waitMs: 1000 },
      random: () => 1,
      sleep: async (ms) => pauses.push(ms),
    })
    await hang(options, { id: 1 })
    await expect(call({ id: 1 })).rejects.toEqual(code('IDEMPOTENCY_IN_PROGRESS'))
    expect(pauses.reduce((sum, ms) => sum + ms)).toBe(1000)
    expect(pauses.length).toBeLessThan(10)
  })

  test('runs when the other fails or dies while it waits', async () => {
    const { call, options, state } = counted({
      onInProgress: { waitMs: 10_000 },
      sleep: async (ms) => {
        state.time += ms
      },
    })
    await hang(options, { id: 1 })
    expect(await call({ id: 1 })).toEqual({ runs: 1 })
    expect(state.time).toBeGreaterThanOrEqual(START + 1000)
    expect(state.time).toBeLessThan(START + 2100)
  })
})

describe('leases', () => {
  const leaseOf = async (options: Partial<IdempotentOptions<[Order, unknown?]>>, context?: unknown) => {
    const { leaseMs: _, ...rest } = counted().options
    const call = idempotent(async (_: Order, _context?: unknown) => idempotencyLease()?.expiresAt, {
      ...rest,
      ...options,
    })
    return Number(await call({ id: 1 }, context)) - START
  }
  const left = (ms: number) => ({ getRemainingTimeInMillis: () => ms })

  test('leaseMs is exact; else the remaining time, grace and skew', async () => {
    expect(await leaseOf({ leaseMs: 1234 }, left(5))).toBe(1234)
    expect(await leaseOf({}, left(5000))).toBe(7000)
    expect(await leaseOf({ graceMs: 0, clockSkewMs: 0 }, left(5000))).toBe(5000)
    expect(await leaseOf({ graceMs: 7, clockSkewMs: 11 }, left(0))).toBe(18)
    expect(await leaseOf({ graceMs: 7, clockSkewMs: 11 }, left(-50))).toBe(18)
    expect(await leaseOf({})).toBe(902_000)
    expect(await leaseOf({}, { somethingElse: 1 })).toBe(902_000)
    expect(await leaseOf({ maxLeaseMs: 3000 }, left(5000))).toBe(3000)
    expect(await leaseOf({ maxLeaseMs: 3000, leaseMs: 4000 })).toBe(3000)
    expect(
      await leaseOf({ context: (_, b) => (b as { inner: ReturnType<typeof left> }).inner }, { inner: left(1) }),
    ).toBe(2001)
    expect(await leaseOf({ context: () => undefined }, left(5))).toBe(902_000)
  })

  test('retry takes over at the end of the lease, fail refuses', async () => {
    const retry = counted()
    await hang(retry.options, { id: 1 })
    retry.state.time += 999
    await expect(retry.call({ id: 1 })).rejects.toEqual(code('IDEMPOTENCY_IN_PROGRESS'))
    retry.state.time += 1
    expect(await retry.call({ id: 1 })).toEqual({ runs: 1 })

    const fail = counted({ onTakeover: 'fail' })
    await hang(fail.options, { id: 1 })
    fail.state.time += 1000
    await expect(fail.call({ id: 1 })).rejects.toEqual(code('IDEMPOTENCY_OUTCOME_UNKNOWN'))
    expect(fail.state.runs).toBe(0)
  })

  test('who outlives the lease and is taken over: LEASE_LOST, with the error of the function as cause if it threw', async () => {
    const { call, options, state } = counted()
    for (const failure of [undefined, new Error('late')]) {
      const id = String(failure)
      let finish: () => void = () => {}
      const late = idempotent(async (_: Order) => {
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        if (failure !== undefined) throw failure
        return 'late'
      }, options)({ id })
      await wait(1)
      state.time += 1000
      const taken = await call({ id })
      finish()
      await expect(late).rejects.toMatchObject({ code: 'IDEMPOTENCY_LEASE_LOST' })
      await late.catch((error) => expect(error.cause).toBe(failure))
      expect(await call({ id })).toEqual(taken)
    }
  })

  test('who outlives the lease and is not taken over completes', async () => {
    const { options, state } = counted()
    let runs = 0
    const slow = idempotent(async (_: Order) => {
      state.time += 50_000
      return ++runs
    }, options)
    expect(await slow({ id: 1 })).toBe(1)
    expect(await slow({ id: 1 })).toBe(1)
  })

  test('renew by hand: for the length of the lease, or until a time, never beyond maxLeaseMs, never shorter', async () => {
    const { options, state } = counted({ maxLeaseMs: 5000 })
    const lease = await hang(options, { id: 1 })
    expect(lease).toMatchObject({ attempt: 1, expiresAt: START + 1000 })
    state.time += 500
    await lease.renew()
    expect(lease.expiresAt).toBe(START + 1500)
    await lease.renew(START + 3000)
    expect(lease.expiresAt).toBe(START + 3000)
    await lease.renew(START + 1)
    expect(lease.expiresAt).toBe(START + 3000)
    await lease.renew(START + 60_000)
    expect(lease.expiresAt).toBe(START + 5000)
    await expect(lease.renew(Number.NaN)).rejects.toEqual(code('OPTION_INVALID'))
  })

  test('renew after a takeover: LEASE_LOST, and the signal aborts', async () => {
    const { call, options, state } = counted()
    const lease = await hang(options, { id: 1 })
    state.time += 1000
    await call({ id: 1 })
    expect(lease.signal.aborted).toBe(false)
    await expect(lease.renew()).rejects.toEqual(code('IDEMPOTENCY_LEASE_LOST'))
    expect(lease.signal.reason).toEqual(code('IDEMPOTENCY_LEASE_LOST'))
  })

  test('renew after the end: LEASE_LOST', async () => {
    let lease: Lease | undefined
    const call = idempotent(
      async (_: string) => {
        lease = idempotencyLease()
      },
      { store: memoryStore(), key: (k) => k },
    )
    await call('k')
    await expect(lease?.renew()).rejects.toEqual(code('IDEMPOTENCY_LEASE_LOST'))
  })

  test('idempotencyLease: nothing outside, its own in concurrent and nested runs', async () => {
    expect(idempotencyLease()).toBeUndefined()
    const store = memoryStore()
    const inner = idempotent(async (_: string) => idempotencyLease()?.key, { store, key: (k) => k, namespace: 'inner' })
    const outer = idempotent(
      async (k: string) => {
        await wait(1)
        const before = idempotencyLease()?.key
        const within = await inner(k)
        return [before, within, idempotencyLease()?.key]
      },
      { store, key: (k) => k, namespace: 'outer' },
    )
    const [a, b] = await Promise.all([outer('a'), outer('b')])
    expect(a?.[0]).toMatch(/^outer#/)
    expect(a?.[1]).toMatch(/^inner#/)
    expect(a?.[2]).toBe(a?.[0])
    expect(b?.[0]).not.toBe(a?.[0])
    expect(idempotencyLease()).toBeUndefined()
  })

  test('tokens are the own ones where newToken is given', async () => {
    const call = idempotent(async (_: string) => idempotencyLease()?.token, {
      store: memoryStore(),
      key: (k) => k,
      newToken: () => 'token-1',
    })
    expect(await call('k')).toBe('token-1')
  })
})

describe('heartbeat', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test('a long run keeps its key, and lets go of it when it ends', async () => {
    vi.useFakeTimers({ now: START })
    const store = memoryStore()
    const renewals: number[] = []
    const watched: IdempotencyStore = {
      ...store,
      renew: (lease, until) => {
        renewals.push(until - START)
        return store.renew(lease, until)
      },
    }
    const options = { store: watched, key: (order: Order) => order.id, leaseMs: 3000, heartbeat: true }
    const long = idempotent(async (_: Order) => {
      await new Promise((resolve) => setTimeout(resolve, 9500))
      return 'long'
    }, options)
    const first = long({ id: 1 })
    await vi.advanceTimersByTimeAsync(9499)
    await expect(long({ id: 1 })).rejects.toEqual(code('IDEMPOTENCY_IN_PROGRESS'))
    await vi.advanceTimersByTimeAsync(1)
    expect(await first).toBe('long')
    expect(renewals).toEqual([4000, 5000, 6000, 7000, 8000, 9000, 10_000, 11_000, 12_000])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(renewals).toHaveLength(9)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a heartbeat that fails is tried again; one that is lost aborts the signal', async () => {
    vi.useFakeTimers({ now: START })
    const store = memoryStore()
    let failures = 1
    const flaky: IdempotencyStore = {
      ...store,
      renew: (lease, until) => (failures-- > 0 ? Promise.reject(new Error('down')) : store.renew(lease, until)),
    }
    const options = { store: flaky, key: (order: Order) => order.id, leaseMs: 3000, heartbeat: { everyMs: 500 } }
    const lease = await hang(options, { id: 1 })
    await vi.advanceTimersByTimeAsync(500)
    expect(lease.expiresAt).toBe(START + 3000)
    await vi.advanceTimersByTimeAsync(500)
    expect(lease.expiresAt).toBe(START + 4000)
    failures = Number.POSITIVE_INFINITY
    await vi.advanceTimersByTimeAsync(5000)
    await idempotent(async (_: Order) => 'other', options)({ id: 1 })
    failures = 0
    await vi.advanceTimersByTimeAsync(500)
    expect(lease.signal.aborted).toBe(true)
  })
})

describe('stores that fail', () => {
  const throttled = () => Object.assign(new Error('slow down'), { name: 'ThrottlingException' })

  test('a claim that fails: its error, nothing run', async () => {
    const failure = throttled()
    const { call, state } = counted({ store: { ...memoryStore(), claim: () => Promise.reject(failure) } })
    await expect(call({ id: 1 })).rejects.toBe(failure)
    expect(state.runs).toBe(0)
  })

  test('a completion that is throttled is tried again', async () => {
    const store = memoryStore()
    let tries = 0
    const { call, state } = counted({
      sleep: async () => {},
      store: {
        ...store,
        complete: (...args) => (++tries < 6 ? Promise.reject(throttled()) : store.complete(...args)),
      },
    })
    await call({ id: 1 })
    await call({ id: 1 })
    expect([state.runs, tries]).toEqual([1, 6])
  })

  test('a completion that never comes through is told, and the key stays held: nothing runs again within the lease', async () => {
    const failure = throttled()
    const { call, state } = counted({
      sleep: async () => {},
      store: { ...memoryStore(), complete: () => Promise.reject(failure) },
    })
    await expect(call({ id: 1 })).rejects.toBe(failure)
    await expect(call({ id: 1 })).rejects.toEqual(code('IDEMPOTENCY_IN_PROGRESS'))
    expect(state.runs).toBe(1)
  })

  test('a result that the store refuses: the record is completed without it', async () => {
    const store = memoryStore()
    const { call, state } = counted({
      store: {
        ...store,
        complete: (lease, outcome, expiresAt) =>
          outcome.kind === 'result'
            ? Promise.reject(new Error('item too large'))
            : store.complete(lease, outcome, expiresAt),
      },
    })
    expect(await call({ id: 1 })).toEqual({ runs: 1 })
    await expect(call({ id: 1 })).rejects.toEqual(code('IDEMPOTENCY_RESULT_UNAVAILABLE'))
    expect(state.runs).toBe(1)
  })

  test('an error while freeing does not hide that of the function; the key is free after its lease', async () => {
    const store = memoryStore()
    const warnings: string[] = []
    const onWarning = (warning: Error & { code?: string }) => warnings.push(String(warning.code))
    process.on('warning', onWarning)
    const { call, state } = counted({ store: { ...store, release: () => Promise.reject(new Error('down')) } })
    await expect(call({ id: 1, boom: true })).rejects.toThrow('boom')
    await expect(call({ id: 1 })).rejects.toEqual(code('IDEMPOTENCY_IN_PROGRESS'))
    state.time += 1000
    expect(await call({ id: 1 })).toEqual({ runs: 2 })
    await wait(1)
    process.off('warning', onWarning)
    expect(warnings).toEqual(['MILLRACE_LEASE_LEFT'])
  })

  test('50 callers of one key: one side effect', async () => {
    const { call, state } = counted()
    const ends = await Promise.allSettled(Array.from({ length: 50 }, () => call({ id: 1 })))
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(state.runs).toBe(1)
  })
})

describe('options', () => {
  const good = { store: memoryStore(), key: (k: string) => k }
  test.each([
    { store: undefined },
    { key: 'id' },
    { namespace: 'x'.repeat(513) },
    { namespace: '\ud800' },
    { ttlSeconds: 0 },
    { ttlSeconds: Number.NaN },
    { leaseMs: -1 },
    { leaseMs: Number.POSITIVE_INFINITY },
    { maxLeaseMs: 0 },
    { clockSkewMs: -1 },
    { graceMs: Number.NaN },
    { heartbeat: { everyMs: 0 } },
    { heartbeat: { everyMs: 2 ** 31 } },
    { onInProgress: 'wait' },
    { onInProgress: { waitMs: -1 } },
    { onTakeover: 'maybe' },
    { now: 5 },
    { fingerprint: 'x' },
    { newToken: 'x' },
  ])('%o is OPTION_INVALID when the function is made', (bad) => {
    expect(() => idempotent(async (_: string) => 1, { ...good, ...bad } as never)).toThrow(code('OPTION_INVALID'))
  })
})

describe('memoryStore', () => {
  test('forgets what has expired', async () => {
    const spied = vi.spyOn(Map.prototype, 'delete')
    const { call, state } = counted({ ttlSeconds: 1 })
    for (let id = 0; id < 100; id++) await call({ id })
    state.time += 100_000
    for (let id = 1000; id < 1060; id++) await call({ id })
    expect(spied.mock.results.filter(({ value }) => value === true).length).toBeGreaterThanOrEqual(100)
    spied.mockRestore()
  })
})

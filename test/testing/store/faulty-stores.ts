import { memoryStore, memoryTable } from '../../../src/idempotency/memory-store.ts'
import type { RecordTable } from '../../../src/idempotency/record-store.ts'
import { leaseLost, recordStore } from '../../../src/idempotency/record-store.ts'
import type { HeldLease, IdempotencyStore } from '../../../src/idempotency/store.ts'
import type { MakeStore } from '../../../src/testing/index.ts'

/** A store with one fault, and the law that must notice it. */
export interface FaultyStore {
  readonly fault: string
  /** Index of the law. */
  readonly law: 0 | 1 | 2
  readonly make: () => MakeStore
  /** A part of the failure. */
  readonly shows: RegExp
}

type Change = (store: IdempotencyStore) => Partial<IdempotencyStore>

/** A store in memory with some of its methods replaced. */
const changed = (change: Change) => (): MakeStore => {
  const store = memoryStore()
  const made = { ...store, ...change(store) }
  return () => made
}

/** A store over a table in memory whose requests go over the wire, with some of its writes replaced. */
const written = (change: (table: RecordTable) => Partial<RecordTable>) => (): MakeStore => {
  const table = memoryTable()
  const faulty = { ...table, ...change(table) }
  return (wire) =>
    recordStore({
      insert: (record) => wire(() => faulty.insert(record)),
      replace: (found, record) => wire(() => faulty.replace(found, record)),
      change: (lease, record) => wire(() => faulty.change(lease, record)),
      fits: faulty.fits,
    })
}

/** A store that accepts each call of an actor once. */
function once<Rest extends readonly unknown[], T>(call: (lease: HeldLease, ...rest: Rest) => Promise<T>) {
  const seen = new Set<string>()
  return (lease: HeldLease, ...rest: Rest): Promise<T> => {
    if (seen.has(lease.token)) return Promise.reject(leaseLost())
    seen.add(lease.token)
    return call(lease, ...rest)
  }
}

const NEVER = Number.MAX_SAFE_INTEGER

/** Each fault that a store of one's own may have. */
export const FAULTY_STORES: readonly FaultyStore[] = [
  {
    fault: 'ignores the fingerprint',
    law: 0,
    make: changed(({ claim }) => ({ claim: ({ fingerprint: _, ...request }) => claim(request) })),
    shows: /'mismatched'/,
  },
  {
    fault: 'never takes a key over',
    law: 0,
    make: changed(({ claim }) => ({ claim: (request) => claim({ ...request, onTakeover: 'fail' }) })),
    shows: /\+ 'abandoned'[\s\S]*- 'claimed/,
  },
  {
    fault: 'takes a key over against the policy',
    law: 0,
    make: changed(({ claim }) => ({ claim: (request) => claim({ ...request, onTakeover: 'retry' }) })),
    shows: /- 'abandoned'/,
  },
  {
    fault: 'takes a key over early',
    law: 0,
    make: changed(({ claim }) => ({ claim: (request) => claim({ ...request, now: request.now + 900 }) })),
    shows: /- 'in-progress until/,
  },
  {
    fault: 'takes a key over late',
    law: 0,
    make: changed(({ claim }) => ({ claim: (request) => claim({ ...request, now: request.now - 1 }) })),
    shows: /\+ 'in-progress until|\+ 'claimed 2[\s\S]*- 'claimed 1/,
  },
  {
    fault: 'forgets a completed key at once',
    law: 0,
    make: changed(({ complete }) => ({ complete: (lease, outcome, at) => complete(lease, outcome, at - 5000) })),
    shows: /- 'completed/,
  },
  {
    fault: 'never forgets a key',
    law: 0,
    make: changed(({ claim, complete }) => ({
      claim: (request) => claim({ ...request, expiresAt: NEVER }),
      complete: (lease, outcome) => complete(lease, outcome, NEVER),
    })),
    shows: /- 'claimed 1 until/,
  },
  {
    fault: 'does not count attempts',
    law: 0,
    make: changed(({ claim }) => ({
      claim: async (request) => {
        const claimed = await claim(request)
        return claimed.state === 'claimed' ? { ...claimed, lease: { ...claimed.lease, attempt: 1 } } : claimed
      },
    })),
    shows: /\+ 'claimed 1 until[\s\S]*- 'claimed 2 until/,
  },
  {
    fault: 'loses results',
    law: 0,
    make: changed(({ complete }) => ({
      complete: (lease, _, at) => complete(lease, { kind: 'none', reason: 'too-large' }, at),
    })),
    shows: /\+ 'completed too-large'/,
  },
  {
    fault: 'completes nothing',
    law: 0,
    make: changed(() => ({ complete: async () => undefined })),
    shows: /(?:release|complete)\(\d\) must be IDEMPOTENCY_LEASE_LOST|- 'completed/,
  },
  {
    fault: 'completes without a lease',
    law: 0,
    make: changed(({ complete }) => ({
      complete: (lease, outcome, at) => complete(lease, outcome, at).catch(() => undefined),
    })),
    shows: /complete\(\d\) must be IDEMPOTENCY_LEASE_LOST/,
  },
  {
    fault: 'renews without a lease',
    law: 0,
    make: changed(({ renew }) => ({
      renew: (lease, until) => renew(lease, until).catch(() => ({ ...lease, expiresAt: until })),
    })),
    shows: /renew\(\d, \d+ ms\) must be IDEMPOTENCY_LEASE_LOST/,
  },
  {
    fault: 'releases without a lease',
    law: 0,
    make: changed(({ release }) => ({ release: (lease) => release(lease).catch(() => {}) })),
    shows: /release\(\d\) must be IDEMPOTENCY_LEASE_LOST/,
  },
  {
    fault: 'reports a lost lease by an error of its own',
    law: 0,
    make: changed(({ release }) => ({
      release: (lease) =>
        release(lease).catch(() => {
          throw new Error('conflict')
        }),
    })),
    shows: /release\(\d\) must be IDEMPOTENCY_LEASE_LOST/,
  },
  {
    fault: 'renews a released lease',
    law: 0,
    make: changed(({ renew, release }) => {
      const released = new Set<string>()
      return {
        release: async (lease) => {
          await release(lease)
          released.add(lease.token)
        },
        renew: async (lease, until) =>
          released.has(lease.token) ? { ...lease, expiresAt: until } : renew(lease, until),
      }
    }),
    shows: /renew\(\d, \d+ ms\) must be IDEMPOTENCY_LEASE_LOST/,
  },
  {
    fault: 'cannot renew a lease that it holds',
    law: 0,
    make: changed(() => ({ renew: () => Promise.reject(leaseLost()) })),
    shows: /renew\(\d, \d+ ms\) must hold/,
  },
  {
    fault: 'renews until another time than it reports',
    law: 0,
    make: changed(({ renew }) => ({
      renew: async (lease, until) => ({ ...(await renew(lease, until - 1)), expiresAt: until }),
    })),
    shows: /\+ 'in-progress until|\+ 'claimed|\+ 'mismatched|\+ 'abandoned/,
  },
  ...(['key', 'token', 'attempt', 'expiresAt'] as const).map(
    (field): FaultyStore => ({
      fault: `renews, and reports another ${field}`,
      law: 0,
      make: changed(({ renew }) => ({
        renew: async (lease, until) => {
          const renewed = await renew(lease, until)
          return { ...renewed, [field]: typeof renewed[field] === 'number' ? Number(renewed[field]) + 1 : 'other' }
        },
      })),
      shows: /renew\(\d, \d+ ms\) must hold/,
    }),
  ),
  {
    fault: 'shortens a lease by renewing it',
    law: 0,
    make: changed(({ renew }) => ({
      renew: async (lease, until) => ({ ...(await renew(lease, lease.expiresAt)), expiresAt: until }),
    })),
    shows: /- 'in-progress until|- 'claimed 2/,
  },
  {
    fault: 'releases nothing',
    law: 0,
    make: changed(() => ({ release: async () => {} })),
    shows: /release\(\d\) must be IDEMPOTENCY_LEASE_LOST|- 'claimed/,
  },
  {
    fault: 'counts from one again after a release',
    law: 0,
    make: written(({ change }) => ({
      change: (lease, record) => change(lease, record.state === 'released' ? { ...record, expiresAt: 0 } : record),
    })),
    shows: /\+ 'claimed 1 until/,
  },
  {
    fault: 'does not know its own claim when that is sent again',
    law: 1,
    make: changed(({ claim }) => {
      const seen = new Set<string>()
      return {
        claim: async (request) => {
          const isAgain = seen.has(request.token)
          seen.add(request.token)
          const claimed = await claim(request)
          return isAgain && claimed.state === 'claimed'
            ? { state: 'in-progress', leaseExpiresAt: request.leaseExpiresAt }
            : claimed
        },
      }
    }),
    shows: /\+ 'in-progress until/,
  },
  {
    fault: 'cannot complete twice',
    law: 1,
    make: changed(({ complete }) => ({ complete: once(complete) })),
    shows: /complete\(\d\) must hold/,
  },
  {
    fault: 'cannot release twice',
    law: 1,
    make: changed(({ release }) => ({ release: once(release) })),
    shows: /release\(\d\) must hold/,
  },
  {
    fault: 'cannot renew twice',
    law: 1,
    make: changed(({ renew }) => ({ renew: once(renew) })),
    shows: /renew\(\d, \d+ ms\) must hold/,
  },
  {
    fault: 'inserts over another record',
    law: 2,
    make: written(({ insert, replace }) => ({
      insert: async (record) => {
        const before = await insert(record)
        return before.won || before.found === undefined ? before : replace(before.found, record)
      },
    })),
    shows: /two live runs have one key|a late call has a result/,
  },
  {
    fault: 'takes over whatever is there',
    law: 2,
    make: written(({ insert, replace }) => ({
      replace: async (found, record) => {
        const now = await insert(record)
        return now.won ? now : replace(now.found ?? found, record)
      },
    })),
    shows: /two live runs have one key/,
  },
  {
    fault: 'completes for whoever asks',
    law: 2,
    make: written(({ change, insert, replace }) => ({
      change: async (lease, record) => {
        const changed = await change(lease, record)
        if (changed.won || record.state !== 'completed') return changed
        const now = await insert(record)
        return now.won || now.found === undefined ? now : replace(now.found, record)
      },
    })),
    shows: /two calls completed one key/,
  },
  {
    fault: 'never frees the key of a caller that died',
    law: 2,
    make: changed(({ claim }) => ({ claim: (request) => claim({ ...request, leaseExpiresAt: NEVER }) })),
    shows: /another caller holds this key/,
  },
  {
    fault: 'forgets a result before its time',
    law: 2,
    make: changed(({ complete }) => ({ complete: (lease, outcome, at) => complete(lease, outcome, at - 950_000) })),
    shows: /a late call has a result that no call returned/,
  },
  {
    fault: 'fails by an error of its own',
    law: 2,
    make: written(() => ({ insert: () => Promise.reject(new Error('no table')) })),
    shows: /no table/,
  },
  {
    fault: 'replays another result for a minute',
    law: 2,
    make: changed(({ claim }) => ({
      claim: async (request) => {
        const claimed = await claim(request)
        const isEarly = claimed.state === 'completed' && request.now < 1_700_000_060_000
        return isEarly ? { state: 'completed', outcome: { kind: 'result', text: '"other"' } } : claimed
      },
    })),
    shows: /calls of one key have different results/,
  },
]

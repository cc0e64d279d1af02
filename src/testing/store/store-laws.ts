import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { isMillraceError } from '../../errors.ts'
import { canonicalHash, idempotencyLease, idempotent } from '../../idempotency/index.ts'
import type { IdempotencyStore } from '../../idempotency/store.ts'
import { checkLaws } from '../check-laws.ts'
import { followHistory, storeHistories } from './store-model.ts'

/** Transports a request of a store to its server and the response back: possibly twice, late, or never. */
export type Wire = <T>(request: () => Promise<T>) => Promise<T>

/**
 * Creates a store. All created stores share their records, under keys that the laws generate. A store that sends each
 * of its requests over the wire is tested more thoroughly: other events may happen between any two of its requests.
 */
export type MakeStore = (wire: Wire) => IdempotencyStore

export interface StoreLawOptions {
  /** Histories and schedules for each law. Default 100; use fewer if each step is a request over a network. */
  readonly runs?: number
  /** Seed printed by a failure, to replay it. */
  readonly seed?: number
}

/** One thing that must hold for every store. */
export interface StoreLaw {
  readonly name: string
  /** Rejects with what broke the law, and the seed that replays it. */
  readonly run: () => Promise<void>
}

const direct: Wire = (request) => request()

/** Execute every request, lose its response, and send it again, as a client does when a connection breaks. */
const repeated: Wire = async (request) => {
  await request().catch(() => {})
  return request()
}

/**
 * Create the laws that every idempotency store must satisfy, for `test.each` of any test runner: histories of claims,
 * renewals, completions, releases, crashes, skewed clocks and takeovers against a model, also with every request sent
 * twice, and races of several callers of one key in every order.
 *
 * The laws use simulated times, so a store must use the times of its records, and its server must not delete records by
 * its own clock within the next minutes.
 *
 * @param makeStore - see {@link MakeStore}.
 * @returns the laws; each runs `runs` histories of up to 40 calls.
 * @throws MillraceError `OPTION_INVALID`, `TYPE_MISMATCH` at once.
 * @example
 * const laws = storeLaws(() => memoryStore(), { runs: 5 })
 * for (const { run } of laws.slice(0, 1)) await run()
 * laws.length // => 3
 */
export function storeLaws(makeStore: MakeStore, options: StoreLawOptions = {}): StoreLaw[] {
  checkLaws('storeLaws', makeStore, options)
  const { runs = 100, seed } = options
  const law = (name: string, property: fc.IAsyncProperty<unknown>): StoreLaw => ({
    name,
    run: () => fc.assert(property, { numRuns: runs, ...(seed !== undefined && { seed }) }),
  })
  const history = (wire: Wire, wrap: (store: IdempotencyStore) => IdempotencyStore) =>
    fc.asyncProperty(storeHistories(40), fc.nat(1e9), (commands, seconds) =>
      followHistory(wrap(makeStore(wire)), randomUUID(), commands, 1_600_000_000_000 + seconds * 1000),
    ) as fc.IAsyncProperty<unknown>
  return [
    law(
      'claims, renewals, completions, releases, crashes, skewed clocks and takeovers agree with the model',
      history(direct, (store) => store),
    ),
    law('the same when every response is lost and every request sent again', history(repeated, sentTwice)),
    law(
      'in any order of events at most one live run has a key, at most one call completes it, and it is never stuck',
      fc.asyncProperty(
        fc.scheduler(),
        fc.constantFrom<Before>('nothing', 'a dead caller', 'a failed caller', 'a forgotten result'),
        fc.array(arbitraryCaller(), { minLength: 2, maxLength: 4 }),
        (scheduler, before, callers) => raceCallers(makeStore, scheduler, before, callers),
      ) as fc.IAsyncProperty<unknown>,
    ),
  ]
}

/** A store whose calls are made twice, as by a caller that received no response. */
function sentTwice(store: IdempotencyStore): IdempotencyStore {
  return {
    claim: (request) => repeated(() => store.claim(request)),
    renew: (lease, until) => repeated(() => store.renew(lease, until)),
    complete: (lease, outcome, expiresAt) => repeated(() => store.complete(lease, outcome, expiresAt)),
    release: (lease) => repeated(() => store.release(lease)),
  }
}

/** The history of the key's record before the race; the key is free in each case. */
type Before = 'nothing' | 'a dead caller' | 'a failed caller' | 'a forgotten result'

/** One caller of a race: the behaviour of its run, and the time at which its process dies, if it does. */
interface Caller {
  readonly skewMs: number
  readonly does: 'return' | 'throw'
  readonly diesAt: 'never' | 'claim' | 'run' | 'end'
  readonly renews: boolean
  /** True if its process is not killed when its time is over. */
  readonly outlives: boolean
}

const MAX_SKEW_MS = 200
const RUN_MS = 1000
const WORK_FAILED = 'the work failed'

function arbitraryCaller(): fc.Arbitrary<Caller> {
  return fc.record({
    skewMs: fc.constantFrom(-MAX_SKEW_MS / 2, 0, MAX_SKEW_MS / 2),
    does: fc.constantFrom('return', 'return', 'throw'),
    diesAt: fc.constantFrom('never', 'never', 'claim', 'run', 'end'),
    renews: fc.boolean(),
    outlives: fc.boolean(),
  })
}

interface Run {
  readonly token: string
  /** True time at which the caller's process always ends. */
  readonly endsAt: number
  isOver: boolean
}

/**
 * Callers of one key, each in a "process" with its own clock that is killed when its time is over, with their steps and
 * those of time in any order of the scheduler.
 */
async function raceCallers(
  makeStore: MakeStore,
  s: fc.Scheduler,
  before: Before,
  callers: readonly Caller[],
): Promise<void> {
  const key = randomUUID()
  const runs: Run[] = []
  /** Results of all sent completions, and of those whose sender received the confirmation. */
  const sentResults: unknown[] = []
  const keptResults: unknown[] = []
  const results: unknown[] = []
  const errors: unknown[] = []
  let time = 1_700_000_000_000
  await leaveRecord(makeStore(direct), key, time, before)

  const call = (caller: Caller, index: number): Promise<void> => {
    const endsAt = time + RUN_MS
    let onDeath: () => void = () => {}
    const death = new Promise<void>((resolve) => {
      onDeath = resolve
    })
    /** A promise that never settles, for a dead process. */
    const die = (): Promise<never> => {
      onDeath()
      return new Promise(() => {})
    }
    const step = async (label: string): Promise<void> => {
      await s.schedule(Promise.resolve(), `${index} ${label}`)
      if (time >= endsAt && !caller.outlives) await die()
    }
    /** A store whose requests arrive even if their sender dies. */
    const store = makeStore(async (request) => {
      await step('sends')
      await s.schedule(Promise.resolve(), `${index} is asked`)
      const answer = await settledLater(request())
      await step('is answered')
      return answer()
    })
    const gated: IdempotencyStore = {
      claim: async (request) => {
        await step('claims')
        const claim = await store.claim(request)
        await step('has its claim answered')
        return caller.diesAt === 'claim' ? die() : claim
      },
      renew: (lease, until) => step('renews').then(() => store.renew(lease, until)),
      complete: async (lease, outcome, expiresAt) => {
        await step('completes')
        if (caller.diesAt === 'end') return die()
        const result = outcome.kind === 'result' ? JSON.parse(outcome.text) : outcome.reason
        sentResults.push(result)
        const missing = await store.complete(lease, outcome, expiresAt)
        keptResults.push(result)
        return missing
      },
      release: (lease) => step('releases').then(() => store.release(lease)),
    }
    const work = idempotent(
      async (_input: string, _context: unknown) => {
        const lease = idempotencyLease()
        const run: Run = { token: lease?.token ?? '', endsAt, isOver: false }
        const others = runs.filter((other) => !other.isOver && time < other.endsAt)
        assert.equal(others.length, 0, 'two live runs have one key')
        runs.push(run)
        await step('runs')
        if (caller.diesAt === 'run') return die()
        if (caller.renews) await lease?.renew().catch(() => {})
        await step('ends')
        run.isOver = true
        if (caller.does === 'throw') throw new Error(WORK_FAILED)
        return run.token
      },
      {
        store: gated,
        key: (input) => input,
        ttlSeconds: 1000,
        clockSkewMs: MAX_SKEW_MS,
        graceMs: 0,
        now: () => time + caller.skewMs,
        random: () => 0.5,
      },
    )
    const ended = work(key, { getRemainingTimeInMillis: () => endsAt - time }).then(
      (result) => void results.push(result),
      (error: unknown) => void errors.push(error),
    )
    return Promise.race([ended, death])
  }

  void s.scheduleSequence(
    Array.from({ length: 8 }, () => async () => {
      time += RUN_MS * 0.3
    }),
  )
  const begin = (index: number): Promise<void> => s.schedule(Promise.resolve(), `${index} begins`)
  await s.waitFor(Promise.all(callers.map((caller, index) => begin(index).then(() => call(caller, index)))))
  for (const error of errors) if (!isExpected(error)) throw error
  assert(keptResults.length <= 1, 'two calls completed one key')
  const known = new Set([...keptResults, ...results])
  assert(known.size <= 1, 'calls of one key have different results')
  const late = await callLate(makeStore(direct), key, time)
  const possible = known.size === 0 ? ['late', ...sentResults] : [...known]
  assert(possible.includes(late), 'a late call has a result that no call returned')
}

/** An outcome that is unpacked later. */
function settledLater<T>(promise: Promise<T>): Promise<() => T> {
  return promise.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error
    },
  )
}

function isExpected(error: unknown): boolean {
  return (
    isMillraceError(error, 'IDEMPOTENCY_IN_PROGRESS') ||
    isMillraceError(error, 'IDEMPOTENCY_LEASE_LOST') ||
    (error instanceof Error && error.message === WORK_FAILED)
  )
}

/** Create the record of a call that ended 10 seconds ago. */
async function leaveRecord(store: IdempotencyStore, key: string, time: number, before: Before): Promise<void> {
  if (before === 'nothing') return
  const now = time - 10_000
  const claim = await store.claim({
    key: canonicalHash(key),
    token: randomUUID(),
    now,
    leaseExpiresAt: now + RUN_MS,
    expiresAt: time + 1000 * RUN_MS,
    onTakeover: 'retry',
  })
  if (claim.state !== 'claimed') throw new Error('a new key must be free')
  if (before === 'a failed caller') await store.release(claim.lease)
  if (before === 'a forgotten result')
    await store.complete(claim.lease, { kind: 'result', text: '"old"' }, time - MAX_SKEW_MS)
}

/** Long after all leases, the key returns the one stored result, or runs again. */
function callLate(store: IdempotencyStore, key: string, time: number): Promise<string> {
  const late = idempotent(async (_: string) => 'late', {
    store,
    key: (input) => input,
    ttlSeconds: 1000,
    now: () => time + 100_000,
  })
  return late(key)
}

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isMillraceError } from '../../errors.ts'
import type { Claim, HeldLease, IdempotencyStore, TakeoverPolicy } from '../../idempotency/store.ts'

/** State of a key in the model: written independently, so that the stores are not checked against themselves. */
interface Entry {
  holder: string
  phase: 'running' | 'done' | 'free'
  attempt: number
  leaseEnd: number
  forgottenAt: number
  print: string
  result: string
}

interface Model {
  /** True time; the clock of an actor is that plus its skew. */
  time: number
  readonly skew: number[]
  readonly entries: Map<string, Entry>
  /** The lease that each actor assumes to hold. */
  readonly beliefs: Map<number, string>
}

interface Real {
  readonly store: IdempotencyStore
  readonly leases: Map<number, HeldLease>
  /** Keys used only by this run. */
  readonly keyOf: (key: number) => string
}

type Command = fc.AsyncCommand<Model, Real>

const ACTORS = 3
const KEYS = 2
const LEASE_MS = 1000
const RETAIN_MS = 5000

const actor = fc.nat(ACTORS - 1)
const print = fc.constantFrom('p', 'p', 'p', 'q')

/** Histories of several actors with their own clocks, and the expected result of each step. */
export function storeHistories(maxCommands: number): fc.Arbitrary<Iterable<Command>> {
  return fc.commands(
    [
      fc
        .record({
          actor,
          key: fc.nat(KEYS - 1),
          policy: fc.constantFrom<TakeoverPolicy>('retry', 'retry', 'fail'),
          print,
          token: fc.uuid(),
        })
        .map(claimCommand),
      fc.record({ actor, ms: fc.integer({ min: 0, max: 3000 }) }).map(renewCommand),
      fc.record({ actor, result: fc.string() }).map(completeCommand),
      fc.record({ actor }).map(releaseCommand),
      fc.record({ actor }).map(crashCommand),
      fc.record({ ms: fc.integer({ min: 0, max: 1500 }) }).map(advanceCommand),
      fc.record({ ms: fc.constantFrom(LEASE_MS, RETAIN_MS) }).map(advanceCommand),
      fc.record({ actor, ms: fc.integer({ min: -400, max: 400 }) }).map(skewCommand),
    ],
    { maxCommands, size: 'max' },
  )
}

/** Run a history against a store; keys get a unique name per run. */
export async function followHistory(
  store: IdempotencyStore,
  runName: string,
  history: Iterable<Command>,
  startTime: number,
): Promise<void> {
  await fc.asyncModelRun(
    () => ({
      model: { time: startTime, skew: new Array(ACTORS).fill(0), entries: new Map(), beliefs: new Map() },
      real: { store, leases: new Map(), keyOf: (key) => `${runName}#${key}` },
    }),
    history,
  )
}

function claimCommand(o: {
  actor: number
  key: number
  policy: TakeoverPolicy
  print: string
  token: string
}): Command {
  return {
    toString: () => `claim(${JSON.stringify(o)})`,
    check: () => true,
    async run(model, { store, leases, keyOf }) {
      const now = model.time + (model.skew[o.actor] ?? 0)
      const key = keyOf(o.key)
      const token = `${o.token}/${o.actor}/${model.beliefs.size}/${model.time}`
      const expected = expectedClaim(model, key, token, now, o.policy, o.print)
      const claim = await store.claim({
        key,
        token,
        now,
        leaseExpiresAt: now + LEASE_MS,
        expiresAt: now + LEASE_MS + RETAIN_MS,
        onTakeover: o.policy,
        fingerprint: o.print,
      })
      assert.equal(shown(claim), expected)
      if (claim.state !== 'claimed') return
      leases.set(o.actor, claim.lease)
      model.beliefs.set(o.actor, key)
      model.entries.set(key, {
        holder: token,
        phase: 'running',
        attempt: claim.lease.attempt,
        leaseEnd: now + LEASE_MS,
        forgottenAt: now + LEASE_MS + RETAIN_MS,
        print: o.print,
        result: '',
      })
    },
  }
}

function expectedClaim(model: Model, key: string, token: string, now: number, policy: TakeoverPolicy, mark: string) {
  const entry = model.entries.get(key)
  const won = (attempt: number) => `claimed ${attempt} until ${now + LEASE_MS} by ${token}`
  if (entry === undefined || now >= entry.forgottenAt) return won(1)
  if (entry.phase === 'free') return won(entry.attempt + 1)
  if (entry.print !== mark) return 'mismatched'
  if (entry.phase === 'done') return `completed ${entry.result}`
  if (now < entry.leaseEnd) return `in-progress until ${entry.leaseEnd}`
  return policy === 'fail' ? 'abandoned' : won(entry.attempt + 1)
}

function shown(claim: Claim): string {
  switch (claim.state) {
    case 'claimed':
      return `claimed ${claim.lease.attempt} until ${claim.lease.expiresAt} by ${claim.lease.token}`
    case 'completed':
      return `completed ${claim.outcome.kind === 'result' ? claim.outcome.text : claim.outcome.reason}`
    case 'in-progress':
      return `in-progress until ${claim.leaseExpiresAt}`
    default:
      return claim.state
  }
}

/**
 * A write under a lease: it must fail exactly if the lease is no longer held. Ending a record twice in the same way
 * does not fail: the response to the first attempt may have been lost.
 */
function heldCommand(
  name: string,
  actorIndex: number,
  ending: Entry['phase'],
  write: (model: Model, real: Real, lease: HeldLease, entry: Entry | undefined) => Promise<void>,
): Command {
  return {
    toString: () => name,
    check: ({ beliefs }) => beliefs.has(actorIndex),
    async run(model, real) {
      const lease = real.leases.get(actorIndex)
      if (lease === undefined) throw new Error('the model lost count')
      const entry = model.entries.get(lease.key)
      const isOwn = entry?.holder === lease.token
      const isHeld = isOwn && entry.phase === 'running'
      const failure = await write(model, real, lease, isHeld ? entry : undefined).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (isHeld || (isOwn && entry.phase === ending)) assert.equal(failure, undefined, `${name} must hold`)
      else assert(isMillraceError(failure, 'IDEMPOTENCY_LEASE_LOST'), `${name} must be IDEMPOTENCY_LEASE_LOST`)
    },
  }
}

function renewCommand(o: { actor: number; ms: number }): Command {
  return heldCommand(
    `renew(${o.actor}, ${o.ms} ms)`,
    o.actor,
    'running',
    async (model, { store, leases }, lease, entry) => {
      const until = Math.max(lease.expiresAt, model.time + (model.skew[o.actor] ?? 0) + o.ms)
      const renewed = await store.renew(lease, until)
      const { key, token, attempt, expiresAt } = renewed
      const { key: ownKey, token: ownToken, attempt: ownAttempt } = lease
      assert.deepEqual([key, token, attempt, expiresAt], [ownKey, ownToken, ownAttempt, until])
      leases.set(o.actor, renewed)
      if (entry === undefined) return
      entry.leaseEnd = until
      entry.forgottenAt = until + RETAIN_MS
    },
  )
}

function completeCommand(o: { actor: number; result: string }): Command {
  return heldCommand(`complete(${o.actor})`, o.actor, 'done', async (model, { store }, lease, entry) => {
    const expiresAt = model.time + (model.skew[o.actor] ?? 0) + RETAIN_MS
    await store.complete(lease, { kind: 'result', text: JSON.stringify(o.result) }, expiresAt)
    if (entry === undefined) return
    entry.phase = 'done'
    entry.result = JSON.stringify(o.result)
    entry.forgottenAt = expiresAt
  })
}

function releaseCommand(o: { actor: number }): Command {
  return heldCommand(`release(${o.actor})`, o.actor, 'free', async (_, { store }, lease, entry) => {
    await store.release(lease)
    if (entry !== undefined) entry.phase = 'free'
  })
}

/** The actor loses its lease: the next caller must wait for the lease to expire. */
function crashCommand(o: { actor: number }): Command {
  return {
    toString: () => `crash(${o.actor})`,
    check: () => true,
    async run({ beliefs }, { leases }) {
      beliefs.delete(o.actor)
      leases.delete(o.actor)
    },
  }
}

function advanceCommand(o: { ms: number }): Command {
  return {
    toString: () => `advance(${o.ms} ms)`,
    check: () => true,
    async run(model) {
      model.time += o.ms
    },
  }
}

function skewCommand(o: { actor: number; ms: number }): Command {
  return {
    toString: () => `skew(${o.actor}, ${o.ms} ms)`,
    check: () => true,
    async run({ skew }) {
      skew[o.actor] = o.ms
    },
  }
}

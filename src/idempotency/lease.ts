import { AsyncLocalStorage } from 'node:async_hooks'
import { MillraceError } from '../errors.ts'
import { leaseLost } from './record-store.ts'
import type { HeldLease, IdempotencyStore } from './store.ts'

/** The hold on a key that a function runs under. */
export interface Lease {
  /** The key as the store knows it: namespace and hash. */
  readonly key: string
  /** Fencing token: random, and of this run alone. Hand it to services that know idempotency keys or conditional writes. */
  readonly token: string
  /** 1 for the first run of a key; each takeover, and each run after a failed one, adds 1. */
  readonly attempt: number
  /** When others may take the key over, in milliseconds since 1970: the end of the lease as last renewed. */
  readonly expiresAt: number
  /** Aborts when a renewal finds that the key was taken over; its reason is the `IDEMPOTENCY_LEASE_LOST` that the call will end with. */
  readonly signal: AbortSignal
  /**
   * Hold on until `untilMs` (milliseconds since 1970), by default for the first lease's length from now; never longer than `maxLeaseMs` after
   * the claim, and never shorter than the lease is already. One conditional write.
   *
   * Rejects with `IDEMPOTENCY_LEASE_LOST` where the key was taken over, `OPTION_INVALID` for what is no time.
   */
  renew(untilMs?: number): Promise<void>
}

/** A lease, and the way to end it. */
export interface LeaseKeeper {
  readonly lease: Lease
  /** The last write to the record; renewals end, and those under way are waited for. */
  finish(write: (held: HeldLease) => Promise<void>): Promise<void>
}

export interface LeaseTerms {
  readonly now: () => number
  /** Milliseconds that a renewal adds from now. */
  readonly lengthMs: number
  /** No lease ends later, in milliseconds since 1970. */
  readonly latest: number
  /** Milliseconds between renewals of its own; undefined for none. */
  readonly heartbeatMs: number | undefined
}

/** Where copies of this module find each other's leases: the ES and CommonJS builds may both be loaded. */
const STORAGE = Symbol.for('millrace.idempotency.lease')

/**
 * The lease that the running function holds, to fence one's own writes with its `token` or `attempt`, and to renew it in long work.
 *
 * @returns undefined outside a function made by `idempotent`. Inside nested ones, the innermost lease. O(1).
 * @example
 * const charge = idempotent(async (order: { id: string }) => idempotencyLease()?.attempt, {
 *   store: memoryStore(),
 *   key: (order) => order.id,
 * })
 * await charge({ id: 'o-1' }) // => 1
 * idempotencyLease() // => undefined
 */
export function idempotencyLease(): Lease | undefined {
  return leases().getStore()
}

/** Run a function under a lease. */
export function withLease<R>(lease: Lease, run: () => R): R {
  return leases().run(lease, run)
}

function leases(): AsyncLocalStorage<Lease> {
  const holder = globalThis as { [STORAGE]?: AsyncLocalStorage<Lease> }
  holder[STORAGE] ??= new AsyncLocalStorage()
  return holder[STORAGE]
}

/** Keep a lease that was won: renewals by hand and by heartbeat take turns, since each needs what the last one left. */
export function keepLease(store: IdempotencyStore, first: HeldLease, terms: LeaseTerms): LeaseKeeper {
  const { now, lengthMs, latest, heartbeatMs } = terms
  let lost: unknown
  /** Made when it is asked for: most functions never look at it. */
  let aborter: AbortController | undefined
  let held = first
  let isOver = false
  /** The last write of a renewal, while there is one. */
  let turn: Promise<unknown> | undefined

  const inTurn = (write: () => Promise<void>): Promise<void> => {
    const written = turn === undefined ? write() : turn.then(write)
    turn = written.catch(() => {})
    return written
  }
  const renew = (untilMs = now() + lengthMs): Promise<void> =>
    inTurn(async () => {
      if (isOver) throw leaseLost()
      if (!Number.isFinite(untilMs))
        throw new MillraceError('OPTION_INVALID', 'renew: untilMs must be milliseconds since 1970')
      try {
        held = await store.renew(held, Math.max(held.expiresAt, Math.min(untilMs, latest)))
      } catch (error) {
        if (isLeaseLost(error)) {
          lost = error
          aborter?.abort(error)
        }
        throw error
      }
    })

  let isBeating = false
  const beat = (): void => {
    if (isBeating || held.expiresAt >= latest) return
    isBeating = true
    // What a beat fails with is not lost: the next one tries again, and the last write fails if the key was taken over.
    renew().then(
      () => (isBeating = false),
      () => (isBeating = false),
    )
  }
  const timer = heartbeatMs === undefined ? undefined : setInterval(beat, heartbeatMs).unref()

  return {
    lease: {
      key: first.key,
      token: first.token,
      attempt: first.attempt,
      get expiresAt() {
        return held.expiresAt
      },
      get signal() {
        aborter ??= new AbortController()
        if (lost !== undefined && !aborter.signal.aborted) aborter.abort(lost)
        return aborter.signal
      },
      renew,
    },
    finish: (write) => {
      clearInterval(timer)
      const last = (): Promise<void> => {
        isOver = true
        return write(held)
      }
      return turn === undefined ? last() : turn.then(last)
    },
  }
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'IDEMPOTENCY_LEASE_LOST'
}

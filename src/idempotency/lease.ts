import { AsyncLocalStorage } from 'node:async_hooks'
import { isMillraceError, MillraceError } from '../errors.ts'
import { leaseLost } from './record-store.ts'
import type { HeldLease, IdempotencyStore } from './store.ts'

/** The hold on a key under which a function runs. */
export interface Lease {
  /** The key in the store: namespace and hash. */
  readonly key: string
  /** Fencing token: random, and unique to this run. Pass it to services that support idempotency keys or conditional writes. */
  readonly token: string
  /** 1 for the first run of a key; each takeover, and each run after a failed one, adds 1. */
  readonly attempt: number
  /** Time from which others may take the key over, in milliseconds since 1970: the end of the last renewed lease. */
  readonly expiresAt: number
  /** Aborts when a renewal finds that the key was taken over; its reason is the `IDEMPOTENCY_LEASE_LOST` with which the call will fail. */
  readonly signal: AbortSignal
  /**
   * Extend the lease until `untilMs` (milliseconds since 1970), by default for the first lease's length from now; never
   * longer than `maxLeaseMs` after the claim, and never shorter than it already is. One conditional write.
   *
   * Rejects with `IDEMPOTENCY_LEASE_LOST` if the key was taken over, `OPTION_INVALID` for an invalid time.
   */
  renew(untilMs?: number): Promise<void>
}

export interface LeaseTerms {
  readonly now: () => number
  /** Milliseconds that a renewal adds from now. */
  readonly lengthMs: number
  /** No lease ends later, in milliseconds since 1970. */
  readonly latest: number
  /** Milliseconds between automatic renewals; undefined for none. */
  readonly heartbeatMs: number | undefined
}

/** The property by which copies of this module share leases: the ES and CommonJS builds may both be loaded. */
const STORAGE = Symbol.for('millrace.idempotency.lease')

/**
 * Get the lease of the running function, to fence its writes with `token` or `attempt`, and to renew it in long work.
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

/**
 * A lease that is held while its function runs. Manual and automatic renewals run in sequence, since each needs the
 * result of the previous one. A class, because one is created for every call.
 */
export class RunningLease implements Lease {
  readonly #store: IdempotencyStore
  readonly #terms: LeaseTerms
  readonly #timer: NodeJS.Timeout | undefined
  #held: HeldLease
  /** The last write of a renewal, if any. */
  #turn: Promise<unknown> | undefined
  #isOver = false
  #isBeating = false
  #lost: unknown
  /** Created on access: most functions never use it. */
  #aborter: AbortController | undefined

  constructor(store: IdempotencyStore, held: HeldLease, terms: LeaseTerms) {
    this.#store = store
    this.#held = held
    this.#terms = terms
    if (terms.heartbeatMs !== undefined) this.#timer = setInterval(() => this.#beat(), terms.heartbeatMs).unref()
  }

  get key(): string {
    return this.#held.key
  }

  get token(): string {
    return this.#held.token
  }

  get attempt(): number {
    return this.#held.attempt
  }

  get expiresAt(): number {
    return this.#held.expiresAt
  }

  get signal(): AbortSignal {
    this.#aborter ??= new AbortController()
    if (this.#lost !== undefined) this.#aborter.abort(this.#lost)
    return this.#aborter.signal
  }

  renew(untilMs = this.#terms.now() + this.#terms.lengthMs): Promise<void> {
    const renewed = this.#turn === undefined ? this.#renew(untilMs) : this.#turn.then(() => this.#renew(untilMs))
    this.#turn = renewed.catch(() => {})
    return renewed
  }

  /** The last write to the record: stops renewals, and waits for those in progress. */
  finish<T>(write: (held: HeldLease) => Promise<T>): Promise<T> {
    clearInterval(this.#timer)
    const last = (): Promise<T> => {
      this.#isOver = true
      return write(this.#held)
    }
    return this.#turn === undefined ? last() : this.#turn.then(last)
  }

  async #renew(untilMs: number): Promise<void> {
    if (this.#isOver) throw leaseLost()
    if (!Number.isFinite(untilMs))
      throw new MillraceError('OPTION_INVALID', 'renew: untilMs must be milliseconds since 1970')
    const until = Math.max(this.#held.expiresAt, Math.min(untilMs, this.#terms.latest))
    try {
      this.#held = await this.#store.renew(this.#held, until)
    } catch (error) {
      if (isMillraceError(error, 'IDEMPOTENCY_LEASE_LOST')) {
        this.#lost = error
        this.#aborter?.abort(error)
      }
      throw error
    }
  }

  /** Renew the lease. An error is not lost: the next beat tries again, and the last write fails if the key was taken over. */
  #beat(): void {
    if (this.#isBeating || this.#held.expiresAt >= this.#terms.latest) return
    this.#isBeating = true
    const end = (): void => {
      this.#isBeating = false
    }
    this.renew().then(end, end)
  }
}

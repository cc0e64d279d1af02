/** The policy for a key whose holder's lease expired: run again, or reject because its outcome is unknown. */
export type TakeoverPolicy = 'retry' | 'fail'

/** A request to hold a key. Times are milliseconds since 1970 by the caller's clock. */
export interface ClaimRequest {
  /** The key to store the record under. */
  readonly key: string
  /** Unique: a caller that finds its own token in the record is the owner. */
  readonly token: string
  readonly now: number
  /** Time from which others may take the key over. */
  readonly leaseExpiresAt: number
  /** Time from which the record may be deleted, if it is not completed. */
  readonly expiresAt: number
  readonly onTakeover: TakeoverPolicy
  /** Hash of the value that must be the same in every call of the key. */
  readonly fingerprint?: string
  /** False if the caller does not use the result of a completed call, so that a store need not fetch it. Default true. */
  readonly needsResult?: boolean
}

/** A successful claim: the data that a store needs to write to the record again. */
export interface HeldLease {
  readonly key: string
  readonly token: string
  /** 1 for the first claim of a record; each takeover, and each claim after a release, adds 1. */
  readonly attempt: number
  /** Time from which others may take the key over, in milliseconds since 1970. */
  readonly expiresAt: number
  /** Time from which the record may be deleted, if it is not completed. */
  readonly recordExpiresAt: number
  readonly fingerprint?: string
  /** Identifies this state of the record, if a store needs that: an ETag. */
  readonly version?: string
}

/** The reason why a completed record has no result. */
export type NoResultReason = 'not-serialisable' | 'too-large' | 'overflow-failed' | 'refused-by-store' | 'not-needed'

/** The outcome of a completed call: its result as text, or the reason for a missing one. */
export type Outcome =
  | { readonly kind: 'result'; readonly text: string }
  | { readonly kind: 'none'; readonly reason: NoResultReason }

/** A store's response to a claim. */
export type Claim =
  /** `isTakeover`: the previous holder's lease expired. For telemetry only. */
  | { readonly state: 'claimed'; readonly lease: HeldLease; readonly isTakeover?: true }
  /** Another caller holds the key. */
  | { readonly state: 'in-progress'; readonly leaseExpiresAt: number }
  /** Its holder's lease expired, and the request's policy is `fail`. */
  | { readonly state: 'abandoned' }
  /** The record has another fingerprint. */
  | { readonly state: 'mismatched' }
  | { readonly state: 'completed'; readonly outcome: Outcome }

/**
 * The store in which `idempotent` keeps its records. Every write after a claim must succeed only while the record is in
 * progress with the lease's token, and must be atomic: this guarantees a single owner.
 */
export interface IdempotencyStore {
  /** Claim a free key: without a record, with an expired or released one, or (by policy) one whose lease expired. */
  claim(request: ClaimRequest): Promise<Claim>
  /** Extend the lease until `until`, and return the new lease. Throws `IDEMPOTENCY_LEASE_LOST` if the lease is no longer held. */
  renew(lease: HeldLease, until: number): Promise<HeldLease>
  /**
   * Complete the record until `expiresAt`, and report why its result was not kept, if it was not: a record is always
   * completed. Throws `IDEMPOTENCY_LEASE_LOST` if the lease is no longer held.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a store that keeps every result may return nothing
  complete(lease: HeldLease, outcome: Outcome, expiresAt: number): Promise<NoResultReason | void>
  /** Free the key for the next caller. Throws `IDEMPOTENCY_LEASE_LOST` if the lease is no longer held. */
  release(lease: HeldLease): Promise<void>
}

/** A store for results that are too large for the records of another. `s3Store` creates one. */
export interface OverflowStore {
  /** Store a text under a new key. */
  writeResult(key: string, text: string): Promise<void>
  /** Undefined if it does not exist (any more). */
  readResult(key: string): Promise<string | undefined>
}

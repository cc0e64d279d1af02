/** What to do with a key whose holder let its lease expire: run again, or refuse because its outcome is unknown. */
export type TakeoverPolicy = 'retry' | 'fail'

/** What a caller wants to hold, and on what terms. Times are milliseconds since 1970 by the caller's clock. */
export interface ClaimRequest {
  /** The key to store the record under. */
  readonly key: string
  /** Never used before: whoever finds it in the record is its owner. */
  readonly token: string
  readonly now: number
  /** When others may take the key over. */
  readonly leaseExpiresAt: number
  /** When the record may be forgotten, should nobody complete it. */
  readonly expiresAt: number
  readonly onTakeover: TakeoverPolicy
  /** Hash of what must be the same in every call of the key. */
  readonly fingerprint?: string
  /** False where the caller does not look at the result of a completed call, so that a store need not fetch it. Default true. */
  readonly needsResult?: boolean
}

/** A claim that was won: what a store needs to write to the record again. */
export interface HeldLease {
  readonly key: string
  readonly token: string
  /** 1 for the first claim of a record; each takeover, and each claim after a release, adds 1. */
  readonly attempt: number
  /** When others may take the key over, in milliseconds since 1970. */
  readonly expiresAt: number
  /** When the record may be forgotten, should nobody complete it. */
  readonly recordExpiresAt: number
  readonly fingerprint?: string
  /** Identifies this state of the record, where a store needs that: an ETag. */
  readonly version?: string
}

/** Why a completed record has no result. */
export type NoResultReason = 'not-serialisable' | 'too-large' | 'overflow-failed' | 'refused-by-store' | 'not-needed'

/** What a completed call left: its result as text, or why there is none. */
export type Outcome =
  | { readonly kind: 'result'; readonly text: string }
  | { readonly kind: 'none'; readonly reason: NoResultReason }

/** A store's answer to a claim. */
export type Claim =
  /** `isTakeover`: the holder before let its lease run out. For telemetry alone. */
  | { readonly state: 'claimed'; readonly lease: HeldLease; readonly isTakeover?: true }
  /** Another caller holds the key. */
  | { readonly state: 'in-progress'; readonly leaseExpiresAt: number }
  /** Its holder let the lease run out, and the request's policy is `fail`. */
  | { readonly state: 'abandoned' }
  /** The record's fingerprint is another one. */
  | { readonly state: 'mismatched' }
  | { readonly state: 'completed'; readonly outcome: Outcome }

/**
 * Where `idempotent` keeps its records. Every write after a claim must hold only while the lease's token is that of the record and the record
 * is in progress, and must be atomic: this is what makes one caller the owner.
 */
export interface IdempotencyStore {
  /** Take a key that is free: without a record, with an expired or released one, or (by policy) one whose lease has run out. */
  claim(request: ClaimRequest): Promise<Claim>
  /** Hold on until `until`, and give the lease as it is then. Throws `IDEMPOTENCY_LEASE_LOST` where the lease is not held any more. */
  renew(lease: HeldLease, until: number): Promise<HeldLease>
  /**
   * Complete the record until `expiresAt`, and report why its result was not kept, if it was not: a record is completed in any case. Throws
   * `IDEMPOTENCY_LEASE_LOST` where the lease is not held any more.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a store that keeps every result may return nothing
  complete(lease: HeldLease, outcome: Outcome, expiresAt: number): Promise<NoResultReason | void>
  /** Free the key for the next caller. Throws `IDEMPOTENCY_LEASE_LOST` where the lease is not held any more. */
  release(lease: HeldLease): Promise<void>
}

/** Where a store puts results that are too large for its records. {@link IdempotencyStore}s of S3 are such stores. */
export interface OverflowStore {
  /** Keep a text under a key that was never used before. */
  writeResult(key: string, text: string): Promise<void>
  /** Undefined where it is not there (any more). */
  readResult(key: string): Promise<string | undefined>
}

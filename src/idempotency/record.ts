import type { Claim, ClaimRequest, HeldLease, Outcome } from './store.ts'

/** An outcome in a record: the result may be stored elsewhere. */
export type StoredOutcome = Outcome | { readonly kind: 'overflow'; readonly key: string }

/** The record that a store keeps under a key. Times are milliseconds since 1970. */
export interface StoredRecord {
  readonly key: string
  readonly state: 'in-progress' | 'completed' | 'released'
  /** Token of the last claim. */
  readonly token: string
  readonly attempt: number
  readonly leaseExpiresAt: number
  /** From then on the record counts as absent. */
  readonly expiresAt: number
  readonly fingerprint?: string
  /** Outcome of completed records. */
  readonly outcome?: StoredOutcome
}

/** A record found in a store, and the version that identifies this state of it. */
export interface FoundRecord {
  readonly record: StoredRecord
  readonly version?: string
}

type Decision =
  | Exclude<Claim, { readonly state: 'claimed' | 'completed' }>
  | { readonly state: 'completed'; readonly outcome: StoredOutcome }
  | { readonly state: 'own' }
  | { readonly state: 'free'; readonly attempt: number; readonly isTakeover?: true }

/** Decide the result of a claim for an existing record: the single place for this decision, for every store. */
export function decide(record: StoredRecord, request: ClaimRequest): Decision {
  if (record.state === 'in-progress' && record.token === request.token) return { state: 'own' }
  if (record.expiresAt <= request.now) return { state: 'free', attempt: 1 }
  if (record.state === 'released') return { state: 'free', attempt: record.attempt + 1 }
  if (isMismatch(record.fingerprint, request.fingerprint)) return { state: 'mismatched' }
  if (record.state === 'completed') {
    return { state: 'completed', outcome: record.outcome ?? { kind: 'none', reason: 'refused-by-store' } }
  }
  if (record.leaseExpiresAt > request.now) return { state: 'in-progress', leaseExpiresAt: record.leaseExpiresAt }
  if (request.onTakeover === 'fail') return { state: 'abandoned' }
  return { state: 'free', attempt: record.attempt + 1, isTakeover: true }
}

/** A record without fingerprint, from before the option was set, is not a mismatch. */
function isMismatch(stored: string | undefined, given: string | undefined): boolean {
  return stored !== undefined && given !== undefined && stored !== given
}

/** The record that a claim writes. */
export function claimedRecord(request: ClaimRequest, attempt: number): StoredRecord {
  const { key, token, leaseExpiresAt, fingerprint } = request
  const expiresAt = Math.max(request.expiresAt, leaseExpiresAt)
  return {
    key,
    state: 'in-progress',
    token,
    attempt,
    leaseExpiresAt,
    expiresAt,
    ...(fingerprint !== undefined && { fingerprint }),
  }
}

/** The record of a lease, with changes. */
export function heldRecord(lease: HeldLease, change: Partial<StoredRecord>): StoredRecord {
  const { key, token, attempt, fingerprint } = lease
  return {
    key,
    state: 'in-progress',
    token,
    attempt,
    leaseExpiresAt: lease.expiresAt,
    expiresAt: lease.recordExpiresAt,
    ...(fingerprint !== undefined && { fingerprint }),
    ...change,
  }
}

/** The lease of a record in progress. */
export function leaseOf(record: StoredRecord, version: string | undefined): HeldLease {
  const { key, token, attempt, fingerprint } = record
  return {
    key,
    token,
    attempt,
    expiresAt: record.leaseExpiresAt,
    recordExpiresAt: record.expiresAt,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(version !== undefined && { version }),
  }
}

import { MillraceError } from '../errors.ts'
import { notA } from '../internal/check-arguments.ts'
import { isTransientError } from '../internal/transient-error.ts'
import { checkOverflow } from './check-store.ts'
import {
  claimedRecord,
  decide,
  type FoundRecord,
  heldRecord,
  leaseOf,
  type StoredOutcome,
  type StoredRecord,
} from './record.ts'
import type { Claim, HeldLease, IdempotencyStore, Outcome, OverflowStore } from './store.ts'

/** Result of a conditional write; on failure, the existing record if known. */
export type Written =
  | { readonly won: true; readonly version?: string }
  | { readonly won: false; readonly found?: FoundRecord }

/**
 * The atomic writes of a store. A write that is sent twice, because its response was lost, may fail the second time:
 * the record that it then finds has its own token.
 */
export interface RecordTable {
  /** Write the record if its key has none; otherwise report the existing one. */
  insert(record: StoredRecord): Promise<Written>
  /** Write the record if the existing one is still `found`, unchanged. `found.version` is the version that the table reported. */
  replace(found: FoundRecord, record: StoredRecord): Promise<Written>
  /** Write the record if the existing one is `in-progress` and has the lease's token. */
  change(lease: HeldLease, record: StoredRecord): Promise<Written>
  /** Test whether a result with a number of UTF-8 bytes fits in this record. */
  fits(record: StoredRecord, bytes: number): boolean
}

/** Most iterations of a claim's loop. Each means that another caller wrote meanwhile, so this many are hardly ever reached. */
const MAX_TURNS = 50

/**
 * Create an idempotency store from the conditional writes of any table, with the state machine that all stores of this
 * library share. A custom store consists of the three writes of {@link RecordTable}; test it with `storeLaws` of
 * `millrace/testing`. The guide has one on Redis.
 *
 * @param table - the writes. Each must be atomic, and must report whether it succeeded.
 * @param overflow - keeps results that `table.fits` rejects; without it such calls are completed without result.
 * @returns a store for `idempotent`: one write for a claim of a new key, another one for a takeover or a replay that finds a record.
 * @throws MillraceError, by its calls: `IDEMPOTENCY_LEASE_LOST`; `IDEMPOTENCY_STORE_FAILED` if a record changes 50
 * times during one claim; errors of the table. `TYPE_MISMATCH` at once for a value that is not a table.
 * @example
 * const records = new Map<string, StoredRecord>()
 * const write = (record: StoredRecord, isExpected: (now: StoredRecord | undefined) => boolean): Written => {
 *   const now = records.get(record.key)
 *   if (!isExpected(now)) return { won: false, ...(now && { found: { record: now } }) }
 *   records.set(record.key, record)
 *   return { won: true }
 * }
 * const store = recordStore({
 *   insert: async (record) => write(record, (now) => now === undefined),
 *   replace: async (found, record) => write(record, (now) => now === found.record),
 *   change: async ({ token }, record) => write(record, (now) => now?.token === token && now.state === 'in-progress'),
 *   fits: (_, bytes) => bytes <= 400_000,
 * })
 * const square = idempotent(async (n: number) => n * n, { store, key: (n) => n })
 * await square(3) // => 9
 */
export function recordStore(table: RecordTable, overflow?: OverflowStore): IdempotencyStore {
  const { insert, replace, change: changes, fits } = Object(table)
  if ([insert, replace, changes, fits].some((write) => typeof write !== 'function'))
    throw notA('recordStore', 'the table', 'an object with insert, replace, change and fits', table)
  checkOverflow('recordStore', overflow)
  const change = async (lease: HeldLease, record: StoredRecord): Promise<FoundRecord> => {
    const written = await table.change(lease, record)
    if (written.won) return { record, ...(written.version !== undefined && { version: written.version }) }
    // The response to an earlier attempt of the same write may have been lost: its own token means success.
    const { found } = written
    if (found?.record.token === lease.token && found.record.state === record.state) return found
    throw leaseLost()
  }

  return {
    async claim(request) {
      let record = claimedRecord(request, 1)
      let written = await table.insert(record)
      let isTakeover: true | undefined
      for (let turn = 0; turn < MAX_TURNS; turn++) {
        if (written.won) return claimed(record, written.version, isTakeover)
        const { found } = written
        if (found === undefined) {
          record = claimedRecord(request, 1)
          isTakeover = undefined
          written = await table.insert(record)
          continue
        }
        const decision = decide(found.record, request)
        if (decision.state === 'own') return claimed(found.record, found.version, isTakeover)
        if (decision.state === 'completed')
          return completed(decision.outcome, request.needsResult === false ? undefined : overflow)
        if (decision.state !== 'free') return decision
        record = claimedRecord(request, decision.attempt)
        isTakeover = decision.isTakeover
        written = await table.replace(found, record)
      }
      throw new MillraceError(
        'IDEMPOTENCY_STORE_FAILED',
        `a record changed ${MAX_TURNS} times while it was claimed: try again`,
      )
    },
    async renew(lease, until) {
      const expiresAt = Math.max(lease.recordExpiresAt, until + lease.recordExpiresAt - lease.expiresAt)
      const { record, version } = await change(lease, heldRecord(lease, { leaseExpiresAt: until, expiresAt }))
      return leaseOf(record, version)
    },
    async complete(lease, outcome, expiresAt) {
      const record = heldRecord(lease, { state: 'completed', expiresAt })
      const stored = await fitOutcome(lease, outcome, (bytes) => table.fits(record, bytes), overflow)
      await change(lease, { ...record, outcome: stored })
      return stored.kind === 'none' ? stored.reason : undefined
    },
    async release(lease) {
      await change(lease, heldRecord(lease, { state: 'released' }))
    },
  }
}

export function leaseLost(cause?: unknown): MillraceError {
  return new MillraceError(
    'IDEMPOTENCY_LEASE_LOST',
    'the lease expired and the key was taken over, or its record was deleted: the same work may run again elsewhere',
    { cause },
  )
}

function claimed(record: StoredRecord, version: string | undefined, isTakeover: true | undefined): Claim {
  return { state: 'claimed', lease: leaseOf(record, version), ...(isTakeover && { isTakeover }) }
}

/** The outcome to store: a result that is too large goes to the overflow store, or nowhere. */
async function fitOutcome(
  { key, token }: HeldLease,
  outcome: Outcome,
  fits: (bytes: number) => boolean,
  overflow: OverflowStore | undefined,
): Promise<StoredOutcome> {
  if (outcome.kind === 'none' || fits(Buffer.byteLength(outcome.text))) return outcome
  if (overflow === undefined) return { kind: 'none', reason: 'too-large' }
  // A key derived from the token, so that no late write can replace another caller's result.
  const place = `${key}#${token}`
  try {
    await overflow.writeResult(place, outcome.text)
    return { kind: 'overflow', key: place }
  } catch (error) {
    if (isTransientError(error)) throw error
    // The side effect has happened, so the record must be completed, with or without the result.
    return { kind: 'none', reason: 'overflow-failed' }
  }
}

async function completed(outcome: StoredOutcome, overflow: OverflowStore | undefined): Promise<Claim> {
  if (outcome.kind !== 'overflow') return { state: 'completed', outcome }
  const text = await overflow?.readResult(outcome.key)
  return text === undefined
    ? { state: 'completed', outcome: { kind: 'none', reason: 'overflow-failed' } }
    : { state: 'completed', outcome: { kind: 'result', text } }
}

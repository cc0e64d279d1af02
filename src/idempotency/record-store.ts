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
 * The atomic writes that a store is made of. A write that is sent twice, because its answer was lost, may fail the second time: the record that it
 * then finds has the token of its own.
 */
export interface RecordTable {
  /** Write the record if its key has none; else report the one that is there. */
  insert(record: StoredRecord): Promise<Written>
  /** Write the record if the one that is there is still `found`, unchanged since. `found.version` is what the table reported with it. */
  replace(found: FoundRecord, record: StoredRecord): Promise<Written>
  /** Write the record if the one that is there is `in-progress` and has the token of the lease. */
  change(lease: HeldLease, record: StoredRecord): Promise<Written>
  /** Whether a result of so many bytes of UTF-8 fits in this record. */
  fits(record: StoredRecord, bytes: number): boolean
}

/** Turns of the claim's loop. Each means that somebody else wrote meanwhile, so many are hardly ever seen. */
const MAX_TURNS = 50

/**
 * An idempotency store over the conditional writes of any table: the state machine that all stores of this library share. A store of your own is the
 * three writes of {@link RecordTable}; hold it to `storeLaws` of `millrace/testing`. The guide has one on Redis.
 *
 * @param table - the writes. Each must be atomic, and must report whether it was done.
 * @param overflow - keeps results that `table.fits` refuses; without it such calls are completed without result.
 * @returns a store for `idempotent`: one write for a claim of a new key, one more for a takeover or a replay that finds a record.
 * @throws MillraceError, by its calls: `IDEMPOTENCY_LEASE_LOST`; `IDEMPOTENCY_STORE_FAILED` where a record changes 50 times during one claim; whatever
 * the table throws. `TYPE_MISMATCH` at once for what is no table.
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
    // The answer to an earlier try of the same write may have been lost on its way: its own mark is its success.
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
    'the lease ran out and the key was taken over, or its record is gone: what was done here may be done again elsewhere',
    { cause },
  )
}

function claimed(record: StoredRecord, version: string | undefined, isTakeover: true | undefined): Claim {
  return { state: 'claimed', lease: leaseOf(record, version), ...(isTakeover && { isTakeover }) }
}

/** What goes into the record: a result that is too large goes to the overflow store, or nowhere. */
async function fitOutcome(
  { key, token }: HeldLease,
  outcome: Outcome,
  fits: (bytes: number) => boolean,
  overflow: OverflowStore | undefined,
): Promise<StoredOutcome> {
  if (outcome.kind === 'none' || fits(Buffer.byteLength(outcome.text))) return outcome
  if (overflow === undefined) return { kind: 'none', reason: 'too-large' }
  // A key of the token's own, so that nobody's late write meets anybody else's result.
  const place = `${key}#${token}`
  try {
    await overflow.writeResult(place, outcome.text)
    return { kind: 'overflow', key: place }
  } catch (error) {
    if (isTransientError(error)) throw error
    // The side effect is done, so the record must be completed, with the result or without.
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

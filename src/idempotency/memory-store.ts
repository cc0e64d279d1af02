import { checkOptions } from '../internal/check-arguments.ts'
import { checkResultBytes } from './check-store.ts'
import type { StoredRecord } from './record.ts'
import { type RecordTable, recordStore, type Written } from './record-store.ts'
import type { IdempotencyStore } from './store.ts'

export interface MemoryStoreOptions {
  /** Bytes of UTF-8 beyond which a result is not kept. Default: no limit. */
  readonly maxResultBytes?: number
}

/** Records checked with every claim, to drop expired ones. */
const SWEPT_PER_CLAIM = 4
/** Milliseconds after its expiry at which a record is dropped, so that a caller whose clock is ahead drops no record that others still rely on. */
const SLACK_MS = 60_000

/**
 * Store records in this process only, for tests, and for duplicates within one process. Nothing is shared with other
 * Lambda environments, and nothing survives this one.
 *
 * @param options.maxResultBytes - bytes beyond which a result is not kept.
 * @returns a store; expired records are dropped gradually by later claims. O(1) per call.
 * @throws MillraceError `OPTION_INVALID` at once.
 * @example
 * const store = memoryStore()
 * const square = idempotent(async (n: number) => n * n, { store, key: (n) => n })
 * await square(3) // => 9
 */
export function memoryStore(options: MemoryStoreOptions = {}): IdempotencyStore {
  checkOptions('memoryStore', options, { maxResultBytes: 'number' })
  checkResultBytes('memoryStore', options.maxResultBytes)
  const table = memoryTable(options)
  const store = recordStore(table)
  return {
    ...store,
    claim: (request) => {
      table.dropExpired(request.now)
      return store.claim(request)
    },
  }
}

/** The atomic writes of records, in a map. */
export function memoryTable({
  maxResultBytes = Number.POSITIVE_INFINITY,
}: MemoryStoreOptions = {}): RecordTable & { dropExpired(now: number): void } {
  const records = new Map<string, StoredRecord>()
  let sweep = records.values()

  const write = (record: StoredRecord, isExpected: (current: StoredRecord | undefined) => boolean): Written => {
    const current = records.get(record.key)
    if (!isExpected(current)) return { won: false, ...(current !== undefined && { found: { record: current } }) }
    records.set(record.key, record)
    return { won: true }
  }

  return {
    insert: async (record) => write(record, (current) => current === undefined),
    replace: async (found, record) => write(record, (current) => current === found.record),
    change: async ({ token }, record) =>
      write(record, (current) => current?.token === token && current.state === 'in-progress'),
    fits: (_, bytes) => bytes <= maxResultBytes,
    dropExpired: (now) => {
      for (let looked = 0; looked < SWEPT_PER_CLAIM; looked++) {
        const { done, value } = sweep.next()
        if (done) sweep = records.values()
        else if (value.expiresAt + SLACK_MS <= now) records.delete(value.key)
      }
    },
  }
}

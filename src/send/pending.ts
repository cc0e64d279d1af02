import type { MillraceError } from '../errors.ts'
import type { SendOutcome } from './send-report.ts'

/** An entry that was taken from the source and whose outcome is not reported yet. */
export interface Pending<Entry, Wire> {
  readonly index: number
  readonly entry: Entry
  /** Undefined for an entry that is refused or was never looked at. */
  readonly wire: Wire | undefined
  readonly bytes: number
  readonly key: string | undefined
  status: 'waiting' | 'in-flight' | SendOutcome<Entry>['status']
  attempts: number
  /** Whether a request that carried it has had no answer. */
  mayBeStored: boolean
  /** Whether it goes out in a request of its own, since a request that held it was refused as a whole. */
  isAlone: boolean
  id: string
  error: MillraceError | undefined
  /** The next entry of the same key, which waits for this one. */
  next: Pending<Entry, Wire> | undefined
  /** For the table of lines. */
  hash: number
  beside: Pending<Entry, Wire> | undefined
}

export function createPending<Entry, Wire>(
  index: number,
  entry: Entry,
  wire: Wire | undefined,
  bytes: number,
  key: string | undefined,
): Pending<Entry, Wire> {
  return {
    index,
    entry,
    wire,
    bytes,
    key,
    status: 'waiting',
    attempts: 0,
    mayBeStored: false,
    isAlone: false,
    id: '',
    error: undefined,
    next: undefined,
    hash: 0,
    beside: undefined,
  }
}

/** The outcome of a settled entry. */
export function outcomeOf<Entry>(pending: Pending<Entry, unknown>): SendOutcome<Entry> {
  const { index, entry, status, attempts, id, error } = pending
  if (status === 'sent') return id === '' ? { index, entry, status, attempts } : { index, entry, status, id, attempts }
  return { index, entry, status, error, attempts } as SendOutcome<Entry>
}
